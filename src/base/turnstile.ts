/** Lets so many units pass at once, first come first served. */
export class Turnstile {
  readonly #all: number
  #free: number
  readonly #waiting: { units: number; go: () => void }[] = []

  constructor(units: number) {
    this.#all = units
    this.#free = units
  }

  get free(): number {
    return this.#free
  }

  /**
   * Waits until `units` are free at once. More than there are in all is granted when all are free: one that is
   * larger than the gate passes alone instead of waiting for ever.
   */
  take(units: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#waiting.length === 0 && this.#fits(units)) {
      this.#free -= units
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const entry = { units, go: () => (signal?.removeEventListener('abort', leave), resolve()) }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1)
        reject(signal!.reason as Error)
        this.#wake()
      }
      this.#waiting.push(entry)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** Takes without waiting, below zero if need be: for what turned out larger than announced. */
  force(units: number): void {
    this.#free -= units
  }

  give(units: number): void {
    this.#free += units
    this.#wake()
  }

  #fits(units: number): boolean {
    return units <= this.#free || (units > this.#all && this.#free === this.#all)
  }

  #wake(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.units); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#free -= next.units
      next.go()
    }
  }
}

/** A turnstile for one: runs tasks in the order in which they came. */
export class Turn {
  readonly #gate = new Turnstile(1)

  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#gate.take(1, signal)
    try {
      return await task()
    } finally {
      this.#gate.give(1)
    }
  }
}
