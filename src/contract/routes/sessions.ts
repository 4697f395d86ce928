import { ChangePassword, FirstAdministrator, Session, SetOwnAccount, SignIn, SignInOptions } from '../administrator.ts'
import { SignedOut } from '../openid.ts'
import { route } from './route.ts'

export const getSignInOptions = route({
  method: 'GET',
  path: '/sign-in-options',
  name: 'getSignInOptions',
  summary: 'How one may sign in',
  scope: 'public',
  answer: SignInOptions,
})
export const signIn = route({
  method: 'POST',
  path: '/session',
  name: 'signIn',
  summary: 'Signs in with user name and password; the session is a cookie',
  scope: 'public',
  body: SignIn,
  answer: Session,
  status: 201,
})
export const createFirstAdministrator = route({
  method: 'POST',
  path: '/first-administrator',
  name: 'createFirstAdministrator',
  summary: 'Makes the first administrator with the first password of the service, and signs them in',
  scope: 'public',
  body: FirstAdministrator,
  answer: Session,
  status: 201,
})
export const getSession = route({
  method: 'GET',
  path: '/session',
  name: 'getSession',
  summary: 'Who asks, and what they may',
  scope: 'signed-in',
  answer: Session,
})
export const signOut = route({
  method: 'DELETE',
  path: '/session',
  name: 'signOut',
  summary: 'Signs out: the session ends, and event streams with it',
  scope: 'session',
  answer: SignedOut,
})
export const updateOwnAccount = route({
  method: 'PATCH',
  path: '/session',
  name: 'updateOwnAccount',
  summary: 'Changes how one is called oneself, and where and in which language one is written to',
  scope: 'session',
  body: SetOwnAccount,
  answer: Session,
})
export const changePassword = route({
  method: 'POST',
  path: '/session/password',
  name: 'changePassword',
  summary: 'Changes the own password and ends the own other sessions',
  scope: 'session',
  body: ChangePassword,
})
