/** The files and keys of a backup into the data folder, after its tables are there for good. */
import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { DataFolder } from '../data-folder.ts'
import { createDurably, readIfThere, syncFolder } from '../durable-file.ts'
import { folderFault } from '../fs-faults.ts'
import { type ArchiveEntry, readArchive } from './archive-reader.ts'
import type { CheckedBackup } from './check-backup.ts'
import { FOLDERS, KNOWN_KEYS, SECRETS_KEY, SIGNING_KEY, knownKeyFile } from './files.ts'
import { type Manifest, damaged } from './manifest.ts'

/** What is there in the place of files and keys is moved aside, never lost: `<name>.before-<stamp>`. */
export function moveAside(path: string, stamp: string): void {
  if (!existsSync(path)) return
  if (statSync(path).isDirectory() && readdirSync(path).length === 0) rmdirSync(path)
  else renameSync(path, `${path}.before-${stamp}`)
}

export async function restoreFiles(
  folder: DataFolder,
  { path, manifest }: CheckedBackup,
  stamp: string,
  progress: (bytes: number) => void,
): Promise<void> {
  const made = new Set([folder.path])
  for (const top of FOLDERS) moveAside(join(folder.path, top), stamp)
  mkdirSync(folder.reports, { mode: 0o700 })
  let total = 0
  for await (const entry of readArchive(path)) {
    if (!entry.name.startsWith('files/')) continue
    made.add(await restoreFile(entry, manifest, path, folder.path))
    progress((total += entry.bytes))
  }
  for (const one of made) syncFolder(one)
}

/** Whole or not at all, as it was; the folder that it lies in is synced later. */
async function restoreFile(entry: ArchiveEntry, manifest: Manifest, path: string, dataFolder: string): Promise<string> {
  const below = entry.name.slice('files/'.length)
  const known = manifest.files.find(({ name }) => name === entry.name)
  if (!known || !FOLDERS.some((top) => below.startsWith(`${top}/`)) || below.split('/').includes('..'))
    throw damaged(path, `has ${entry.name}, which no backup holds`)
  const target = join(dataFolder, below)
  const temporary = `${target}.part`
  const hash = createHash('sha256')
  const chunks = async function* () {
    for await (const chunk of entry.body) {
      hash.update(chunk)
      yield chunk
    }
  }
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    await pipeline(chunks, createWriteStream(temporary, { flags: 'w', mode: 0o600, flush: true }))
  } catch (thrown) {
    throw folderFault(thrown, dataFolder, 'writing', target)
  }
  if (known.sha256 !== hash.digest('hex')) throw damaged(path, `has changed since it was checked: ${entry.name}`)
  renameSync(temporary, target)
  return dirname(target)
}

/**
 * `keys`: by name below the keys folder; those of the backup, or of the folder that --keys names. Another key of the same
 * name is moved aside; a signing key that goes stays known, so that what it signed is still this instance's own.
 */
export function restoreKeys(folder: DataFolder, keys: ReadonlyMap<string, Buffer>, stamp: string): void {
  mkdirSync(join(folder.keys, KNOWN_KEYS), { recursive: true, mode: 0o700 })
  const install = (name: string, bytes: Buffer) => {
    const path = join(folder.keys, name)
    const there = readIfThere(path)
    if (there?.equals(bytes)) return
    moveAside(path, stamp)
    createDurably(path, bytes)
  }
  const own = readIfThere(join(folder.keys, SIGNING_KEY))
  const next = keys.get(SIGNING_KEY)
  if (own !== null && next !== undefined && !own.equals(next)) {
    const { name, pem } = knownKeyFile(own)
    install(name, pem)
  }
  for (const [name, bytes] of keys) {
    if (name === SECRETS_KEY || name === SIGNING_KEY || /^known\/[0-9a-f]{64}\.pem$/.test(name)) install(name, bytes)
  }
  syncFolder(folder.keys)
}

/** `--without-secrets`: the key of what is gone opens nothing any more. */
export function forgetSecretsKey(folder: DataFolder, stamp: string): void {
  moveAside(join(folder.keys, SECRETS_KEY), stamp)
  rmSync(join(folder.keys, `${SECRETS_KEY}.next`), { force: true })
}
