/** A file in the data folder while a restore is under way: one that was killed is not taken for a service that is new. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#base/fault.ts'
import type { DataFolder } from '../data-folder.ts'
import { createDurably, readIfThere, syncFolder } from '../durable-file.ts'

const mark = ({ path }: Pick<DataFolder, 'path'>) => join(path, 'restore-unfinished')

export const isUnfinished = (folder: Pick<DataFolder, 'path'>) => existsSync(mark(folder))

export const beginRestore = (folder: DataFolder, backup: string) => void createDurably(mark(folder), `${backup}\n`)

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
    message: `a restore of ${backup.toString().trim()} into the data folder ${folder.path} was not finished`,
    remedy: 'Run the same "waybill restore" again; it begins anew.',
    facts: { folder: folder.path },
  })
}
