import { z } from 'zod'
import { OpenIdSetting, OpenIdTest, ProviderAnswer, ReturnTo, SetOpenIdSetting } from '../openid.ts'
import { OPENID_TAG } from '../tags.ts'
import { route } from './route.ts'

export const getOpenIdSettings = route({
  method: 'GET',
  path: '/openid-settings',
  name: 'getOpenIdSettings',
  summary: 'Settings of the sign-in with OpenID Connect',
  scope: 'organization',
  answer: OpenIdSetting,
  tag: OPENID_TAG,
})
export const updateOpenIdSettings = route({
  method: 'PATCH',
  path: '/openid-settings',
  name: 'updateOpenIdSettings',
  summary: 'Changes settings of the sign-in with OpenID Connect',
  scope: 'organization',
  body: SetOpenIdSetting,
  answer: OpenIdSetting,
  tag: OPENID_TAG,
})
export const testOpenIdSettings = route({
  method: 'POST',
  path: '/openid-settings/test',
  name: 'testOpenIdSettings',
  summary: 'Asks the provider of OpenID Connect for what it has, and tries the client; a failure is a result',
  scope: 'organization',
  answer: OpenIdTest,
})
export const beginOpenIdSignIn = route({
  method: 'GET',
  path: '/session/openid',
  name: 'beginOpenIdSignIn',
  summary: 'Sends the browser to the provider of OpenID Connect',
  scope: 'public',
  query: z.object({ returnTo: ReturnTo }),
  status: 302,
  answerType: 'page',
})
export const finishOpenIdSignIn = route({
  method: 'GET',
  path: '/session/openid/callback',
  name: 'finishOpenIdSignIn',
  summary: 'Where the provider sends the browser back to: begins a session and goes on to the page that was asked for',
  scope: 'public',
  query: ProviderAnswer,
  status: 200,
  answerType: 'page',
})
