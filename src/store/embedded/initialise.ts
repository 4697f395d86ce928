/** The first start: `initdb` beside, then one rename, so that a half-made cluster is never taken for a database. */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Fault } from '#base/fault.ts'
import type { DataFolder } from '../data-folder.ts'
import { syncFolder } from '../durable-file.ts'
import { dataFolderFull, errno, folderFault } from '../fs-faults.ts'
import type { Binaries } from './binaries.ts'
import { borrowedAccount, type Owner } from './owner.ts'
import { SUPERUSER } from './passwords.ts'
import { isAlive } from './processes.ts'

/**
 * Makes the cluster if there is none. Synced to disk before it gets its name.
 * @throws Fault POSTGRES_SETUP_FAILED, DATA_FOLDER_FULL, POSTGRES_OTHER_OWNER
 */
export async function initialiseCluster(
  folder: DataFolder,
  binaries: Binaries,
  owner: Owner | null,
  superuserPassword: string,
): Promise<void> {
  if (existsSync(folder.postgres)) return refuseOtherOwner(folder, owner)
  const beside = `${folder.postgres}.new-${process.pid}`
  const cluster = join(beside, 'cluster')
  const passwordFile = join(beside, 'password')
  const account = owner && borrowedAccount(owner)
  try {
    clearAbandoned(folder)
    mkdirSync(beside, { mode: 0o700 })
    writeFileSync(passwordFile, superuserPassword, { mode: 0o600 })
    if (account) {
      chownSync(passwordFile, account.uid, account.gid)
      chownSync(beside, 0, account.gid)
      chmodSync(beside, 0o730)
    }
    await initdb(folder, binaries, account, cluster, passwordFile)
    rmSync(passwordFile)
    if (owner) giveTo(cluster, owner)
    renameSync(cluster, folder.postgres)
    syncFolder(folder.path)
  } catch (thrown) {
    // Two first starts at once: the other one's cluster is as good as ours.
    if (!['ENOTEMPTY', 'EEXIST'].includes(errno(thrown))) {
      throw folderFault(thrown, folder.path, 'setting PostgreSQL up in', folder.postgres)
    }
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
}

async function initdb(folder: DataFolder, binaries: Binaries, as: Owner | null, cluster: string, passwordFile: string) {
  const args = ['-D', cluster, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  args.push('--no-locale', '--encoding=UTF8', '-c', 'timezone=GMT', '-c', 'log_timezone=GMT')
  const child = spawn(join(binaries.bin, 'initdb'), args, {
    cwd: '/',
    // A session of its own: Ctrl-C in the terminal ended initdb, too, and to whoever pressed it that read like damage.
    detached: true,
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin', TZ: 'GMT' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...as,
  })
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const [code, out, said] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  if (code === 0) return
  const words = /(?:FATAL|initdb: error|initdb): .*/.exec(said)?.[0] ?? `${said}${out}`.trim().split('\n').at(-1) ?? ''
  if (/No space left on device|Disk quota exceeded/.test(said)) throw dataFolderFull(folder.path, words)
  throw new Fault({
    code: 'POSTGRES_SETUP_FAILED',
    scope: 'instance',
    transient: false,
    message: `PostgreSQL could not be set up in ${folder.postgres}: ${words}`,
    remedy: /could not look up effective user ID/.test(said)
      ? 'Give the uid that Waybill runs as a line in /etc/passwd, or set DATABASE_URL.'
      : 'Repair what PostgreSQL names, or set DATABASE_URL to a PostgreSQL 15 or newer.',
    facts: { folder: folder.path, exit: code ?? -1 },
  })
}

function giveTo(path: string, { uid, gid }: Owner): void {
  lchownSync(path, uid, gid)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) giveTo(inner, { uid, gid })
    else lchownSync(inner, uid, gid)
  }
}

function clearAbandoned(folder: DataFolder): void {
  for (const name of readdirSync(folder.path)) {
    const pid = /^postgres\.new-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder.path, name), { recursive: true, force: true })
  }
}

function refuseOtherOwner(folder: DataFolder, owner: Owner | null): void {
  const found = statSync(folder.postgres).uid
  const uid = owner?.uid ?? process.getuid?.()
  if (found === uid) return
  throw new Fault({
    code: 'POSTGRES_OTHER_OWNER',
    scope: 'instance',
    transient: false,
    message: `${folder.postgres} belongs to uid ${found}, and PostgreSQL of this data folder runs as uid ${uid ?? '?'}`,
    remedy: `Run "chown -R ${uid ?? ''}:${owner?.gid ?? ''} ${folder.postgres}" after a restore, or run Waybill as the user who made it.`,
    facts: { folder: folder.path, owner: found, uid: uid ?? -1 },
  })
}
