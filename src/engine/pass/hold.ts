/** A wait that a server asked for: it is the whole endpoint's, so nobody in this process speaks before it is over. */
import type { Clock } from '#base/clock.ts'

export class Hold {
  readonly #clock: Clock
  #until = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The longest wait that anybody was asked for counts. */
  extend(ms: number): void {
    this.#until = Math.max(this.#until, this.#clock.monotonic() + ms)
  }

  /** Resolves when no wait is left, or `signal` aborts. */
  async over(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const leftMs = this.#until - this.#clock.monotonic()
      if (leftMs <= 0) return
      await this.#clock.sleep(Math.ceil(leftMs), signal)
    }
  }
}
