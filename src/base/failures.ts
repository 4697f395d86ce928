/** Who failed lately, and how long they have to wait for it. Bounded, so that many callers cost no memory. */
import { isIPv6 } from 'node:net'
import type { Clock } from './clock.ts'

export interface FailureRules {
  /** Failures in a window, after which the rest of the window is waited for. */
  readonly allowed: number
  readonly windowMs: number
  /** A window after one that was filled is twice as long, up to this. */
  readonly longestMs: number
}

interface Seen {
  count: number
  readonly since: number
  readonly lengthMs: number
}

const KEYS = 10_000

export class Failures {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #rules: FailureRules
  /** Oldest first. */
  readonly #seen = new Map<string, Seen>()

  constructor(rules: FailureRules, clock: Pick<Clock, 'monotonic'>) {
    this.#rules = rules
    this.#clock = clock
  }

  /** How long this one has to wait, ms; 0: it may try. */
  waitMs(key: string): number {
    const seen = this.#seen.get(key)
    if (!seen || seen.count < this.#rules.allowed) return 0
    return Math.max(0, seen.since + seen.lengthMs - this.#clock.monotonic())
  }

  failed(key: string): void {
    const now = this.#clock.monotonic()
    const seen = this.#seen.get(key)
    if (seen && now - seen.since < seen.lengthMs) {
      seen.count++
      return
    }
    this.#seen.delete(key)
    this.#seen.set(key, { count: 1, since: now, lengthMs: this.#nextLength(seen, now) })
    dropOldest(this.#seen, KEYS)
  }

  /** Takes one back: who counts an attempt before it is decided counts those that come at once, too. */
  forgive(key: string): void {
    const seen = this.#seen.get(key)
    if (seen) seen.count = Math.max(0, seen.count - 1)
  }

  get size(): number {
    return this.#seen.size
  }

  /** Whoever filled the last window and is back within its length again waits longer. */
  #nextLength(last: Seen | undefined, now: number): number {
    const { allowed, windowMs, longestMs } = this.#rules
    const goesOn = last && last.count >= allowed && now - last.since < 2 * last.lengthMs
    return goesOn ? Math.min(last.lengthMs * 2, longestMs) : windowMs
  }
}

function dropOldest(table: Map<string, unknown>, limit: number): void {
  for (const key of table.keys()) {
    if (table.size <= limit) return
    table.delete(key)
  }
}

/** One caller of IPv6 has a whole /64 to call from. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean))
  return [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail]
    .slice(0, 4)
    .join(':')
}
