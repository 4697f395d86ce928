/** Small files that must be whole or absent after a power cut, and that only one creator may win. */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { errno } from './fs-faults.ts'

/** Makes the names in a folder durable: a synced file whose name is lost is lost. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/**
 * Creates `path` (0600) with `content`, synced with its folder. False when it exists already, which is left alone.
 * Written beside and then linked: an `open(O_EXCL)` of the name itself would show an empty key after a crash.
 */
export function createDurably(path: string, content: string | Uint8Array, mode = 0o600): boolean {
  const beside = `${path}.new-${randomBytes(6).toString('hex')}`
  try {
    const handle = openSync(beside, 'wx', mode)
    try {
      const bytes = Buffer.from(content)
      for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    linkSync(beside, path)
  } catch (thrown) {
    if (errno(thrown) !== 'EEXIST') throw thrown
    return false
  } finally {
    rmSync(beside, { force: true })
  }
  syncFolder(dirname(path))
  return true
}

/** As createDurably, in the place of what may be there. */
export function replaceDurably(path: string, content: string | Uint8Array, mode = 0o600): void {
  const beside = `${path}.new-${randomBytes(6).toString('hex')}`
  createDurably(beside, content, mode)
  renameSync(beside, path)
  syncFolder(dirname(path))
}

/** The content of `path`, null when there is no such file. */
export function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return null
    throw thrown
  }
}
