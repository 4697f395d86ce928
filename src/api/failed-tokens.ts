/**
 * Who sent wrong tokens lately. Only those are told to wait: a token of 256 bits is not guessed, and a good one that is
 * used for the first time must not wait for a neighbour behind the same address. Bounded, so that many addresses cost no
 * memory.
 */
import type { Clock } from '#base/clock.ts'
import { networkOf } from './caller-address.ts'

const WINDOW_MS = 60_000
const ADDRESSES = 10_000

export class FailedTokens {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #allowed: number
  /** By network, oldest first. */
  readonly #failures = new Map<string, { count: number; since: number }>()

  constructor(allowedPerMinute: number, clock: Pick<Clock, 'monotonic'>) {
    this.#allowed = allowedPerMinute
    this.#clock = clock
  }

  /** Counts a wrong token; answers how long its sender should wait, ms: 0 while it is one of the first of a minute. */
  failed(address: string): number {
    const key = networkOf(address)
    const now = this.#clock.monotonic()
    let seen = this.#failures.get(key)
    if (!seen || seen.since + WINDOW_MS <= now) {
      seen = { count: 0, since: now }
      this.#failures.delete(key)
      this.#failures.set(key, seen)
      for (const oldest of this.#failures.keys()) {
        if (this.#failures.size <= ADDRESSES) break
        this.#failures.delete(oldest)
      }
    }
    seen.count++
    return seen.count > this.#allowed ? seen.since + WINDOW_MS - now : 0
  }

  get size(): number {
    return this.#failures.size
  }
}
