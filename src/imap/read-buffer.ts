/**
 * One piece of memory per connection that is read into again and again. A buffer made anew for every read costs the
 * collector a full round each 64 MB: a seventh of the time of large mail.
 */
import type { OnReadOpts, Socket } from 'node:net'

const BYTES = 65_536

export class ReadBuffer {
  /** Given to the socket when it is made. */
  readonly onread: OnReadOpts
  /** The socket itself, set by whoever makes it: until `hand` what comes goes its usual way. */
  socket: Socket | null = null
  #taker: ((chunk: Buffer) => void) | null = null

  constructor() {
    const buffer = Buffer.allocUnsafeSlow(BYTES)
    this.onread = {
      buffer,
      callback: (bytes) => {
        const chunk = buffer.subarray(0, bytes)
        if (this.#taker === null) return this.socket?.push(Buffer.from(chunk)) ?? false
        this.#taker(chunk)
        return true
      },
    }
  }

  /** From now on `taker` has each chunk, and only until it returns. */
  hand(taker: (chunk: Buffer) => void): void {
    this.#taker = taker
  }
}
