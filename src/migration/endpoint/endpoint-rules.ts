/** What makes an endpoint possible, whether it is new or changed. */
import { badValue } from '#base/request-faults.ts'
import type { ConnectionTest } from '#contract/endpoint.ts'
import { isLoopbackAddress } from '#mailbox/imap/reach.ts'

export function checkSlots(slots: {
  readonly maxConcurrentMigrations: number
  readonly maxConcurrentIncrementalSyncs: number
}): void {
  const { maxConcurrentMigrations: migrations, maxConcurrentIncrementalSyncs: incremental } = slots
  if (incremental <= migrations) return
  throw badValue(
    'maxConcurrentIncrementalSyncs',
    `is ${incremental}, and may not be more than maxConcurrentMigrations, which is ${migrations}`,
    'Lower maxConcurrentIncrementalSyncs, or raise maxConcurrentMigrations with it.',
  )
}

/** Passwords go in clear text to this machine only, unless an administrator says so. */
export function checkClearText(
  host: string,
  settings: Pick<ConnectionTest['connectionSettings'], 'security' | 'allowClearText'>,
): void {
  const isHere = host === 'localhost' || isLoopbackAddress(host)
  if (settings.security !== 'None' || settings.allowClearText || isHere) return
  throw badValue(
    'security',
    `None would send passwords to ${host} in clear text`,
    'Use Ssl or Tls, or allow it with allowClearText.',
  )
}
