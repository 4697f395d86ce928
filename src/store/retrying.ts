/** Sending again after a lost connection: safe because ids are ours and commits idempotent (transfer-engine.md §3.2). */
import { setTimeout as wait } from 'node:timers/promises'
import { fullNow } from './fs-faults.ts'
import { isWorthRetrying, storeFault, type Whereabouts } from './pg-faults.ts'

const FIRST_WAIT_MS = 20
const LONGEST_WAIT_MS = 2_000

export interface RetryOptions {
  /** How long to go on; 60 s unless told. */
  readonly forMs?: number
  readonly signal?: AbortSignal
}

/**
 * Runs `work` until it succeeds, again after errors of the connection class, for a minute at most.
 * `work` must do the same when it is run twice, and must take its connection anew each time.
 * @throws Fault of scope `instance` (pg-faults.ts); the reason of `signal` when it is aborted while waiting
 */
export async function retrying<T>(where: Whereabouts, work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const end = Date.now() + (options.forMs ?? 60_000)
  for (let pauseMs = FIRST_WAIT_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await work()
    } catch (thrown) {
      options.signal?.throwIfAborted()
      // PostgreSQL that cannot write its WAL ends itself: what we see is a lost connection, what it is, a full disk.
      const full = where.kind === 'embedded' && isWorthRetrying(thrown) ? fullNow(where.place) : null
      if (full) throw full
      if (!isWorthRetrying(thrown) || Date.now() + pauseMs > end) throw storeFault(thrown, where)
      await wait(pauseMs, undefined, options.signal ? { signal: options.signal } : {}).catch(() => {})
      options.signal?.throwIfAborted()
    }
  }
}
