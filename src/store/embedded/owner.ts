/**
 * PostgreSQL refuses root. When we are root it runs as a uid that nothing else on the machine uses, chosen once
 * and recorded in the data folder, so that no other account can read the mail ledger or signal the server.
 */
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '#base/fault.ts'
import type { DataFolder } from '../data-folder.ts'
import { createDurably, readIfThere } from '../durable-file.ts'
import { folderFault } from '../fs-faults.ts'
import { makeBelowRun, RUN } from './socket-folder.ts'
import { chooseUid, claimUid, releaseUid } from './uid-claims.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** systemd's table of uids leaves these to nobody, and they exist in rootless containers, which map only 65,536. */
const FIRST_UID = 60706
const LAST_UID = 61183

const accounts = (file: string): { name: string; id: number }[] => {
  const text = readIfThere(file)?.toString('utf8') ?? ''
  return text.split('\n').map((line) => ({ name: line.split(':')[0]!, id: Number(line.split(':')[2] ?? -1) }))
}

/** Uids that something on this machine has now; a deleted data folder whose PostgreSQL still runs is among them. */
function uidsInUse(): Set<number> {
  const used = new Set([...accounts('/etc/passwd'), ...accounts('/etc/group')].map(({ id }) => id))
  for (const process of readdirSync('/proc')) {
    if (/^\d+$/.test(process)) addOwner(used, join('/proc', process))
  }
  return used
}

/** Who owns what lies in a folder: sockets of other instances on this machine, which are stopped at the moment. */
function ownersIn(folder: string): Set<number> {
  const owners = new Set<number>()
  for (const name of readdirSyncOrNone(folder)) addOwner(owners, join(folder, name))
  return owners
}

function addOwner(owners: Set<number>, path: string): void {
  try {
    owners.add(lstatSync(path).uid)
  } catch {
    // It ended or was removed between the listing and the look.
  }
}

function readdirSyncOrNone(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The uid and gid PostgreSQL runs as; null when we are not root, for then it runs as we do. */
export function postgresOwner(folder: DataFolder): Owner | null {
  if (process.getuid?.() !== 0) return null
  const file = join(folder.path, 'postgres-uid')
  const hasRun = makeBelowRun()
  let mine: number | null = null
  try {
    if (readIfThere(file) === null) {
      mine = freeUid(folder.path, hasRun)
      createDurably(file, `${mine}\n`, 0o644)
    }
  } catch (thrown) {
    throw folderFault(thrown, folder.path, 'writing', file)
  }
  const uid = Number(readFileSync(file, 'utf8').trim())
  if (!Number.isSafeInteger(uid) || uid < 1 || uid > 0x7fff_ffff) {
    throw new Fault({
      code: 'DATA_FOLDER_DAMAGED',
      scope: 'instance',
      transient: false,
      message: `${file} does not hold the uid that PostgreSQL runs as`,
      remedy: `Write into it the uid that owns ${folder.postgres}.`,
    })
  }
  if (hasRun) {
    // Two first starts at once: the other one's uid was recorded.
    if (mine !== null && mine !== uid) releaseUid(RUN, mine)
    // After a boot, or a move of the data folder. One that another folder has, a copy of this one, is shared as it was.
    else if (mine === null) claimUid(RUN, uid, folder.path)
  }
  return { uid, gid: uid }
}

function freeUid(path: string, hasRun: boolean): number {
  const used = uidsInUse()
  const count = LAST_UID - FIRST_UID + 1
  const start = createHash('sha256').update(path).digest().readUInt32BE(0)
  const uids = Array.from({ length: count }, (_, step) => FIRST_UID + ((start + step) % count))
  const inTmp = ownersIn('/tmp')
  const free = uids.filter((uid) => !used.has(uid) && !inTmp.has(uid))
  const uid = hasRun ? chooseUid(RUN, free, ownersIn(RUN), path) : free[0]
  if (uid !== null && uid !== undefined) return uid
  throw new Fault({
    code: 'POSTGRES_NO_FREE_UID',
    scope: 'instance',
    transient: false,
    message: `every uid from ${FIRST_UID} to ${LAST_UID} is in use, and PostgreSQL needs one of its own`,
    remedy:
      'Delete data folders that nobody needs: their uids are free then. Otherwise run Waybill as an ordinary user, or set DATABASE_URL.',
  })
}

/**
 * An account to run `initdb` as: it looks its own uid up in /etc/passwd and refuses one that is not there.
 * It runs with the gid of `owner`, in a folder that only this gid may enter, so the account's other processes
 * can neither reach the files nor trace it.
 */
export function borrowedAccount(owner: Owner): Owner {
  const known = accounts('/etc/passwd').filter(({ id }) => id > 0)
  const account = ['nobody', 'daemon', 'bin'].map((name) => known.find((one) => one.name === name)).find(Boolean)
  const uid = (account ?? known[0])?.id
  if (uid === undefined) {
    throw new Fault({
      code: 'POSTGRES_NO_ACCOUNT',
      scope: 'instance',
      transient: false,
      message: '/etc/passwd lists no account but root, and PostgreSQL cannot be set up as root',
      remedy: 'Add the account "nobody" to /etc/passwd, run Waybill as an ordinary user, or set DATABASE_URL.',
    })
  }
  return { uid, gid: owner.gid }
}

/**
 * Lets `owner` through to the folders it owns below the data folder: its group gets the x bit of the data folder itself,
 * and every parent must let it pass.
 * @throws Fault DATA_FOLDER_UNREACHABLE naming the parent that does not
 */
export function admit(folder: DataFolder, owner: Owner): void {
  const { mode, gid } = statSync(folder.path)
  if ((mode & 0o001) === 0 && (gid !== owner.gid || (mode & 0o010) === 0)) {
    try {
      chownSync(folder.path, 0, owner.gid)
      chmodSync(folder.path, (mode & 0o7700) | 0o010)
    } catch (thrown) {
      throw folderFault(thrown, folder.path, 'opening to the uid of PostgreSQL', folder.path)
    }
  }
  for (let parent = dirname(folder.path); ; parent = dirname(parent)) {
    if (!mayPass(parent, owner)) {
      throw new Fault({
        code: 'DATA_FOLDER_UNREACHABLE',
        scope: 'instance',
        transient: false,
        message: `PostgreSQL does not run as root but as uid ${owner.uid}, which may not pass through ${parent} to the data folder ${folder.path}`,
        remedy: `Run "chmod o+x ${parent}", or name another data folder with --data or WAYBILL_DATA, such as /var/lib/waybill.`,
        facts: { folder: folder.path, parent, uid: owner.uid },
      })
    }
    if (parent === dirname(parent)) return
  }
}

function mayPass(path: string, owner: Owner): boolean {
  const { mode, uid, gid } = statSync(path)
  if (uid === owner.uid) return (mode & 0o100) !== 0
  if (gid === owner.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}
