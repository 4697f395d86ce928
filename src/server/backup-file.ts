/** A file that is whole under its name or not there: written beside it, synced, then named. */
import { randomBytes } from 'node:crypto'
import { createWriteStream, existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { Fault } from '#base/fault.ts'
import { syncFolder } from '#store/durable-file.ts'
import { errno } from '#store/fs-faults.ts'

/** `write` resolves when the stream has everything. 0600. @throws Fault BACKUP_FILE_EXISTS, BACKUP_NOT_WRITTEN */
export async function writeFileAnew<T>(
  file: string,
  overwrites: boolean,
  write: (out: Writable) => Promise<T>,
): Promise<T> {
  const path = resolve(file)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw folderThere(path)
  if (!overwrites && existsSync(path)) throw fileExists(path)
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`)
  const out = createWriteStream(beside, { flags: 'wx', mode: 0o600, flush: true })
  let fault: unknown = null
  out.on('error', (error) => (fault = error))
  try {
    const result = await write(out)
    if (overwrites) renameSync(beside, path)
    else linkSync(beside, path)
    rmSync(beside, { force: true })
    syncFolder(dirname(path))
    return result
  } catch (thrown) {
    out.destroy()
    rmSync(beside, { force: true })
    if (errno(thrown) === 'EEXIST') throw fileExists(path)
    if (thrown instanceof Fault || fault === null) throw thrown
    throw notWritten(path, fault)
  }
}

/** Into standard output; a reader that has gone is no fault of the place. @throws Fault BACKUP_NOT_WRITTEN */
export async function writeToOutput<T>(write: (out: Writable) => Promise<T>): Promise<T> {
  const { stdout } = process
  let fault: unknown = null
  const onError = (error: NodeJS.ErrnoException) => (fault = error)
  stdout.on('error', onError)
  try {
    return await write(stdout)
  } catch (thrown) {
    if (thrown instanceof Fault || fault === null || errno(fault) === 'EPIPE') throw thrown
    throw notWritten('on standard output', fault, 'Free space where the output goes. What is there is no whole backup.')
  } finally {
    stdout.off('error', onError)
  }
}

function folderThere(path: string): Fault {
  return new Fault({
    code: 'BACKUP_FILE_EXISTS',
    scope: 'request',
    transient: false,
    message: `${path} is a folder, and a backup is one file`,
    remedy: `Name a file in it, such as ${join(path, 'waybill.tar.gz')}.`,
    facts: { path },
  })
}

function fileExists(path: string): Fault {
  return new Fault({
    code: 'BACKUP_FILE_EXISTS',
    scope: 'request',
    transient: false,
    message: `there is a file ${path} already`,
    remedy: 'Name a new file, or add --force to overwrite this one.',
    facts: { path },
  })
}

const NOTHING_LEFT = 'Free space there, or name a file in a folder that is writable. Nothing was left behind.'

export function notWritten(path: string, thrown: unknown, remedy = NOTHING_LEFT): Fault {
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  return new Fault({
    code: 'BACKUP_NOT_WRITTEN',
    scope: 'instance',
    transient: false,
    message: `the backup ${path} cannot be written: ${said}`,
    remedy,
    facts: { path },
    cause: thrown,
  })
}
