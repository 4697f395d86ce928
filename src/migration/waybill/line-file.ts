/**
 * A file that grows line by line and appears whole or not at all: written under a name of its own in the same
 * folder, synced, then given its name; the folder is synced last.
 */
import { createHash, randomBytes } from 'node:crypto'
import { link, open, readdir, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errno } from '#store/fs-faults.ts'

const BUFFER_BYTES = 262_144
/** Nobody writes one waybill for a day: such a leftover is of a process that was killed. */
const LEFTOVER_MS = 86_400_000

export class LineFile implements AsyncDisposable {
  readonly #temporary: string
  readonly #path: string
  readonly #handle: FileHandle
  readonly #hash = createHash('sha256')
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  #at = 0
  #placed = false
  bytes = 0

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.#path = path
    this.#temporary = temporary
    this.#handle = handle
  }

  /** Creates the temporary file, 0600, and removes those that killed processes left of the same file. */
  static async create(path: string): Promise<LineFile> {
    const [folder, prefix] = [dirname(path), `.${basename(path)}.`]
    for (const name of await readdir(folder)) {
      if (!name.startsWith(prefix) || !name.endsWith('.part')) continue
      const left = await stat(join(folder, name)).catch(() => null)
      if (left !== null && Date.now() - left.mtimeMs > LEFTOVER_MS) await rm(join(folder, name), { force: true })
    }
    const temporary = join(folder, `${prefix}${randomBytes(6).toString('hex')}.part`)
    return new LineFile(path, temporary, await open(temporary, 'wx', 0o600))
  }

  /** Room for `most` bytes in the buffer, or null: then `flush` first. */
  room(most: number): Buffer | null {
    if (this.#buffer.length - this.#at >= most) return this.#buffer.subarray(this.#at)
    if (this.#at > 0 || most <= this.#buffer.length) return null
    this.#buffer = Buffer.allocUnsafe(most)
    return this.#buffer
  }

  /** The first `bytes` of the last `room` were filled. */
  filled(bytes: number): void {
    this.#at += bytes
  }

  /** Waits for the disk: this is the back-pressure. */
  async flush(): Promise<void> {
    const full = this.#buffer.subarray(0, this.#at)
    this.#hash.update(full)
    for (let at = 0; at < full.length;) at += (await this.#handle.write(full, at)).bytesWritten
    this.bytes += full.length
    this.#at = 0
  }

  /** Answers the SHA-256 of the file; false when the name is taken: what is there is never overwritten. */
  async place(): Promise<Buffer | false> {
    await this.flush()
    await this.#handle.sync()
    try {
      await link(this.#temporary, this.#path)
    } catch (thrown) {
      const code = errno(thrown)
      if (code === 'EEXIST') return false
      // Some network and FAT file systems have no hard links; there the check and the renaming are two steps.
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw thrown
      if ((await stat(this.#path).catch(() => null)) !== null) return false
      await rename(this.#temporary, this.#path)
    }
    await rm(this.#temporary, { force: true })
    this.#placed = true
    // A synced file whose name is lost in a power cut is lost.
    const folder = await open(dirname(this.#path), 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
    return this.#hash.digest()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
    if (!this.#placed) await rm(this.#temporary, { force: true })
  }
}
