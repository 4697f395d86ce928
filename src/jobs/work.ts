/**
 * A worker: tells that it lives, takes as many passes as it has room for, keeps their heartbeats, and hands each to
 * the handler that the composition root gives in.
 */
import { randomUUID } from 'node:crypto'
import type { PgBoss } from 'pg-boss'
import type { Log } from '#base/log.ts'
import type { Store } from '#store/open.ts'
import { PASS_QUEUE, type PassJob } from './boss.ts'
import type { Listener } from './listen.ts'

export interface WorkerOptions {
  /** Passes at once. */
  readonly capacity: number
  /** How people know it: host and pid. */
  readonly name: string
  readonly host: string
  readonly version: string
  /** Where its connections come from, asked with each heartbeat. */
  addresses(): { readonly addresses: readonly string[]; readonly used: readonly string[] }
  readonly heartbeatSeconds: number
  /** While true it takes nothing new, and others get its room: this host lacks something that passes need. */
  isResting?(): boolean
}

/** One pass to run. */
export interface RunningJob {
  readonly id: string
  readonly data: PassJob
  /** How often a worker died with it. */
  readonly deaths: number
  /** Aborted when the job is another worker's now: whatever we find out counts no more. */
  readonly signal: AbortSignal
}

export type PassHandler = (job: RunningJob) => Promise<void>

export interface Worker extends AsyncDisposable {
  readonly name: string
}

interface Held extends RunningJob {
  readonly retryCount: number
  readonly claim: AbortController
  done: Promise<void>
}

/** Between looks, where nobody tells us that there is something: jobs of dead workers come back without a word. */
const POLL_MS = 2_000

/**
 * Runs until it is disposed of, which waits for the passes under way; end those first (the handler's own stopping).
 */
export function startWorker(
  store: Pick<Store, 'pool' | 'retrying'>,
  boss: PgBoss,
  listener: Listener,
  options: WorkerOptions,
  handler: PassHandler,
  log: Log,
): Worker {
  const id = randomUUID()
  const held = new Map<string, Held>()
  let closing = false
  let fetching: Promise<unknown> = Promise.resolve()
  let isFetching = false
  let again = false

  const beat = () => {
    const { addresses, used } = options.addresses()
    return store.pool
      .query(
        `INSERT INTO worker (id, name, capacity, host, version, addresses, used_addresses) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET heartbeat_at = now(), capacity = $3, addresses = $6, used_addresses = $7`,
        [
          id,
          options.name,
          options.isResting?.() ? held.size : options.capacity,
          options.host,
          options.version,
          addresses,
          used,
        ],
      )
      .catch((error: Error) => log.warn('the heartbeat of the worker failed', { said: error.message }))
  }

  const touch = async () => {
    const jobs = [...held.values()].filter(({ claim }) => !claim.signal.aborted)
    if (jobs.length === 0) return
    try {
      const touched = await boss.touch(
        PASS_QUEUE,
        jobs.map((job) => ({ id: job.id, retryCount: job.retryCount })),
      )
      const settled = (touched as { settled?: string[] }).settled
      if (!settled) return
      for (const job of jobs) {
        // We were frozen or cut off for so long that it was given to another worker.
        if (!settled.includes(job.id)) job.claim.abort(new Error('the pass was given to another worker'))
      }
    } catch (thrown) {
      // Says nothing about the claim; the lease of the mailbox is what protects the target.
      log.warn('the heartbeat of the passes failed', { said: thrown instanceof Error ? thrown.message : '' })
    }
  }

  const run = async (job: Held) => {
    try {
      await handler(job)
      await boss.complete(PASS_QUEUE, { id: job.id, retryCount: job.retryCount })
    } catch (thrown) {
      // Not completed: its heartbeat ends, and it comes back to some worker. What was done is in the ledger.
      log.warn('a pass could not be settled', { job: job.id, said: thrown instanceof Error ? thrown.message : '' })
    } finally {
      held.delete(job.id)
      fetch()
    }
  }

  const fetch = () => {
    again = true
    if (isFetching) return
    isFetching = true
    fetching = takeAll().finally(() => {
      isFetching = false
      // Asked again while the last round ended.
      if (again && !closing) fetch()
    })
  }

  const takeAll = async () => {
    while (again && !closing) {
      again = false
      const room = options.isResting?.() ? 0 : options.capacity - held.size
      if (room <= 0) return
      try {
        const jobs = await boss.fetch<PassJob>(PASS_QUEUE, { batchSize: room, includeMetadata: true })
        for (const { id: jobId, data, retryCount } of jobs) {
          const claim = new AbortController()
          const job: Held = {
            id: jobId,
            data,
            deaths: retryCount,
            retryCount,
            claim,
            signal: claim.signal,
            done: Promise.resolve(),
          }
          held.set(jobId, job)
          job.done = run(job)
        }
      } catch (thrown) {
        log.warn('no passes could be fetched', { said: thrown instanceof Error ? thrown.message : '' })
      }
    }
  }

  const off = listener.on('jobs', () => fetch())
  const timers = [
    setInterval(() => fetch(), POLL_MS),
    setInterval(() => void touch(), (options.heartbeatSeconds * 1000) / 3),
    setInterval(() => void beat(), (options.heartbeatSeconds * 1000) / 6),
  ]
  void beat().then(() => fetch())
  return {
    name: options.name,
    async [Symbol.asyncDispose]() {
      closing = true
      off()
      clearInterval(timers[0])
      await fetching
      await Promise.all([...held.values()].map(({ done }) => done))
      for (const timer of timers) clearInterval(timer)
      await store
        .retrying(() => store.pool.query('DELETE FROM worker WHERE id = $1', [id]), { forMs: 2_000 })
        .catch(() => undefined)
    },
  }
}
