/**
 * Joins the commits of all lanes of a mailbox: one is under way, and whatever is asked for meanwhile goes in the
 * next. Everything is written in the order in which it was asked for.
 */
import type { PoolClient } from 'pg'
import { Fault } from '#base/fault.ts'
import { commitRows, type Fence, holdsFence, type Rows } from './commit-statement.ts'
import type { HeldLease } from './lease.ts'
import { leaseLost } from './lease-faults.ts'
import { inTransaction } from './transaction.ts'
import type { LedgerStore } from './types.ts'

/** Work of its own kind in a transaction of its own, under the fence. It may run more than once. */
type Work = (client: PoolClient) => Promise<void>

interface Job {
  readonly what: Rows | Work
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Bounds one statement: what lanes × depth can have ready is far below. */
const MOST_JOBS = 200

export class Committer {
  readonly #store: LedgerStore
  readonly #fence: Fence
  readonly #lease: HeldLease
  readonly #name: string
  #queue: Job[] = []
  #running: Promise<void> | null = null
  #closed = false

  constructor(store: LedgerStore, fence: Fence, lease: HeldLease, name: string) {
    this.#store = store
    this.#fence = fence
    this.#lease = lease
    this.#name = name
  }

  /** Durable when it resolves. Rejects with Fault LEASE_LOST when the mailbox is not ours any more. */
  commit(what: Rows | Work): Promise<void> {
    if (this.#closed) return Promise.reject(leaseLost(this.#name, 'its ledger has been closed'))
    return new Promise((done, failed) => {
      this.#queue.push({ what, done, failed })
      // In a microtask, so that what lanes ask for in one tick is one commit.
      this.#running ??= Promise.resolve().then(() => this.#run())
    })
  }

  /** Refuses what comes from now on and waits for what came before. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) await this.#write(this.#next())
    this.#running = null
  }

  /** All rows up to the next piece of work, or that one alone. */
  #next(): Job[] {
    const until = this.#queue.findIndex(({ what }) => typeof what === 'function')
    return this.#queue.splice(0, Math.min(MOST_JOBS, until === 0 ? 1 : until < 0 ? this.#queue.length : until))
  }

  async #write(jobs: readonly Job[]): Promise<void> {
    try {
      const held = await this.#store.retrying(() => this.#attempt(jobs), { signal: this.#lease.lost })
      if (!held) this.#lease.lose('another process has taken it over')
      for (const job of jobs) {
        if (held) job.done()
        else job.failed(this.#lease.lost.reason)
      }
    } catch (thrown) {
      // One caller's impossible row must not fail the commits of the other lanes.
      const ofOneRow = !(thrown instanceof Fault) || thrown.scope === 'bug'
      if (jobs.length > 1 && ofOneRow) for (const job of jobs) await this.#write([job])
      else for (const job of jobs) job.failed(thrown)
    }
  }

  async #attempt(jobs: readonly Job[]): Promise<boolean> {
    // Otherwise a long outage of the database would be sat out by a writer that others have replaced.
    this.#lease.lost.throwIfAborted()
    const work = jobs[0]!.what
    if (typeof work !== 'function') {
      const rows = jobs.flatMap(({ what }) => (typeof what === 'function' ? [] : [what]))
      return await commitRows(this.#store.pool, this.#fence, joined(rows))
    }
    return await inTransaction(this.#store.pool, async (client) => {
      const held = await holdsFence(client, this.#fence)
      if (held) await work(client)
      return held
    })
  }
}

function joined(all: readonly Rows[]): Rows {
  if (all.length === 1) return all[0]!
  return {
    opened: all.flatMap(({ opened }) => opened),
    closed: all.flatMap(({ closed }) => closed),
    groups: all.flatMap(({ groups }) => groups),
    skipped: last(all.flatMap(({ skipped }) => skipped)),
    resent: last(all.flatMap(({ resent }) => resent)),
  }
}

/** A statement may touch a row once: of two words about one message the later stands. */
const last = <T extends { folderRef: number; uid: number }>(rows: readonly T[]): T[] => [
  ...new Map(rows.map((row) => [`${row.folderRef} ${row.uid}`, row])).values(),
]
