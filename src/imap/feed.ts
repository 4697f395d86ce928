/** What has been received and waits for its reader, who asks by `for await`. */
export class Feed<T> implements AsyncIterable<T> {
  readonly #queue: T[] = []
  #ended = false
  #error: unknown = null
  #wake: (() => void) | null = null
  #abandoned = false
  readonly #taken: (value: T) => void
  readonly #left: () => void

  /** `taken` is called with each value that leaves the queue, read or dropped; `left` when nobody reads on. */
  constructor(taken: (value: T) => void, left: () => void = () => undefined) {
    this.#taken = taken
    this.#left = left
  }

  push(value: T): void {
    if (this.#abandoned) {
      this.#taken(value)
      this.#left()
      return
    }
    this.#queue.push(value)
    this.#stir()
  }

  end(): void {
    this.#ended = true
    this.#stir()
  }

  /** What was received before is still handed out. */
  fail(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#stir()
  }

  /** Nobody reads on: what is there and what comes is dropped. */
  abandon(): void {
    this.#abandoned = true
    for (const value of this.#queue.splice(0)) this.#taken(value)
    this.#left()
    this.#stir()
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: () => this.#next(),
      return: () => {
        this.abandon()
        return Promise.resolve({ value: undefined, done: true })
      },
    }
  }

  async #next(): Promise<IteratorResult<T>> {
    for (;;) {
      if (this.#queue.length > 0) {
        const value = this.#queue.shift()!
        this.#taken(value)
        return { value, done: false }
      }
      if (this.#error !== null) {
        const error = this.#error
        throw error
      }
      if (this.#ended || this.#abandoned) return { value: undefined, done: true }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #stir(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }
}
