/** Who sent wrong tokens lately. Bounded, so that many addresses cost no memory. */
import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Clock } from '#base/clock.ts'

const WINDOW_MS = 60_000
const ADDRESSES = 10_000
const GOOD_TOKENS = 1_000

export class FailedTokens {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #allowed: number
  /** By address, oldest first. */
  readonly #failures = new Map<string, { count: number; since: number }>()
  /** Digests of tokens that were good: a neighbour behind the same address locks nobody out who is in. */
  readonly #good = new Set<string>()

  constructor(allowedPerMinute: number, clock: Pick<Clock, 'monotonic'>) {
    this.#allowed = allowedPerMinute
    this.#clock = clock
  }

  /** How long this address has to wait with this token, ms; 0: it may try. */
  waitMs(address: string, token: string): number {
    const seen = this.#failures.get(network(address))
    if (!seen || seen.count < this.#allowed || this.#good.has(digest(token))) return 0
    return Math.max(0, seen.since + WINDOW_MS - this.#clock.monotonic())
  }

  failed(address: string, token: string): void {
    this.#good.delete(digest(token))
    const key = network(address)
    const now = this.#clock.monotonic()
    const seen = this.#failures.get(key)
    if (seen && now - seen.since < WINDOW_MS) seen.count++
    else {
      this.#failures.delete(key)
      this.#failures.set(key, { count: 1, since: now })
      dropOldest(this.#failures, ADDRESSES)
    }
  }

  succeeded(token: string): void {
    this.#good.add(digest(token))
    dropOldest(this.#good, GOOD_TOKENS)
  }

  get size(): number {
    return this.#failures.size
  }
}

function dropOldest(table: Map<string, unknown> | Set<string>, limit: number): void {
  for (const key of table.keys()) {
    if (table.size <= limit) return
    table.delete(key)
  }
}

/** One caller of IPv6 has a whole /64 to call from. */
function network(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean))
  return [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail]
    .slice(0, 4)
    .join(':')
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64')
