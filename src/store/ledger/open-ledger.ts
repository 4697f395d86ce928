/** The ledger's door: mailboxes are opened here, under a lease. */
import { systemClock } from '#base/clock.ts'
import type { Ledger, MailboxIdentity } from '#engine/ports.ts'
import { acquire } from './acquire.ts'
import { hereName } from './host-name.ts'
import { PostgresMailboxLedger } from './mailbox-ledger.ts'
import type { LedgerOptions, LedgerSettings, LedgerStore } from './types.ts'
import { WordSets } from './word-sets.ts'

export interface PostgresLedger extends Ledger {
  open(identity: MailboxIdentity, signal: AbortSignal): Promise<PostgresMailboxLedger>
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
