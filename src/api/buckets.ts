/** So many in a minute for each caller: all at once if wanted, then as they come back, evenly. Bounded in memory. */
import type { Clock } from '#base/clock.ts'

/** More callers than this at once push out those that were not seen for longest, who then begin with a full minute. */
const CALLERS = 10_000
const MINUTE_MS = 60_000

export class Buckets {
  readonly perMinute: number
  readonly #clock: Pick<Clock, 'monotonic'>
  /** What was left, and when; longest unseen first. */
  readonly #left = new Map<string, { level: number; at: number }>()

  constructor(perMinute: number, clock: Pick<Clock, 'monotonic'>) {
    this.perMinute = perMinute
    this.#clock = clock
  }

  /** How long until there is one again, ms; 0: it was taken. */
  take(caller: string): number {
    const level = this.left(caller)
    if (level < 1) return ((1 - level) * MINUTE_MS) / this.perMinute
    this.#set(caller, level - 1)
    return 0
  }

  /** What was taken and not used. */
  giveBack(caller: string): void {
    if (this.#left.has(caller)) this.#set(caller, Math.min(this.perMinute, this.left(caller) + 1))
  }

  left(caller: string): number {
    const seen = this.#left.get(caller)
    if (!seen) return this.perMinute
    const back = ((this.#clock.monotonic() - seen.at) * this.perMinute) / MINUTE_MS
    return Math.min(this.perMinute, seen.level + back)
  }

  get size(): number {
    return this.#left.size
  }

  #set(caller: string, level: number): void {
    this.#left.delete(caller)
    this.#left.set(caller, { level, at: this.#clock.monotonic() })
    for (const oldest of this.#left.keys()) {
      if (this.#left.size <= CALLERS) break
      this.#left.delete(oldest)
    }
  }
}
