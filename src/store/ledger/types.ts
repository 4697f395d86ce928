/** What the ledger is given. */
import type { Pool } from 'pg'
import type { Clock } from '#base/clock.ts'

/**
 * Runs `task` again after the connection was lost, for a minute unless told; everything given to it may be
 * repeated. Throws Faults, or the reason of `signal`.
 */
export type Retrying = <T>(task: () => Promise<T>, options?: { forMs?: number; signal?: AbortSignal }) => Promise<T>

/** A bigint column: a number from the store's own pool, a string from one that leaves pg's parsers as they are. */
export type Int8 = string | number

export interface LedgerStore {
  /** Hot statements are named and prepared, which kysely does not do: the ledger speaks to the pool itself. */
  readonly pool: Pool
  readonly retrying: Retrying
}

export interface LedgerOptions {
  /** How long a lease runs without being renewed, in ms. Renewed every third of it. Default 30,000. */
  readonly leaseMs?: number
  /** Left of a lease when `holds` turns false, in ms. Default 5,000, at most a sixth of the lease. */
  readonly marginMs?: number
  /** How long after the end of an unclean lease nobody looks, in ms (transfer-engine.md §3.6). Default 10,000; 0 allowed. */
  readonly settleMs?: number
  /** How long `open` waits for a lease whose holder may be dead, in ms. Default the lease and 5,000. */
  readonly waitMs?: number
  /** How others name us when we hold a mailbox. Default this machine's name. */
  readonly host?: string
  readonly clock?: Clock
}

/** Options with every default filled in. */
export interface LedgerSettings {
  readonly leaseMs: number
  readonly marginMs: number
  readonly settleMs: number
  readonly waitMs: number
  readonly host: string
  readonly clock: Clock
}
