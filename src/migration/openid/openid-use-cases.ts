/** Sign-in with OpenID Connect, and its settings. */
import type { UseCases } from '#contract/calls.ts'
import { readOpenIdSettings } from '#store/service/openid-settings.ts'
import type { ConnectionTester } from '../endpoint/connection-tester.ts'
import { beginOpenIdSignIn } from './begin-sign-in.ts'
import { BEGIN_PATH, type OpenIdDeps } from './deps.ts'
import { finishOpenIdSignIn } from './finish-sign-in.ts'
import { showOpenIdSetting, updateOpenIdSettings } from './openid-settings.ts'
import { testOpenIdSettings } from './test-openid-settings.ts'

export type OpenIdRoutes =
  | 'getOpenIdSettings'
  | 'updateOpenIdSettings'
  | 'testOpenIdSettings'
  | 'beginOpenIdSignIn'
  | 'finishOpenIdSignIn'

export const openIdUseCases = (
  deps: OpenIdDeps & { readonly tester: Pick<ConnectionTester, 'admit'> },
): Pick<UseCases, OpenIdRoutes> => ({
  getOpenIdSettings: async () => showOpenIdSetting(await readOpenIdSettings(deps.store), deps.publicUrl),
  updateOpenIdSettings: (call) => updateOpenIdSettings(deps, call),
  testOpenIdSettings: (call) => testOpenIdSettings(deps, call),
  beginOpenIdSignIn: (call) => beginOpenIdSignIn(deps, call),
  finishOpenIdSignIn: (call) => finishOpenIdSignIn(deps, call),
})

/** For the sign-in page; null: there is no such sign-in. */
export async function signInOption({
  store,
  publicUrl,
}: OpenIdDeps): Promise<{ name: string; startPath: string } | null> {
  const { enabled, display_name: name } = await readOpenIdSettings(store)
  return enabled && publicUrl !== null ? { name, startPath: BEGIN_PATH } : null
}
