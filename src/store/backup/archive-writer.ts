/** Writes the archive: tar in gzip, entry after entry, never more of it in memory than one piece. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'

/** COPY text in hexadecimal shrinks as well at a low level, and in half the time. */
const LEVEL = 3

export class ArchiveWriter {
  readonly #pack = pack()
  readonly #flow: Promise<void>
  /** Only ever rejects: when the output fails, whoever writes must not wait for it. */
  readonly #failed: Promise<never>
  readonly #createdAt: Date

  constructor(output: Writable, createdAt: Date) {
    this.#createdAt = createdAt
    this.#flow = pipeline(this.#pack, createGzip({ level: LEVEL }), output)
    this.#failed = new Promise((_, reject) => void this.#flow.catch(reject))
    this.#failed.catch(() => undefined)
  }

  /** Answers the SHA-256 of the entry, in hex. `chunks` must give `bytes` bytes. */
  async add(name: string, bytes: number, chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<string> {
    return await Promise.race([this.#add(name, bytes, chunks), this.#failed])
  }

  /** Resolves when everything is with the output. */
  async end(): Promise<void> {
    this.#pack.finalize()
    await this.#flow
  }

  /** Gives up. */
  destroy(): void {
    this.#pack.destroy(new Error('given up'))
  }

  async #add(name: string, bytes: number, chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<string> {
    const hash = createHash('sha256')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const header = { name, size: bytes, mode: 0o600, mtime: this.#createdAt }
    const entry = this.#pack.entry(header, (error) => (error ? reject(error) : resolve()))
    promise.catch(() => undefined)
    for await (const chunk of chunks) {
      hash.update(chunk)
      if (!entry.write(chunk)) await once(entry, 'drain')
    }
    entry.end(undefined)
    await promise
    return hash.digest('hex')
  }
}
