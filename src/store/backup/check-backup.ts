/** Reads a whole backup and believes nothing of it before every digest and count is as its manifest says. */
import { createHash, type Hash } from 'node:crypto'
import { readArchive } from './archive-reader.ts'
import { lines } from './dump-tables.ts'
import { MANIFEST, type Manifest, damaged, isSafeName, parseManifest, tableOf } from './manifest.ts'

/** A manifest names each report file: 100,000 of them are 15 MB. */
const MOST_MANIFEST_BYTES = 256 * 1_048_576
/** Keys are small; whatever calls itself one and is not need not be held. */
const MOST_KEY_BYTES = 65_536

export interface CheckedBackup {
  readonly path: string
  readonly manifest: Manifest
  /** Of `keys/`, by name below it. */
  readonly keys: ReadonlyMap<string, Buffer>
}

interface Seen {
  readonly hash: Hash
  bytes: number
  rows: number
}

/** @throws Fault BACKUP_UNREADABLE, BACKUP_DAMAGED, BACKUP_FORMAT */
export async function checkBackup(path: string, progress: (bytes: number) => void = () => {}): Promise<CheckedBackup> {
  const seen = new Map<string, Seen>()
  const keys = new Map<string, Buffer>()
  let manifest: Manifest | null = null
  let total = 0
  for await (const { name, bytes, isFile, body } of readArchive(path)) {
    if (manifest !== null) throw damaged(path, `has ${name} after its manifest`)
    if (!isFile) throw damaged(path, `has ${name}, which is no file`)
    if (name === MANIFEST) {
      if (bytes > MOST_MANIFEST_BYTES) throw damaged(path, 'has a manifest that is too long')
      manifest = parseManifest(path, (await whole(body)).toString())
      continue
    }
    const table = tableOf(name)
    if (table === null && !isSafeName(name)) throw damaged(path, `has ${JSON.stringify(name)}, which no backup holds`)
    const isKey = name.startsWith('keys/')
    if (isKey && bytes > MOST_KEY_BYTES) throw damaged(path, `has ${name}, which is too long for a key`)
    const about = table === null ? name : `tables/${table}`
    if (table === null && seen.has(about)) throw damaged(path, `has ${name} twice`)
    const one = seen.get(about) ?? { hash: createHash('sha256'), bytes: 0, rows: 0 }
    seen.set(about, one)
    const held: Buffer[] = []
    for await (const chunk of body) {
      one.hash.update(chunk)
      one.bytes += chunk.length
      if (table !== null) one.rows += lines(chunk)
      if (isKey) held.push(chunk)
      progress((total += chunk.length))
    }
    if (isKey) keys.set(name.slice('keys/'.length), Buffer.concat(held))
  }
  if (manifest === null) throw damaged(path, 'was cut off: its manifest, which comes last, is missing')
  compare(path, manifest, seen)
  return { path, manifest, keys }
}

function compare(path: string, manifest: Manifest, seen: ReadonlyMap<string, Seen>): void {
  const expected = [
    ...manifest.tables.map((table) => ({ ...table, name: `tables/${table.name}` })),
    ...manifest.files.map((file) => ({ ...file, rows: 0 })),
  ]
  const empty = createHash('sha256').digest('hex')
  for (const { name, bytes, sha256, rows } of expected) {
    const one = seen.get(name)
    const found = one ? one.hash.digest('hex') : empty
    if (found !== sha256 || (one?.bytes ?? 0) !== bytes || (one?.rows ?? 0) !== rows)
      throw damaged(path, `is damaged: ${name} is not what its manifest says`)
  }
  const names = new Set(expected.map(({ name }) => name))
  const strange = [...seen.keys()].find((name) => !names.has(name))
  if (strange !== undefined) throw damaged(path, `holds ${strange}, which its manifest does not name`)
}

async function whole(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
