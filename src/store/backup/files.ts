/** The files of a data folder that a backup holds, and the keys. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { createReadStream, mkdirSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createDurably, readIfThere } from '../durable-file.ts'
import { errno } from '../fs-faults.ts'
import type { DataFolder } from '../data-folder.ts'
import type { ArchiveWriter } from './archive-writer.ts'
import { type BackupFile, isSafeName } from './manifest.ts'

/** Waybills, errors CSVs, results. */
export const FOLDERS = ['reports'] as const

export const SECRETS_KEY = 'secrets.key'
export const SIGNING_KEY = 'waybill-ed25519.pem'
/** Public keys whose waybills are this instance's own, one file each, called after its SHA-256. */
export const KNOWN_KEYS = 'known'

/** Names below the data folder with `/`, in order. No links, no temporary files of writers at work. */
async function* walk(root: string, below: string): AsyncGenerator<{ name: string; bytes: number }> {
  const names = await readdir(join(root, below)).catch((thrown: unknown) => {
    if (errno(thrown) === 'ENOENT') return []
    throw thrown
  })
  for (const name of names.sort()) {
    const path = `${below}/${name}`
    const status = await lstat(join(root, path)).catch(() => null)
    if (status?.isDirectory()) yield* walk(root, path)
    else if (status?.isFile() && !name.startsWith('.') && !name.endsWith('.part'))
      yield { name: path, bytes: status.size }
  }
}

export async function addFiles(
  folder: DataFolder,
  archive: ArchiveWriter,
  progress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<BackupFile[]> {
  const files: BackupFile[] = []
  for (const top of FOLDERS) {
    for await (const { name, bytes } of walk(folder.path, top)) {
      signal.throwIfAborted()
      const entry = `files/${name}`
      if (!isSafeName(entry)) continue
      // Files of reports are written once; what would grow meanwhile is cut at the size that was announced.
      const chunks = bytes === 0 ? [] : createReadStream(join(folder.path, name), { end: bytes - 1 })
      files.push({ name: entry, bytes, sha256: await archive.add(entry, bytes, chunks) })
      progress(bytes)
    }
  }
  return files
}

/** Public keys always; those that open secrets and sign waybills only when asked. */
export async function addKeys(folder: DataFolder, archive: ArchiveWriter, withKey: boolean): Promise<BackupFile[]> {
  const files: BackupFile[] = []
  const add = async (name: string, bytes: Buffer) => {
    const entry = `keys/${name}`
    files.push({ name: entry, bytes: bytes.length, sha256: await archive.add(entry, bytes.length, [bytes]) })
  }
  for (const [name, pem] of publicKeys(folder.keys, await namesIn(join(folder.keys, KNOWN_KEYS)))) await add(name, pem)
  if (!withKey) return files
  for (const name of [SECRETS_KEY, SIGNING_KEY]) {
    const bytes = readIfThere(join(folder.keys, name))
    if (bytes !== null) await add(name, bytes)
  }
  return files
}

const namesIn = (folder: string) => readdir(folder).catch(() => [] as string[])

/** `known/<SHA-256 in hex>.pem` of the public part. */
export function knownKeyFile(pem: string | Buffer): { name: string; pem: Buffer } {
  const key = createPublicKey(pem)
  const hash = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  return { name: `${KNOWN_KEYS}/${hash}.pem`, pem: Buffer.from(key.export({ type: 'spki', format: 'pem' })) }
}

export function keepKnown(keys: string, pem: Buffer): void {
  const known = knownKeyFile(pem)
  mkdirSync(join(keys, KNOWN_KEYS), { recursive: true, mode: 0o700 })
  createDurably(join(keys, known.name), known.pem)
}

function publicKeys(keys: string, known: readonly string[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>()
  for (const file of known.filter((one) => one.endsWith('.pem')).sort()) {
    const bytes = readIfThere(join(keys, KNOWN_KEYS, file))
    if (bytes !== null) found.set(`${KNOWN_KEYS}/${file}`, bytes)
  }
  const own = readIfThere(join(keys, SIGNING_KEY))
  if (own !== null) {
    const { name, pem } = knownKeyFile(createPrivateKey(own).export({ type: 'pkcs8', format: 'pem' }))
    found.set(name, pem)
  }
  return found
}
