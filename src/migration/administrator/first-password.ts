/** The first password (architecture.md §6.2): with it one makes the first administrator, once, within a day. */
import { createHash } from 'node:crypto'
import type { Clock } from '#base/clock.ts'
import { isAnyAdministrator } from '#store/service/administrators.ts'
import { putFirstPassword } from '#store/service/first-password.ts'
import { recordServiceAct } from '#store/service/service-acts.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { randomPassword } from './random-password.ts'

export const ONE_TIME_MS = 24 * 3_600_000

export interface FirstPassword {
  /** A new one, and the end of an earlier one; null when there is an administrator. */
  renew(): Promise<{ readonly password: string; readonly expiresAt: Date } | null>
  /** It was used, or is not needed: what it was written into goes. */
  forget(): void
}

export const firstPasswordHash = (password: string): Buffer =>
  createHash('sha256').update('waybill first password\0').update(password.trim().toLowerCase()).digest()

/** @param forget removes the file that it was written into, where it was */
export function firstPasswordOf(
  store: ServiceStore,
  clock: Pick<Clock, 'now'>,
  forget: () => void = () => {},
): FirstPassword {
  return {
    async renew() {
      const password = randomPassword()
      const expiresAt = new Date(clock.now() + ONE_TIME_MS)
      const put = () => putFirstPassword(store, firstPasswordHash(password), expiresAt)
      const act = { cmdlet: 'New-FirstPassword', object: '', parameters: { expiresAt: expiresAt.toISOString() } }
      const isPut = (await isAnyAdministrator(store)) ? await put() : await recordServiceAct(store, act, put)
      forget()
      return isPut ? { password, expiresAt } : null
    },
    forget,
  }
}
