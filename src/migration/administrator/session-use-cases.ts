/** What a browser does with its session, and what everybody may ask about themselves. */
import { bug } from '#base/fault.ts'
import { badValue, stateForbids } from '#base/request-faults.ts'
import type { Call, UseCases } from '#contract/calls.ts'
import type { Route } from '#contract/routes/route.ts'
import type { Session } from '#contract/administrator.ts'
import { changeAdministrator, findAdministrator, isAnyAdministrator } from '#store/service/administrators.ts'
import type { AdministratorDeps } from './deps.ts'
import { createFirstAdministrator } from './first-administrator.ts'
import { checkPassword } from './password-rules.ts'
import { sessionHash } from './sessions.ts'
import { showAdministrator } from './show-administrator.ts'
import { showSession } from './show-session.ts'
import { signIn } from './sign-in.ts'
import { updateOwnAccount } from './update-own-account.ts'

export type SessionRoutes =
  | 'getSignInOptions'
  | 'signIn'
  | 'createFirstAdministrator'
  | 'getSession'
  | 'signOut'
  | 'updateOwnAccount'
  | 'changePassword'

export function sessionUseCases(deps: AdministratorDeps): Pick<UseCases, SessionRoutes> {
  const { store, sessions } = deps
  const shown = async ({ principal, session }: Pick<Call<Route>, 'principal' | 'session'>): Promise<Session> => {
    const { name, via, scopes, administratorId, mustChangePassword = false } = principal
    if (via === 'Public') throw bug('SESSION_PUBLIC', 'nobody was asked who they are')
    const own = via === 'Session' && session.id !== null ? await sessions.look(session.id, false) : null
    if (own) return showSession(own, sessions.times)
    return {
      identity: name,
      via,
      scopes: [...scopes],
      administrator:
        administratorId === null ? null : showAdministrator(await findAdministrator(store, administratorId)),
      mustChangePassword,
      expiresAt: null,
      idleSeconds: null,
    }
  }
  return {
    getSignInOptions: async () => ({
      needsFirstAdministrator: !(await isAnyAdministrator(store)),
      oidc: (await deps.oidc?.()) ?? null,
    }),
    signIn: (call) => signIn(deps, call),
    createFirstAdministrator: (call) => createFirstAdministrator(deps, call),
    getSession: shown,
    async updateOwnAccount(call) {
      await updateOwnAccount(deps, call)
      return shown(call)
    },
    async signOut({ session }) {
      const ended = session.id === null ? null : await sessions.end(session.id)
      session.end()
      return { providerSignOutUrl: ended }
    },
    async changePassword({ body: { currentPassword, newPassword }, principal, session }) {
      // Whoever sits down at an open session guesses no faster than at the sign-in.
      const attempt = deps.throttle.ownAttempt(`change ${principal.administratorId}`)
      const row = await findAdministrator(store, principal.administratorId ?? '')
      const before = row.password_hash
      if (before === null)
        throw stateForbids(
          'POST /session/password',
          `the administrator "${row.name}"`,
          'there is no password to change',
        )
      if (!(await deps.hasher.verify(currentPassword, before))) throw isWrong()
      attempt.succeeded()
      checkPassword('newPassword', newPassword, row.name)
      if (newPassword.normalize('NFC') === currentPassword.normalize('NFC'))
        throw badValue('newPassword', 'must be another one than the old one')
      const hash = await deps.hasher.hash(newPassword)
      const decide = (now: typeof row) => {
        if (now.password_hash !== before) throw isWrong()
        return { password_hash: hash, password_ends_at: null, must_change_password: false }
      }
      const except = session.id === null ? null : sessionHash(session.id)
      await changeAdministrator(store, row.id, decide, { mayLockOut: true, except })
      return undefined
    },
  }
}

const isWrong = () => badValue('currentPassword', 'is not the password')
