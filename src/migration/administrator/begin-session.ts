/** The last step of every way to sign in, whatever proved who it is. */
import type { Session } from '#contract/administrator.ts'
import type { Call } from '#contract/calls.ts'
import type { AdministratorRow } from '#store/service/administrators.ts'
import type { AdministratorDeps } from './deps.ts'
import type { SessionOrigin } from './sessions.ts'
import { showSession } from './show-session.ts'

/**
 * Begins a session, gives the browser its cookie and tells the audit log. Null, and nothing told, when the administrator
 * is disabled, removed, or has another password by now.
 * @param passwordHash the one that was checked; null where no password was
 */
export async function beginSession(
  { sessions, onSignIn }: Pick<AdministratorDeps, 'sessions' | 'onSignIn'>,
  { principal, session }: Pick<Call<never>, 'principal' | 'session'>,
  { id, name }: Pick<AdministratorRow, 'id' | 'name'>,
  how: SessionOrigin,
  passwordHash: string | null,
): Promise<Session | null> {
  const sessionId = await sessions.begin(id, passwordHash, { ...how, address: principal.address })
  const begun = sessionId === null ? null : await sessions.look(sessionId, false)
  if (sessionId === null || begun === null) return null
  onSignIn({ outcome: 'SignedIn', means: how.means, administrator: { id, name }, address: principal.address })
  // The cookie that this one takes the place of opens nothing any more. (From a provider of OpenID Connect none comes along:
  // finish-sign-in.ts.)
  if (session.id !== null) await sessions.end(session.id)
  session.begin(sessionId)
  return showSession(begun, sessions.times)
}
