/**
 * Which data folder a uid of PostgreSQL belongs to, from a data folder's first start until the machine's next boot:
 * `/run/waybill/uid-<n>`, which names the folder and is root's alone. A uid is given again when its data folder does
 * not exist any more. One that is only unmounted is told from it by the file system: what is left of its path then
 * lies on another device than the one it was on.
 */
import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { createDurably } from '../durable-file.ts'
import { errno } from '../fs-faults.ts'
import { instanceHash } from './socket-folder.ts'

interface Claim {
  readonly folder: string
  /** `st_dev` of the folder. */
  readonly device: number
}

const fileOf = (run: string, uid: number) => join(run, `uid-${uid}`)

/** Uids with a claim, and the data folder of each; null where the file says nothing. */
export function claims(run: string): Map<number, string | null> {
  const found = new Map<number, string | null>()
  for (const name of readdirSync(run)) {
    const uid = /^uid-(\d+)$/.exec(name)?.[1]
    if (uid !== undefined) found.set(Number(uid), parse(readOrNone(join(run, name)))?.folder ?? null)
  }
  return found
}

/**
 * Takes a uid for a data folder, which exists. True when it is this folder's: free before, or its own already, or of a
 * folder that is gone. Of several starts at once one gets it.
 * @param run where claims and socket folders lie
 */
export function claimUid(run: string, uid: number, folder: string): boolean {
  const file = fileOf(run, uid)
  const mine = JSON.stringify({ folder, device: statSync(folder).dev } satisfies Claim)
  if (createDurably(file, mine, 0o644)) return true
  let handle: number
  try {
    handle = openSync(file, 'r')
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return false
    throw thrown
  }
  try {
    const held = parse(readFileSync(handle, 'utf8'))
    if (held === null || (held.folder !== folder && !isGone(held))) return false
    // Whoever makes this marker is the only one who may replace this very file; the open handle keeps its number from
    // being used again. A crash here costs one uid until the next boot.
    const { ino } = fstatSync(handle)
    const marker = `${file}.taking-${ino}`
    try {
      closeSync(openSync(marker, 'wx', 0o600))
    } catch (thrown) {
      if (errno(thrown) === 'EEXIST') return false
      throw thrown
    }
    try {
      if (lstatSync(file, { throwIfNoEntry: false })?.ino !== ino) return false
      // Its folder may have been made again between the look and the marker.
      if (held.folder !== folder && !isGone(held)) return false
      writeFileSync(marker, mine)
      renameSync(marker, file)
    } finally {
      rmSync(marker, { force: true })
    }
    if (held.folder !== folder) removeSocketFolder(join(run, instanceHash(held.folder)), uid)
    return true
  } finally {
    closeSync(handle)
  }
}

/** Gives back what another start of the same data folder made needless. */
export const releaseUid = (run: string, uid: number): void => rmSync(fileOf(run, uid), { force: true })

/**
 * A uid of `uids` for a data folder: its own of an earlier life, else one that nobody has, else one of a folder that is
 * gone. Null when there is none.
 * @param uids in the order of preference
 * @param shunned those that had a socket folder before there were claims
 */
export function chooseUid(
  run: string,
  uids: readonly number[],
  shunned: ReadonlySet<number>,
  folder: string,
): number | null {
  const held = claims(run)
  const own = uids.filter((uid) => held.get(uid) === folder)
  const unclaimed = uids.filter((uid) => !held.has(uid) && !shunned.has(uid))
  const others = uids.filter((uid) => held.has(uid) && held.get(uid) !== folder)
  return [...own, ...unclaimed, ...others].find((uid) => claimUid(run, uid, folder)) ?? null
}

/** With what a killed PostgreSQL left in it. One that was made again meanwhile has another owner. */
function removeSocketFolder(path: string, uid: number): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.uid === uid) rmSync(path, { recursive: true, force: true })
}

function parse(text: string | null): Claim | null {
  try {
    const { folder, device } = JSON.parse(text ?? '') as Partial<Claim>
    return typeof folder === 'string' && typeof device === 'number' ? { folder, device } : null
  } catch {
    return null
  }
}

function readOrNone(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** Nothing is there any more, and the file system that held it is. */
function isGone({ folder, device }: Claim): boolean {
  for (let path = folder; ; path = dirname(path)) {
    try {
      return statSync(path).dev === device && path !== folder
    } catch (thrown) {
      if (errno(thrown) !== 'ENOENT' || path === dirname(path)) return false
    }
  }
}
