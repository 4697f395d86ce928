/** Writes one message to `tmp`, whole and synced, ready to be linked into `cur`. */
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsync,
  futimesSync,
  openSync,
  rmSync,
  write,
  writevSync,
} from 'node:fs'
import { promisify } from 'node:util'
import { bug } from '#base/fault.ts'
import type { Outgoing } from '#engine/ports.ts'
import { BareLfCounter } from './crlf.ts'
import { type FolderHandles, type Owner, at } from './folder-handles.ts'

const fsyncAsync = promisify(fsync)
const writeAsync = promisify(write)

/** What our files in `tmp` begin with. */
export const TMP_PREFIX = 'waybill.'

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

export interface Staged {
  readonly tmp: string
  /** Size as a client sees it: with CRLF. */
  readonly crlfBytes: number
  /** The instant that the file system kept, where it is not the one asked for (ext4 ends in 1901 and 2446). */
  readonly keptDateS: number
}

/**
 * @param tmp a name that nobody else uses
 * @param flushed as in `TargetWriter.append`; what a failure leaves is the caller's
 */
export async function stageMessage(
  handles: FolderHandles,
  owner: Owner,
  tmp: string,
  message: Outgoing,
  flushed: (bytes: number) => void,
): Promise<Staged> {
  const path = at(handles.tmp, tmp)
  const file = openSync(path, CREATE, 0o600)
  let whole = false
  try {
    if (owner) fchownSync(file, owner.uid, owner.gid)
    const lines = new BareLfCounter()
    let bytes = 0
    const count = (chunk: Buffer) => {
      bytes += chunk.length
      lines.add(chunk)
      if (bytes > message.bytes) throw wrongLength(message, bytes)
    }
    if (isBuffered(message.body)) {
      for (const chunk of message.body) count(chunk)
      if (bytes !== message.bytes) throw wrongLength(message, bytes)
      // A page-cache write of a small message costs less than the trip to another thread.
      writeAll(file, message.body)
      flushed(bytes)
    } else {
      for await (const chunk of message.body) {
        count(chunk)
        for (let sent = 0; sent < chunk.length;) sent += await writeAsync(file, chunk, sent).then((r) => r.bytesWritten)
        flushed(chunk.length)
      }
      if (bytes !== message.bytes) throw wrongLength(message, bytes)
    }
    // As a Date: Node reads a negative number of seconds as "now".
    const date = new Date(message.dateS * 1000)
    futimesSync(file, date, date)
    await fsyncAsync(file)
    whole = true
    return { tmp, crlfBytes: bytes + lines.count, keptDateS: Math.floor(fstatSync(file).mtimeMs / 1000) }
  } finally {
    closeSync(file)
    if (!whole) rmSync(path, { force: true })
  }
}

export const isBuffered = (body: Outgoing['body']): body is readonly Buffer[] => Array.isArray(body)

function writeAll(file: number, body: readonly Buffer[]): void {
  let rest = body.filter((chunk) => chunk.length > 0)
  while (rest.length > 0) {
    let written = writevSync(file, rest.slice(0, 512))
    let whole = 0
    while (whole < rest.length && written >= rest[whole]!.length) written -= rest[whole++]!.length
    rest = rest.slice(whole)
    if (written > 0) rest[0] = rest[0]!.subarray(written)
  }
}

const wrongLength = (message: Outgoing, got: number) =>
  bug('maildir-length', `a message announced with ${message.bytes} bytes gave ${got}`, { uid: message.uid })
