/**
 * Data folders as a first start leaves them, for tests whose promise is another one. initdb and the whole schema cost a
 * second of CPU: done once per state of the sources, kept below node_modules/.cache, copied in a tenth of it. First starts
 * themselves are tested in store-embedded, store-schema, service/first-start and wherever a folder is just opened.
 */
import { createHash, randomBytes } from 'node:crypto'
import {
  constants,
  copyFileSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { silentLog } from '#base/log.ts'
import { prepareDataFolder } from '#store/data-folder.ts'
import { type Owner, postgresOwner } from '#store/embedded/owner.ts'
import { openStore } from '#store/open.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

const ROOT = join(import.meta.dirname, '..')
const KEPT = join(ROOT, 'node_modules/.cache/waybill/data-folders')
/** Those of other sources, which a run that goes on may still copy. */
const OUTDATED_MS = 3_600_000
const PASSWORDS = ['postgres-superuser.password', 'postgres.password']

let kept: Promise<string> | undefined

/** Makes `path` a data folder that was started and stopped once; the keys of a service come with its own first start. */
export async function startedBefore(path: string): Promise<void> {
  const from = await (kept ??= keep())
  const folder = prepareDataFolder(path)
  const owner = postgresOwner(folder)
  for (const name of PASSWORDS) copyFileSync(join(from, 'keys', name), join(folder.keys, name))
  copyTree(join(from, 'postgres'), folder.postgres, owner)
}

async function keep(): Promise<string> {
  const place = join(KEPT, sources())
  if (existsSync(place)) return place
  const folder = temporaryFolder('kept')
  const beside = `${place}.new-${randomBytes(6).toString('hex')}`
  try {
    await (await openStore({ dataFolder: folder, log: silentLog }))[Symbol.asyncDispose]()
    mkdirSync(beside, { recursive: true, mode: 0o700 })
    for (const part of ['keys', 'postgres']) copyTree(join(folder, part), join(beside, part), null)
    for (const name of readdirSync(KEPT)) {
      if (Date.now() - statSync(join(KEPT, name)).mtimeMs > OUTDATED_MS)
        rmSync(join(KEPT, name), { recursive: true, force: true })
    }
    try {
      renameSync(beside, place)
    } catch (thrown) {
      // Another test file was as quick.
      if (!existsSync(place)) throw thrown
    }
    return place
  } finally {
    rmSync(beside, { recursive: true, force: true })
    removeFolder(folder)
  }
}

/** Names all that a first start is made of. */
function sources(): string {
  const store = join(ROOT, 'src/store')
  const files = readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
  const hash = createHash('sha256')
  for (const file of [import.meta.filename, join(ROOT, 'package-lock.json'), ...files]) {
    const bytes = readFileSync(file)
    hash.update(`${file} ${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex').slice(0, 16)
}

function copyTree(from: string, to: string, owner: Owner | null): void {
  mkdirSync(to, { mode: 0o700 })
  if (owner) lchownSync(to, owner.uid, owner.gid)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      copyTree(source, target, owner)
      continue
    }
    copyFileSync(source, target, constants.COPYFILE_FICLONE)
    if (owner) lchownSync(target, owner.uid, owner.gid)
  }
}
