/** The ledger's door: mailboxes are opened here, under a lease, and a restored database starts a new epoch here. */
import { systemClock } from '#base/clock.ts'
import type { Ledger, MailboxIdentity } from '#engine/ports.ts'
import { acquire } from './acquire.ts'
import { hereName } from './host-name.ts'
import { PostgresMailboxLedger } from './mailbox-ledger.ts'
import type { LedgerOptions, LedgerSettings, LedgerStore } from './types.ts'
import { WordSets } from './word-sets.ts'

export interface PostgresLedger extends Ledger {
  open(identity: MailboxIdentity, signal: AbortSignal): Promise<PostgresMailboxLedger>
  /**
   * After a restore or a failover: the database may be older than the target, so every folder is adopted again
   * before anything is appended to it. Null: every mailbox. Seen by ledgers opened from now on.
   */
  newEpoch(mailboxId: string | null): Promise<void>
}

export function openLedger(store: LedgerStore, options: LedgerOptions = {}): PostgresLedger {
  const settings = settingsOf(options)
  const words = new WordSets(store)
  /** Holder ids of this process: who finds one of them need not wait to see whether it lives. */
  const living = new Set<string>()
  return {
    async open(identity, signal) {
      const acquired = await acquire(identity, store, settings, living, signal)
      living.add(acquired.holder)
      return await PostgresMailboxLedger.load(acquired, store, settings, words, () => living.delete(acquired.holder))
    },
    async newEpoch(mailboxId) {
      await store.retrying(() =>
        store.pool.query(
          // Whoever wrote to the targets until a moment ago is not in this database: nobody looks before it has settled.
          `UPDATE mailbox SET epoch = epoch + 1, unclean_until = greatest(unclean_until, clock_timestamp())
           WHERE $1::uuid IS NULL OR id = $1`,
          [mailboxId],
        ),
      )
    },
  }
}

function settingsOf(options: LedgerOptions): LedgerSettings {
  const leaseMs = options.leaseMs ?? 30_000
  return {
    leaseMs,
    marginMs: options.marginMs ?? Math.min(5000, leaseMs / 6),
    settleMs: options.settleMs ?? 10_000,
    waitMs: options.waitMs ?? leaseMs + 5000,
    host: options.host ?? hereName(),
    clock: options.clock ?? systemClock,
  }
}
