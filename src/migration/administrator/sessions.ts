/** Sessions of the browser (architecture.md §6.3). They do not care how one signed in. */
import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '#base/clock.ts'
import { networkOf } from '#base/failures.ts'
import { SCOPE_OF_ROLE } from '#contract/administrator.ts'
import type { Account } from '#contract/calls.ts'
import { SCOPES, type Scope } from '#contract/organization.ts'
import type { AdministratorRow } from '#store/service/administrators.ts'
import { noteNetwork } from '#store/service/known-networks.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import type { SignInOutcome } from './deps.ts'
import {
  type SessionRow,
  type SessionTimes,
  deleteSession,
  insertSession,
  lookUpSession,
} from '#store/service/sessions.ts'

export const SESSION_TIMES: SessionTimes = { idleMs: 3_600_000, mostMs: 12 * 3_600_000 }

export interface SessionOrigin {
  readonly means: SignInOutcome['means']
  /** Where the provider ends its own session. */
  readonly signOutUrl?: string | null
  /** Where it ends sooner than others do, ms. */
  readonly mostMs?: number
  /** From where: wrong passwords from elsewhere do not make this person wait there. Null: the local socket. */
  readonly address?: string | null
}

export interface Sessions {
  readonly times: SessionTimes
  /**
   * The id for the cookie. Null when the administrator is not any more who was let in.
   * @param passwordHash the one that was checked; null: another way than a password
   */
  begin(administratorId: string, passwordHash: string | null, how: SessionOrigin): Promise<string | null>
  look(id: string, isUse: boolean): Promise<SessionRow | null>
  /** Where the provider ends its own session; null: nowhere. */
  end(id: string): Promise<string | null>
  /** Whose session it is, for the gate; null when it is none, or has ended. */
  authenticate(id: string, isUse: boolean): Promise<Account | null>
}

const FORM = /^[\w-]{43}$/

export const sessionHash = (id: string): Buffer => createHash('sha256').update(id).digest()

export function sessionsOf(
  store: ServiceStore,
  clock: Pick<Clock, 'now'>,
  given: Partial<{ [Name in keyof SessionTimes]: number | undefined }> = {},
): Sessions {
  const times = { idleMs: given.idleMs ?? SESSION_TIMES.idleMs, mostMs: given.mostMs ?? SESSION_TIMES.mostMs }
  const look: Sessions['look'] = async (id, isUse) =>
    FORM.test(id) ? lookUpSession(store, sessionHash(id), clock.now(), times, isUse) : null
  return {
    times,
    look,
    async begin(administratorId, passwordHash, { signOutUrl = null, mostMs = times.mostMs, address = null }) {
      const id = randomBytes(32).toString('base64url')
      const begun = await insertSession(
        store,
        { hash: sessionHash(id), administratorId, passwordHash, signOutUrl },
        clock.now(),
        { ...times, mostMs: Math.min(mostMs, times.mostMs) },
      )
      if (begun && address !== null) await noteNetwork(store, administratorId, networkOf(address), clock.now())
      return begun ? id : null
    },
    end: (id) => deleteSession(store, sessionHash(id)),
    async authenticate(id, isUse) {
      const session = await look(id, isUse)
      return session && accountOf(session.administrator)
    },
  }
}

/** Whoever must change the password may nothing else. */
export const accountOf = ({ id, name, roles, must_change_password: mustChange }: AdministratorRow): Account => ({
  name,
  scopes: mustChange ? [] : scopesOf(roles),
  via: 'Session',
  administratorId: id,
  mustChangePassword: mustChange,
})

export function scopesOf(roles: AdministratorRow['roles']): Scope[] {
  const held = new Set(roles.map((role) => SCOPE_OF_ROLE[role]))
  return SCOPES.filter((scope) => held.has(scope))
}
