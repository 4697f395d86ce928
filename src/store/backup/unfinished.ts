/** A file in the data folder while a restore is under way: one that was killed is not taken for a service that is new. */
import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#base/fault.ts'
import type { DataFolder } from '../data-folder.ts'
import { readIfThere, replaceDurably, syncFolder } from '../durable-file.ts'
import type { CheckedBackup } from './check-backup.ts'

const mark = ({ path }: Pick<DataFolder, 'path'>) => join(path, 'restore-unfinished')

/** What a restore was at: the same backup, by its contents, into the same database may begin anew without a question. */
const markOf = ({ path, manifest }: CheckedBackup, place: string) =>
  `${path}\n${place}\n${createHash('sha256').update(JSON.stringify(manifest)).digest('hex')}\n`

export const isUnfinished = (folder: Pick<DataFolder, 'path'>) => existsSync(mark(folder))

export function isSameRestore(folder: DataFolder, backup: CheckedBackup, place: string): boolean {
  const [, ...was] = (readIfThere(mark(folder))?.toString() ?? '').split('\n')
  const [, ...now] = markOf(backup, place).split('\n')
  return was.join('\n') === now.join('\n')
}

export const beginRestore = (folder: DataFolder, backup: CheckedBackup, place: string) =>
  replaceDurably(mark(folder), markOf(backup, place))

export function endRestore(folder: DataFolder): void {
  rmSync(mark(folder), { force: true })
  syncFolder(folder.path)
}

/** @throws Fault RESTORE_UNFINISHED */
export function refuseUnfinished(folder: DataFolder): void {
  const backup = readIfThere(mark(folder))
  if (backup === null) return
  throw new Fault({
    code: 'RESTORE_UNFINISHED',
    scope: 'instance',
    transient: false,
    message: `a restore of ${backup.toString().split('\n')[0]} into the data folder ${folder.path} was not finished`,
    remedy: 'Run the same "waybill restore" again; it begins anew.',
    facts: { folder: folder.path },
  })
}
