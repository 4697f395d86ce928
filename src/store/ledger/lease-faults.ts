/** What a mailbox answers that somebody else writes. */
import { Fault } from '#base/fault.ts'
import type { MailboxIdentity } from '#engine/ports.ts'

export const nameOf = ({ source, target }: MailboxIdentity): string =>
  `${source.userName} on ${source.host}:${source.port} to ${target.login} in ${target.kind} ${target.place}`

export interface Holder {
  readonly host: string
  readonly pid: number
  /** Whether the holder moves this very mailbox, or another that shares its source or its target. */
  readonly shares: 'mailbox' | 'source' | 'target'
  /** The source side of what the holder moves. */
  readonly sourceUser: string
  readonly targetLogin: string
}

export function alreadyMigrated(identity: MailboxIdentity, holder: Holder): Fault {
  const { host, pid, shares, sourceUser, targetLogin } = holder
  const what = {
    mailbox: 'this mailbox is being migrated',
    source: `its source is being migrated to another target (${targetLogin})`,
    target: `its target is being filled from another source (${sourceUser})`,
  }[shares]
  return new Fault({
    code: 'USER_ALREADY_BEING_MIGRATED',
    scope: 'mailbox',
    // Not to be retried within the run: the holder showed that it lives.
    transient: false,
    message: `${nameOf(identity)}: ${what} by process ${pid} on ${host}`,
    remedy:
      shares === 'mailbox'
        ? 'Wait until that run has ended, or stop it, then start it again.'
        : 'Two migrations may not share a source or a target: remove one of the two, or wait until the other has ended.',
    facts: { host, pid, shares },
  })
}

export function leaseLost(mailbox: string, why: string): Fault {
  return new Fault({
    code: 'LEASE_LOST',
    scope: 'mailbox',
    transient: true,
    message: `${mailbox}: this process may not write this mailbox any more: ${why}`,
    remedy: 'Nothing is lost. The mailbox goes on where it stopped when it is run again.',
    facts: { why },
  })
}
