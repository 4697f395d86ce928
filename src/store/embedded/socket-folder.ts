/** The 0700 folder of PostgreSQL's socket: `/run/waybill/<hash>`, or `/tmp/waybill-<hash>` where /run is closed to us. */
import { createHash } from 'node:crypto'
import { chmodSync, lchownSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#base/fault.ts'
import { errno, folderFault } from '../fs-faults.ts'
import type { Owner } from './owner.ts'

export const RUN = '/run/waybill'
/** RuntimeDirectory of the unit. */
const UNIT_RUN = '/run/waybill-service'

/** Names one data folder on this machine; 16 hex digits keep the socket's path far below the 100 bytes of `sun_path`. */
export function instanceHash(dataFolder: string): string {
  return createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)
}

/**
 * Creates the folder or takes our own of an earlier run.
 * @throws Fault SOCKET_FOLDER_TAKEN when another user made it first: they could pose as our database
 */
export function socketFolder(dataFolder: string, owner: Owner | null): string {
  const hash = instanceHash(dataFolder)
  const belowRun = makeBelowRun()
  const me = process.getuid?.() ?? 0
  const path = belowRun ? join(RUN, hash) : isUnits(me) ? join(UNIT_RUN, hash) : `/tmp/waybill-${hash}`
  const uid = owner?.uid ?? me
  // Only root writes to /run/waybill: this one is of a data folder that was deleted and made again, with another uid.
  if (belowRun && ![uid, me].includes(lstatSync(path, { throwIfNoEntry: false })?.uid ?? me)) {
    rmSync(path, { recursive: true, force: true })
  }
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (thrown) {
    if (errno(thrown) !== 'EEXIST') throw folderFault(thrown, dataFolder, 'creating', path)
  }
  const found = lstatSync(path)
  if (!found.isDirectory() || (found.uid !== uid && found.uid !== me)) {
    throw new Fault({
      code: 'SOCKET_FOLDER_TAKEN',
      scope: 'instance',
      transient: false,
      message: `${path}, where PostgreSQL of the data folder ${dataFolder} listens, belongs to uid ${found.uid} and not to uid ${uid}`,
      remedy: `Find out who made ${path}, and remove it.`,
      facts: { folder: dataFolder, path, owner: found.uid },
    })
  }
  try {
    if (found.uid !== uid) lchownSync(path, uid, owner?.gid ?? found.gid)
    if ((found.mode & 0o777) !== 0o700) chmodSync(path, 0o700)
  } catch (thrown) {
    throw folderFault(thrown, dataFolder, 'closing to others', path)
  }
  return path
}

/** The folder of deploy/waybill.service's user while that unit runs: its /tmp is its own, and no command looks there. */
function isUnits(me: number): boolean {
  const there = lstatSync(UNIT_RUN, { throwIfNoEntry: false })
  return me !== 0 && there?.isDirectory() === true && there.uid === me && (there.mode & 0o022) === 0
}

/** Whether sockets lie below /run/waybill, which is made here, and where only root writes. */
export function makeBelowRun(): boolean {
  if (process.getuid?.() !== 0) return false
  try {
    mkdirSync(RUN, { mode: 0o755 })
    chmodSync(RUN, 0o755)
    return true
  } catch (thrown) {
    if (errno(thrown) !== 'EEXIST') return false
    const { uid, mode } = lstatSync(RUN)
    return uid === 0 && (mode & 0o022) === 0 && (mode & 0o001) !== 0
  }
}
