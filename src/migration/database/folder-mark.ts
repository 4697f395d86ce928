/**
 * A Maildir database lies on a disk, and workers may be on other hosts. Whoever makes the database leaves a mark in its
 * folder; a worker that does not see the mark has another disk there, and must not begin a second mailbox on it.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Fault } from '#base/fault.ts'
import { makeFolders } from '#base/make-folders.ts'
import { errno, maildirFault } from '#mailbox/maildir/faults.ts'
import { fixedFolder } from './maildir-path.ts'

const MARK = '.waybill-database'

const marks = (root: string): string[] => {
  try {
    return readFileSync(join(root, MARK), 'utf8').split('\n')
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(errno(thrown))) return []
    throw thrown
  }
}

/** Makes the folder where it is missing. @throws Fault of the file system */
export function markFolder(path: string, databaseId: string): void {
  const root = fixedFolder(path)
  try {
    makeFolders(root, 0o700)
    if (!marks(root).includes(databaseId)) appendFileSync(join(root, MARK), `${databaseId}\n`, { mode: 0o644 })
  } catch (thrown) {
    throw errno(thrown) === '' ? thrown : maildirFault(thrown, 'writing into', root)
  }
}

/** @throws Fault TARGET_FOLDER_ELSEWHERE */
export function checkMark(path: string, databaseId: string, name: string): void {
  const root = fixedFolder(path)
  if (marks(root).includes(databaseId)) return
  throw new Fault({
    code: 'TARGET_FOLDER_ELSEWHERE',
    scope: 'instance',
    transient: true,
    message: `${hostname()} does not see the folder ${root} of the mailbox database "${name}": the file ${MARK} is not in it`,
    remedy: `Mount the folder at ${root} on every host with workers, or run workers only on the host that has it. Where it is the right folder and the file was lost, run Set-MailboxDatabase with -Path ${path}.`,
    facts: { root, database: name },
  })
}
