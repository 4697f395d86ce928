/** What the file system said about our own data folder, as Faults: `instance` scope, so nothing else is tried. */
import { statfsSync } from 'node:fs'
import { Fault } from '#base/fault.ts'

/** PostgreSQL needs one more 16 MB WAL segment to commit anything; below this it stops answering. */
const LEAST_FREE_BYTES = 17 * 1024 * 1024

export function dataFolderFull(folder: string, said: string, cause?: unknown): Fault {
  return new Fault({
    code: 'DATA_FOLDER_FULL',
    scope: 'instance',
    transient: false,
    message: `the disk of the data folder ${folder} is full: ${said}`,
    remedy: `Free space on the file system that holds ${folder}, then try again: what had begun goes on where it stopped.`,
    facts: { folder },
    cause,
  })
}

/** DATA_FOLDER_FULL when the file system of `folder` has no room for another WAL segment, else null. */
export function fullNow(folder: string): Fault | null {
  try {
    const { bavail, bsize } = statfsSync(folder)
    const freeBytes = bavail * bsize
    return freeBytes < LEAST_FREE_BYTES ? dataFolderFull(folder, `${freeBytes} bytes are free`) : null
  } catch {
    return null
  }
}

/** The errno of a Node system error, else ''. */
export function errno(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}

/**
 * An error of the file system inside the data folder.
 * @param doing what was tried, as a gerund: `creating`, `writing`
 */
export function folderFault(thrown: unknown, folder: string, doing: string, path: string): Fault {
  if (thrown instanceof Fault) return thrown
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  const init = { scope: 'instance', transient: false, facts: { folder, path }, cause: thrown } as const
  switch (errno(thrown)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return dataFolderFull(folder, said, thrown)
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Fault({
        ...init,
        code: 'DATA_FOLDER_NOT_WRITABLE',
        message: `${doing} ${path} in the data folder ${folder} is not allowed: ${said}`,
        remedy: `Give this user the folder ${folder}, or name another one with --data or WAYBILL_DATA.`,
      })
    case 'ENOTDIR':
    case 'EEXIST':
      return new Fault({
        ...init,
        code: 'DATA_FOLDER_NOT_A_FOLDER',
        message: `${doing} ${path} failed, because a file is where a folder must be: ${said}`,
        remedy: `Move that file away, or name another data folder with --data or WAYBILL_DATA.`,
      })
    default:
      return new Fault({
        ...init,
        code: 'DATA_FOLDER_BROKEN',
        message: `${doing} ${path} in the data folder ${folder} failed: ${said}`,
        remedy: `Repair what the system names, or name another data folder with --data or WAYBILL_DATA.`,
      })
  }
}
