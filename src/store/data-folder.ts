/** Where one instance of Waybill keeps all that it owns (architecture.md, "Embedded PostgreSQL, in detail"). */
import { chmodSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Fault } from '#base/fault.ts'
import { makeFolders } from '#base/make-folders.ts'
import { folderFault } from './fs-faults.ts'

/** Absolute real paths; every folder but the two of PostgreSQL exists after `prepareDataFolder`. */
export interface DataFolder {
  readonly path: string
  /** Key and password files, each 0600; never in a backup unless asked. */
  readonly keys: string
  /** Sockets of ours. */
  readonly run: string
  readonly reports: string
  readonly logs: string
  /** PostgreSQL's own data directory. */
  readonly postgres: string
  /** One folder per version of PostgreSQL's binaries. */
  readonly postgresBin: string
}

/**
 * Creates what is missing, 0700, and answers with the paths.
 * @throws Fault DATA_FOLDER_NOT_WRITABLE, DATA_FOLDER_FULL, DATA_FOLDER_NOT_A_FOLDER, DATA_FOLDER_EXPOSED,
 *   DATA_FOLDER_OTHER_OWNER; all of scope `instance`
 */
export function prepareDataFolder(named: string): DataFolder {
  let path = resolve(named)
  try {
    makeFolders(path, 0o700)
    path = realpathSync(path)
  } catch (thrown) {
    throw folderFault(thrown, path, 'creating', path)
  }
  refuseStrangers(path)
  const folder: DataFolder = {
    path,
    keys: join(path, 'keys'),
    run: join(path, 'run'),
    reports: join(path, 'reports'),
    logs: join(path, 'logs'),
    postgres: join(path, 'postgres'),
    postgresBin: join(path, 'postgres-bin'),
  }
  for (const part of [folder.keys, folder.run, folder.reports, folder.logs]) {
    try {
      makeFolders(part, 0o700)
      // A restored backup or a copied folder may have come with the modes of another umask.
      if ((statSync(part).mode & 0o077) !== 0) chmodSync(part, 0o700)
    } catch (thrown) {
      throw folderFault(thrown, path, 'creating', part)
    }
  }
  return folder
}

/** Whoever may rename `keys` or `postgres` can put their own in its place. */
function refuseStrangers(path: string): void {
  const { uid, mode } = statSync(path)
  const me = process.getuid?.() ?? uid
  if (uid !== me) {
    throw new Fault({
      code: 'DATA_FOLDER_OTHER_OWNER',
      scope: 'instance',
      transient: false,
      message: `the data folder ${path} belongs to the user with uid ${uid}, and this process runs as uid ${me}`,
      remedy: `Run Waybill as the user it belongs to, or name another data folder with --data or WAYBILL_DATA.`,
      facts: { folder: path, owner: uid, uid: me },
    })
  }
  if ((mode & 0o022) !== 0) {
    throw new Fault({
      code: 'DATA_FOLDER_EXPOSED',
      scope: 'instance',
      transient: false,
      message: `other users may write to the data folder ${path} (mode ${(mode & 0o7777).toString(8)})`,
      remedy: `Run "chmod go-w ${path}", or name a folder of its own with --data or WAYBILL_DATA.`,
      facts: { folder: path },
    })
  }
}
