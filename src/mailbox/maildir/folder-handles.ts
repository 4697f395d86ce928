/**
 * Open folders instead of paths: whoever owns the mailbox may put a symbolic link in our way at any moment, and we
 * may be root. Every step below the root is `open(O_NOFOLLOW)`, and names are resolved against the open folder
 * through /proc/self/fd, which is Node's only way to openat(2).
 */
import { chmodSync, closeSync, constants, fchownSync, fstatSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { errno } from './faults.ts'

/** Who is to own what we make; null when that is who we are. */
export type Owner = { readonly uid: number; readonly gid: number } | null

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

/** The path of `name` in an open folder; '' for the folder itself. */
export const at = (folder: number, name: string) =>
  name === '' ? `/proc/self/fd/${folder}` : `/proc/self/fd/${folder}/${name}`

/** Null when there is none; a symbolic link or a file is ENOTDIR. */
export function openFolder(parent: number, name: string): number | null {
  try {
    return openSync(at(parent, name), FOLDER)
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return null
    throw thrown
  }
}

/** Opens a folder, made (0700, durable, of that owner) when there is none. */
export function ensureFolder(parent: number, name: string, owner: Owner): number {
  const there = openFolder(parent, name)
  if (there !== null) return there
  try {
    mkdirSync(at(parent, name), 0o700)
  } catch (thrown) {
    // Another writer of this mailbox, or its server, was first.
    if (errno(thrown) !== 'EEXIST') throw thrown
  }
  const made = openSync(at(parent, name), FOLDER)
  try {
    // A folder that inherited the set-group-ID bit keeps the owner's group.
    if (owner && fstatSync(made).uid !== owner.uid) fchownSync(made, owner.uid, owner.gid)
    chmodSync(at(made, ''), 0o700)
    fsyncSync(parent)
  } catch (thrown) {
    closeSync(made)
    throw thrown
  }
  return made
}

/** The folder and its three parts. */
export interface FolderHandles extends Disposable {
  readonly dir: number
  readonly cur: number
  readonly new: number
  readonly tmp: number
}

/** Null when the folder or one of its parts is missing and `make` is false. */
export function openMaildir(parent: number, name: string, owner: Owner, make: boolean): FolderHandles | null {
  const opened: number[] = []
  const close = () => {
    for (const handle of opened.splice(0)) closeSync(handle)
  }
  const open = (from: number, child: string) => {
    const handle = make ? ensureFolder(from, child, owner) : openFolder(from, child)
    if (handle !== null) opened.push(handle)
    return handle
  }
  try {
    const dir = name === '' ? openSync(at(parent, '.'), FOLDER) : open(parent, name)
    if (name === '') opened.push(dir!)
    const [cur, fresh, tmp] = dir === null ? [null, null, null] : [open(dir, 'cur'), open(dir, 'new'), open(dir, 'tmp')]
    if (dir === null || cur === null || fresh === null || tmp === null) {
      close()
      return null
    }
    if (make && name !== '') markAsFolder(dir, owner)
    return { dir, cur, new: fresh, tmp, [Symbol.dispose]: close }
  } catch (thrown) {
    close()
    throw thrown
  }
}

/** Maildir++: `maildirfolder` tells delivery agents that this is no mailbox of its own but a folder of one. */
function markAsFolder(dir: number, owner: Owner): void {
  let mark
  try {
    mark = openSync(at(dir, 'maildirfolder'), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  } catch (thrown) {
    if (errno(thrown) === 'EEXIST') return
    throw thrown
  }
  try {
    if (owner) fchownSync(mark, owner.uid, owner.gid)
    fsyncSync(dir)
  } finally {
    closeSync(mark)
  }
}
