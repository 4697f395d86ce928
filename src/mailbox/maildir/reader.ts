/** Looks into a Maildir as an IMAP server would: sizes and bytes with CRLF, mtime as date, letters as flags. */
import { constants, lstat, renameSync, fsyncSync, unlinkSync, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { applyChange, type Flags } from '#mail/flags.ts'
import type {
  FolderStatus,
  PermanentFlags,
  TargetFolder,
  TargetKey,
  TargetMessage,
  TargetReader,
} from '#engine/ports.ts'
import { bug } from '#base/fault.ts'
import { BareLfCounter, ClientView } from './crlf.ts'
import { errno, maildirFault } from './faults.ts'
import { crlfBytesOf, joinName, parseName, readLetters, writeLetters } from './file-name.ts'
import { type FolderHandles, at } from './folder-handles.ts'
import type { Entry } from './folder-index.ts'
import { ensureKeywords, readKeywords } from './keywords.ts'
import type { MailboxPlace } from './mailbox-place.ts'
import type { FoundFile } from './name-index.ts'

const lstatAsync = promisify<string, Stats>(lstat)

const CHUNK_BYTES = 256 * 1024
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
/** How often a file is looked up anew when a server renames it under us. */
const MOST_TRIES = 5

export class MaildirReader implements TargetReader {
  readonly #place: MailboxPlace
  #name = ''
  /** Null while no folder is open, or the opened one is not on disk yet. */
  #handles: FolderHandles | null = null

  constructor(place: MailboxPlace) {
    this.#place = place
  }

  async open(folder: TargetFolder): Promise<FolderStatus & { readonly permanent: PermanentFlags }> {
    this.#close()
    this.#name = folder.raw
    this.#handles = this.#place.folder(folder.raw, false)
    return this.#tell('opening', async () => {
      const keywords = this.#handles ? readKeywords(this.#handles.dir) : [null]
      return {
        ...(await statusOf(this.#place, folder.raw, this.#handles)),
        permanent: {
          system: 31,
          anyKeyword: keywords.includes(null),
          keywords: keywords.filter((one) => one !== null),
        },
      }
    })
  }

  async *list(): AsyncGenerator<readonly TargetMessage[]> {
    const handles = this.#handles
    if (!handles) return
    try {
      const keywords = readKeywords(handles.dir)
      for await (const entries of this.#place.indexOf(this.#name).scan(handles)) {
        const messages = await Promise.all(entries.map((entry) => this.#describe(handles, entry, keywords)))
        yield messages.filter((one) => one !== null)
      }
    } catch (thrown) {
      throw maildirFault(thrown, 'listing', this.#place.pathOf(this.#name))
    }
  }

  async read(key: TargetKey): Promise<AsyncIterable<Buffer> | null> {
    const file = await this.#openFile(key)
    if (!file) return null
    const view = new ClientView()
    const first = Buffer.allocUnsafe(CHUNK_BYTES)
    let got
    try {
      got = (await file.read(first, 0, CHUNK_BYTES, 0)).bytesRead
    } catch (thrown) {
      await file.close()
      throw maildirFault(thrown, 'reading a message of', this.#place.pathOf(this.#name))
    }
    if (got < CHUNK_BYTES) {
      await file.close()
      return once(view.convert(first.subarray(0, got)))
    }
    return this.#rest(file, view, first)
  }

  async header(key: TargetKey, most: number): Promise<Buffer | null> {
    const file = await this.#openFile(key)
    if (!file) return null
    try {
      const raw = Buffer.allocUnsafe(most)
      const { bytesRead } = await file.read(raw, 0, most, 0)
      const head = new ClientView().convert(raw.subarray(0, bytesRead))
      const end = head.indexOf('\r\n\r\n')
      return head.subarray(0, Math.min(most, head.indexOf('\r\n') === 0 ? 2 : end < 0 ? head.length : end + 4))
    } catch (thrown) {
      throw maildirFault(thrown, 'reading a header of', this.#place.pathOf(this.#name))
    } finally {
      await file.close()
    }
  }

  flags(keys: readonly TargetKey[]): Promise<Map<TargetKey, Flags>> {
    return this.#tell('reading flags of', async () => {
      const found = new Map<TargetKey, Flags>()
      if (!this.#handles) return found
      const index = await this.#place.indexOf(this.#name).current(this.#handles)
      const keywords = readKeywords(this.#handles.dir)
      for (const key of keys) {
        const file = index.get(String(key))
        if (file) found.set(key, readLetters(parseName(file.file).letters, keywords))
      }
      return found
    })
  }

  /** Durable when it resolves. Keywords for which no letter is left are logged and left out. */
  change(changes: readonly { key: TargetKey; add: Flags; remove: Flags }[]): Promise<void> {
    return this.#tell('changing flags in', async () => {
      const handles = this.#handles
      if (!handles) return
      const wanted = [...new Set(changes.flatMap(({ add }) => add.keywords))]
      const keywords =
        wanted.length > 0 ? await ensureKeywords(handles.dir, this.#place.owner, wanted) : readKeywords(handles.dir)
      for (const { key, add, remove } of changes) {
        await this.#onFile(key, (file) => {
          const parsed = parseName(file.file)
          const flags = applyChange(readLetters(parsed.letters, keywords), { add, remove })
          const next = joinName({ ...parsed, letters: writeLetters(flags, keywords, parsed.letters) })
          if (file.isNew || next !== file.file)
            renameSync(at(file.isNew ? handles.new : handles.cur, file.file), at(handles.cur, next))
          this.#place.indexOf(this.#name).enter(next)
        })
      }
      fsyncSync(handles.cur)
    })
  }

  remove(key: TargetKey): Promise<boolean> {
    return this.#tell('removing a message of', async () => {
      const handles = this.#handles
      if (!handles) return true
      await this.#onFile(key, (file) => unlinkSync(at(file.isNew ? handles.new : handles.cur, file.file)))
      const index = await this.#place.indexOf(this.#name).known(handles)
      index.delete(String(key))
      fsyncSync(handles.cur)
      return true
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close()
  }

  #close(): void {
    this.#handles?.[Symbol.dispose]()
    this.#handles = null
  }

  async #tell<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      throw maildirFault(thrown, doing, this.#place.pathOf(this.#name))
    }
  }

  /** Runs `act` with the file that the key has now; again when a server renamed it between look and act. Null: gone. */
  async #onFile<T>(key: TargetKey, act: (file: FoundFile) => T): Promise<Awaited<T> | null> {
    const handles = this.#handles
    if (!handles) return null
    const index = this.#place.indexOf(this.#name)
    for (let tries = 0; ; tries++) {
      // The first look trusts what is known, so that a row of lookups is not a row of scans.
      const file = (tries === 0 ? await index.known(handles) : await index.current(handles)).get(String(key))
      if (!file && tries > 0) return null
      try {
        if (file) return await act(file)
      } catch (thrown) {
        if (errno(thrown) !== 'ENOENT' || tries >= MOST_TRIES) throw thrown
      }
    }
  }

  #openFile(key: TargetKey): Promise<FileHandle | null> {
    return this.#tell('reading a message of', () =>
      this.#onFile(key, ({ file, isNew }) => open(at(isNew ? this.#handles!.new : this.#handles!.cur, file), READ)),
    )
  }

  async *#rest(file: FileHandle, view: ClientView, first: Buffer): AsyncGenerator<Buffer> {
    try {
      yield view.convert(first)
      for (let position = first.length; ;) {
        const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
        const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position)
        if (bytesRead === 0) return
        position += bytesRead
        yield view.convert(chunk.subarray(0, bytesRead))
      }
    } catch (thrown) {
      throw maildirFault(thrown, 'reading a message of', this.#place.pathOf(this.#name))
    } finally {
      await file.close()
    }
  }

  /** Null when it vanished since it was listed, or is no plain file. */
  async #describe(
    handles: FolderHandles,
    entry: Entry,
    keywords: readonly (string | null)[],
  ): Promise<TargetMessage | null> {
    const parsed = parseName(entry.file)
    let status
    try {
      status = await lstatAsync(at(entry.isNew ? handles.new : handles.cur, entry.file))
    } catch (thrown) {
      if (errno(thrown) !== 'ENOENT') throw thrown
      // Renamed meanwhile: it is the same message under the name that it has now.
      const now = (await this.#place.indexOf(this.#name).current(handles)).get(entry.key)
      if (!now || now.file === entry.file) return null
      return this.#describe(handles, { ...now, key: entry.key }, keywords)
    }
    if (!status.isFile()) return null
    const bytes = crlfBytesOf(parsed.fields) ?? (await this.#countCrlf(entry.key))
    if (bytes === null) return null
    return {
      key: entry.key,
      bytes,
      dateS: Math.floor(status.mtimeMs / 1000),
      flags: readLetters(parsed.letters, keywords),
    }
  }

  /** Size as a client sees it, for files whose writer did not put it in the name. */
  async #countCrlf(key: string): Promise<number | null> {
    const body = await this.read(key)
    if (!body) return null
    const lines = new BareLfCounter()
    let bytes = 0
    for await (const chunk of body) {
      bytes += chunk.length
      lines.add(chunk)
    }
    if (lines.count > 0) throw bug('maildir-crlf', 'a converted message still has bare LFs')
    return bytes
  }
}

/** Counts; a Maildir knows no UIDs, so those are 0. */
export async function statusOf(
  place: MailboxPlace,
  name: string,
  handles: FolderHandles | null,
): Promise<FolderStatus> {
  const messages = handles ? (await place.indexOf(name).current(handles)).size : 0
  return { validity: 0, uidNext: 0, messages, modseq: null }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes
}
