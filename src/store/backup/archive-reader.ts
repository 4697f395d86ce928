/** Reads the archive, entry after entry. Each must be read to its end, or passed over, before the next. */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { errno } from '../fs-faults.ts'
import { Fault } from '#base/fault.ts'
import { damaged } from './manifest.ts'

export interface ArchiveEntry {
  readonly name: string
  readonly bytes: number
  readonly isFile: boolean
  readonly body: AsyncIterable<Buffer>
}

/** @throws Fault BACKUP_UNREADABLE, BACKUP_DAMAGED */
export async function* readArchive(path: string): AsyncGenerator<ArchiveEntry> {
  const untar = extract()
  const flow = pipeline(createReadStream(path), createGunzip(), untar)
  flow.catch(() => undefined)
  try {
    for await (const entry of untar) {
      const { name, size, type } = entry.header
      yield { name, bytes: size ?? 0, isFile: type === 'file', body: guarded(path, entry as AsyncIterable<Buffer>) }
      entry.resume()
    }
    await flow
  } catch (thrown) {
    throw readingFault(path, thrown)
  }
}

/** What breaks the archive shows where it is read: in the middle of an entry. */
async function* guarded(path: string, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (thrown) {
    throw readingFault(path, thrown)
  }
}

function readingFault(path: string, thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown
  const said = thrown instanceof Error ? thrown.message : String(thrown)
  if (!['ENOENT', 'EACCES', 'EISDIR', 'EPERM', 'EIO'].includes(errno(thrown)))
    return damaged(path, `cannot be unpacked: ${said}`, thrown)
  return new Fault({
    code: 'BACKUP_UNREADABLE',
    scope: 'request',
    transient: false,
    message: `the backup ${path} cannot be read: ${said}`,
    remedy: 'Name a backup that is there and that this user may read.',
    facts: { path },
    cause: thrown,
  })
}
