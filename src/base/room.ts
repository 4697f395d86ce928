/**
 * Memory for message bodies, in pages that are used again. Buffers that are allocated anew for each read outlive their
 * use until the collector comes round, and cost several times what is really held (transfer-engine.md G5).
 */

const PAGE_BYTES = 65_536
/** As many as the budget for literals has room for; more are left to the collector. */
const MOST_FREE = 384
const free: Buffer[] = []

interface Page {
  readonly buffer: Buffer
  /** What had been put into the room when this page was full. */
  endsAt: number
}

/** Room for the bodies of one group. Whoever made it closes it; views into it are void from then on. */
export class Room {
  readonly #mostBytes: number
  /** For one message that goes through: its pages come back as it passes. */
  readonly streams: boolean
  #pages: Page[] = []
  /** Bytes in the last page. */
  #used = PAGE_BYTES
  #putBytes = 0
  #sentBytes = 0
  #closed = false

  constructor(mostBytes: number | 'stream') {
    this.streams = mostBytes === 'stream'
    this.#mostBytes = mostBytes === 'stream' ? 0 : mostBytes
  }

  fits(bytes: number): boolean {
    return this.#putBytes + bytes <= this.#mostBytes
  }

  /** Copies `bytes` and adds to `views`, in order, where they are now. After the end nothing is kept. */
  put(views: Buffer[], bytes: Buffer): void {
    if (this.#closed) return
    for (let at = 0; at < bytes.length;) {
      if (this.#used === PAGE_BYTES) this.#nextPage()
      const { buffer } = this.#pages.at(-1)!
      const count = Math.min(bytes.length - at, PAGE_BYTES - this.#used)
      bytes.copy(buffer, this.#used, at, at + count)
      const last = views.at(-1)
      const from = this.#used
      this.#used += count
      this.#putBytes += count
      at += count
      if (last && last.buffer === buffer.buffer && last.byteOffset + last.length === buffer.byteOffset + from) {
        views[views.length - 1] = buffer.subarray(from - last.length, this.#used)
      } else views.push(buffer.subarray(from, this.#used))
    }
  }

  #nextPage(): void {
    const last = this.#pages.at(-1)
    if (last) last.endsAt = this.#putBytes
    this.#pages.push({ buffer: free.pop() ?? Buffer.allocUnsafeSlow(PAGE_BYTES), endsAt: Number.POSITIVE_INFINITY })
    this.#used = 0
  }

  /** The next `bytes`, in the order in which they were put, are needed no more. */
  passed(bytes: number): void {
    this.#sentBytes += bytes
    for (let first = this.#pages[0]; first && first.endsAt <= this.#sentBytes; first = this.#pages[0]) {
      this.#pages.shift()
      recycle(first.buffer)
    }
  }

  /** Nothing of it is needed any more. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const { buffer } of this.#pages) recycle(buffer)
    this.#pages = []
  }

  /** As `close`, but a broken connection may still be reading what is in here: nobody else gets these pages. */
  abandon(): void {
    this.#closed = true
    this.#pages = []
  }
}

function recycle(page: Buffer): void {
  if (free.length < MOST_FREE) free.push(page)
}

/** A body that stands whole in a room. */
export class Stored implements AsyncIterable<Buffer> {
  readonly views: Buffer[] = []

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    yield* this.views
  }
}
