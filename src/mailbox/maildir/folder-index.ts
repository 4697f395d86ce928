/**
 * Which file a key has just now. A server may serve the Maildir meanwhile and rename files as flags change, so what
 * was read stands only while the folders' mtimes stand, and a scan that something moved under is repeated.
 */
import { type Dir, type Dirent, fstat } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { promisify } from 'node:util'
import { keyOfBase, parseName } from './file-name.ts'
import { type FolderHandles, at } from './folder-handles.ts'
import { type FoundFile, NameIndex } from './name-index.ts'

const fstatBig = promisify((handle: number, done: (error: Error | null, status: { mtimeNs: bigint }) => void) =>
  fstat(handle, { bigint: true }, done),
)

const BATCH = 128
const MOST_SCANS = 5
/** The kernel's clock ticks every 4 ms or so: a change right after our look may leave the mtime as it was. */
const RACY_NS = 50_000_000n

export interface Entry extends FoundFile {
  readonly key: string
}

export class FolderIndex {
  #names: NameIndex | null = null
  #stamp = ''
  #scanning: Promise<NameIndex> | null = null

  /** All files, each key once, in no order; in batches. Remembers them for `find`. */
  async *scan(handles: FolderHandles): AsyncGenerator<readonly Entry[]> {
    const names = new NameIndex()
    let stamp = await stampOf(handles)
    for (let scans = 0; scans < MOST_SCANS; scans++) {
      for (const isNew of [true, false]) {
        const folder = await opendir(at(isNew ? handles.new : handles.cur, ''), { bufferSize: BATCH })
        for await (const files of batches(folder)) {
          const fresh: Entry[] = []
          for (const file of files)
            if (names.put(file, isNew)) fresh.push({ key: keyOfBase(parseName(file).base), file, isNew })
          if (fresh.length > 0) yield fresh
        }
      }
      // A file renamed during readdir may be missed (a scan reads the folder's blocks, not its names).
      const now = await stampOf(handles)
      const still = now === stamp
      stamp = now
      if (still) break
    }
    this.#names = names
    this.#stamp = (await isRacy(handles)) ? '' : stamp
  }

  /** What was there when this folder was first looked at, and all that we added: enough to send nothing twice. */
  async known(handles: FolderHandles): Promise<NameIndex> {
    if (this.#names) return this.#names
    this.#scanning ??= this.#fill(handles).finally(() => (this.#scanning = null))
    return this.#scanning
  }

  /** As the folder is now. */
  async current(handles: FolderHandles): Promise<NameIndex> {
    if (this.#names && this.#stamp !== '' && this.#stamp === (await stampOf(handles))) return this.#names
    return this.#fill(handles)
  }

  /** Enters a file that we made or renamed. */
  enter(file: string): void {
    this.#names?.put(file, false)
  }

  forget(): void {
    this.#names = null
  }

  async #fill(handles: FolderHandles): Promise<NameIndex> {
    for await (const _ of this.scan(handles));
    return this.#names!
  }
}

async function* batches(folder: Dir): AsyncGenerator<string[]> {
  let files: string[] = []
  // The iterator closes the folder when it ends, also early.
  for await (const entry of folder as AsyncIterable<Dirent>) {
    // Maildir: names with a leading dot are nobody's messages.
    if (entry.name.startsWith('.') || !(entry.isFile() || unknownType(entry))) continue
    files.push(entry.name)
    if (files.length < BATCH) continue
    yield files
    files = []
  }
  if (files.length > 0) yield files
}

/** Some file systems do not tell types with names. */
const unknownType = (entry: Dirent) =>
  !entry.isSymbolicLink() &&
  !entry.isDirectory() &&
  !entry.isFIFO() &&
  !entry.isSocket() &&
  !entry.isBlockDevice() &&
  !entry.isCharacterDevice()

async function stampOf(handles: FolderHandles): Promise<string> {
  const [cur, fresh] = await Promise.all([fstatBig(handles.cur), fstatBig(handles.new)])
  return `${cur.mtimeNs}/${fresh.mtimeNs}`
}

async function isRacy(handles: FolderHandles): Promise<boolean> {
  const [cur, fresh] = await Promise.all([fstatBig(handles.cur), fstatBig(handles.new)])
  const nowNs = BigInt(Date.now()) * 1_000_000n
  return nowNs - cur.mtimeNs < RACY_NS || nowNs - fresh.mtimeNs < RACY_NS
}
