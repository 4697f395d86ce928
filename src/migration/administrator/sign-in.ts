/** Signing in with user name and password. An unknown name costs the same time as a known one, and reads the same. */
import { Fault } from '#base/fault.ts'
import type { Session } from '#contract/administrator.ts'
import type { Call } from '#contract/calls.ts'
import type { signIn as signInRoute } from '#contract/routes/sessions.ts'
import { type AdministratorRow, lookUpAdministrator, replaceHash } from '#store/service/administrators.ts'
import { isKnownNetwork } from '#store/service/known-networks.ts'
import { nameKey } from '#store/service/named.ts'
import type { AdministratorDeps } from './deps.ts'
import { beginSession } from './begin-session.ts'

export async function signIn(deps: AdministratorDeps, call: Call<typeof signInRoute>): Promise<Session> {
  const { userName, password } = call.body
  const { address } = call.principal
  const name = userName.trim()
  const attempt = await deps.throttle.attempt(`sign-in ${nameKey(name)}`, address, (network) =>
    isKnownNetwork(deps.store, name, network, deps.clock.now()),
  )
  const row = await lookUpAdministrator(deps.store, name)
  const checked = await checkedHash(deps, row, password)
  const session = row && checked !== null ? await beginSession(deps, call, row, { means: 'Password' }, checked) : null
  if (session === null) {
    const administrator = row && { id: row.id, name: row.name }
    deps.onSignIn({ outcome: 'Refused', means: 'Password', administrator, address })
    throw signInRefused()
  }
  attempt.succeeded()
  return session
}

/** The hash that fits the password, made anew when its parameters are not those of now; null: not let in. */
async function checkedHash(
  { store, hasher, clock }: AdministratorDeps,
  row: AdministratorRow | null,
  password: string,
): Promise<string | null> {
  const ended = row?.password_ends_at && row.password_ends_at.getTime() <= clock.now()
  const stored = row?.enabled && !ended ? row.password_hash : null
  if (!(await hasher.verify(password, stored)) || !row || stored === null) return null
  if (!hasher.isOld(stored)) return stored
  const fresh = await hasher.hash(password)
  return (await replaceHash(store, row.id, stored, fresh)) ? fresh : stored
}

/** The same for every reason: who guesses learns nothing. */
export const signInRefused = (): Fault =>
  new Fault({
    code: 'SIGN_IN_REFUSED',
    scope: 'request',
    transient: false,
    message: 'The user name or the password is wrong, or this administrator may not sign in.',
    remedy: 'Check both; on the machine of the service "waybill admin reset" gives a new password.',
  })
