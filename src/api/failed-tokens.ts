/**
 * Who sent wrong tokens lately. Only those are told to wait: a token of 256 bits is not guessed, and a good one that is
 * used for the first time must not wait for a neighbour behind the same address.
 */
import type { Clock } from '#base/clock.ts'
import { Failures, networkOf } from '#base/failures.ts'

const WINDOW_MS = 60_000

export class FailedTokens {
  readonly #failures: Failures

  constructor(allowedPerMinute: number, clock: Pick<Clock, 'monotonic'>) {
    this.#failures = new Failures({ allowed: allowedPerMinute, windowMs: WINDOW_MS, longestMs: WINDOW_MS }, clock)
  }

  /** Counts a wrong token; answers how long its sender should wait, ms: 0 while it is one of the first of a minute. */
  failed(address: string): number {
    const network = networkOf(address)
    const waitMs = this.#failures.waitMs(network)
    this.#failures.failed(network)
    return waitMs
  }

  get size(): number {
    return this.#failures.size
  }
}
