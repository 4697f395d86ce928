/** Where one mailbox lives: finds or makes its folder below the root, and opens the folders in it. */
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Log } from '#base/log.ts'
import { type Place, placeOf } from './address-folder.ts'
import { errno, maildirFault, rootRefused } from './faults.ts'
import { FolderIndex } from './folder-index.ts'
import { type FolderHandles, type Owner, at, ensureFolder, openFolder, openMaildir } from './folder-handles.ts'
import { pathOfFolderName } from './folder-name.ts'

export class MailboxPlace {
  /** The mailbox folder as people know it: for messages, never to open it. */
  readonly path: string
  readonly log: Log
  readonly owner: Owner
  #root: number
  /** Folders of the root that are not there yet, below `#root`: made with the first thing that is written. */
  readonly #missing: string[]
  readonly #below: readonly string[]
  #mailbox: number | null = null
  readonly #indexes = new Map<string, FolderIndex>()
  readonly #swept = new Set<string>()

  constructor(place: Place, allowedRoots: readonly string[], log: Log) {
    this.path = [place.root === '/' ? '' : place.root, ...place.below].join('/')
    this.log = log
    this.#below = place.below
    const { handle, missing } = openRoot(place.root, allowedRoots)
    this.#root = handle
    this.#missing = missing
    const { uid, gid } = fstatSync(this.#root)
    this.owner = process.getuid?.() === 0 && (uid !== 0 || gid !== 0) ? { uid, gid } : null
  }

  /** The open mailbox folder; null when there is none and `make` is false. Kept open until `close`. */
  mailbox(make: true): number
  mailbox(make: boolean): number | null
  mailbox(make: boolean): number | null {
    if (this.#mailbox !== null) return this.#mailbox
    if (this.#missing.length > 0) {
      if (!make) return null
      this.#makeRoot()
    }
    let handle = this.#root
    try {
      for (const name of this.#below) {
        const next = make ? ensureFolder(handle, name, this.owner) : openFolder(handle, name)
        if (handle !== this.#root) closeSync(handle)
        handle = next ?? this.#root
        if (next === null) return null
      }
    } catch (thrown) {
      if (handle !== this.#root) closeSync(handle)
      throw maildirFault(thrown, make ? 'making the mailbox' : 'opening the mailbox', this.path)
    }
    this.#mailbox = handle
    return handle
  }

  #makeRoot(): void {
    try {
      for (let name = this.#missing[0]; name !== undefined; name = this.#missing[0]) {
        this.#root = makeBelow(this.#root, name)
        this.#missing.shift()
      }
    } catch (thrown) {
      throw maildirFault(thrown, 'opening the Maildir root', this.path)
    }
  }

  /** @param name on disk, '' for the INBOX. To be disposed. */
  folder(name: string, make: true): FolderHandles
  folder(name: string, make: boolean): FolderHandles | null
  folder(name: string, make: boolean): FolderHandles | null {
    const mailbox = this.mailbox(make)
    try {
      // The mailbox folder is an INBOX first: a server that meets folders without one takes it for broken.
      if (make && name !== '') openMaildir(mailbox!, '', this.owner, true)![Symbol.dispose]()
      return mailbox === null ? null : openMaildir(mailbox, name, this.owner, make)
    } catch (thrown) {
      throw maildirFault(thrown, make ? 'making the folder' : 'opening the folder', this.pathOf(name))
    }
  }

  pathOf(name: string): string {
    return name === '' ? this.path : `${this.path}/${name}`
  }

  /** Names on disk of the folders that are there, the INBOX ('') among them when it is. */
  names(): string[] {
    const mailbox = this.mailbox(false)
    if (mailbox === null) return []
    const below = readdirSync(at(mailbox, ''), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.length > 1 && pathOfFolderName(entry.name) !== null)
      .map(({ name }) => name)
    return ['', ...below.sort()].filter((name) => {
      const handles = this.folder(name, false)
      handles?.[Symbol.dispose]()
      return handles !== null
    })
  }

  indexOf(name: string): FolderIndex {
    let index = this.#indexes.get(name)
    if (!index) this.#indexes.set(name, (index = new FolderIndex()))
    return index
  }

  /** True the first time that this target touches the folder. */
  firstTouch(name: string): boolean {
    return !this.#swept.has(name) && this.#swept.add(name) !== undefined
  }

  close(): void {
    if (this.#mailbox !== null) closeSync(this.#mailbox)
    closeSync(this.#root)
    this.#mailbox = null
  }
}

export function openPlace(
  options: { root: string; address: string; allowedRoots: readonly string[] },
  log: Log,
): MailboxPlace {
  return new MailboxPlace(placeOf(options.root, options.address), options.allowedRoots, log)
}

/** The root and what is above it may hold links; where they lead must be below an allowed root. */
function openRoot(root: string, allowedRoots: readonly string[]): { handle: number; missing: string[] } {
  const allowed = allowedRoots.flatMap((one) => {
    try {
      return [realpathSync(one)]
    } catch {
      return []
    }
  })
  const within = (path: string) => allowed.some((one) => one === '/' || path === one || path.startsWith(`${one}/`))
  const missing: string[] = []
  for (let path = root; ; path = dirname(path)) {
    let real
    try {
      real = realpathSync(path)
    } catch (thrown) {
      if (errno(thrown) !== 'ENOENT' || path === '/') throw maildirFault(thrown, 'opening the Maildir root', root)
      missing.unshift(basename(path))
      continue
    }
    if (!within(real)) {
      const where = real === root ? root : `${root}, which leads to ${real},`
      throw rootRefused(
        `the Maildir root ${where} is not below a folder that this server's configuration allows`,
        `Name a root below ${allowedRoots.join(' or ') || 'an allowed folder (none is)'}, or allow this one.`,
        { root },
      )
    }
    try {
      return { handle: openSync(real, constants.O_RDONLY | constants.O_DIRECTORY), missing }
    } catch (thrown) {
      throw maildirFault(thrown, 'opening the Maildir root', root)
    }
  }
}

/** Folders above the mailboxes are traversable by those who own mailboxes below (0755), owned like the one above. */
function makeBelow(parent: number, name: string): number {
  try {
    mkdirSync(at(parent, name), 0o755)
  } catch (thrown) {
    if (errno(thrown) !== 'EEXIST') throw thrown
  }
  const made = openFolder(parent, name)
  if (made === null) throw rootRefused(`${name} in the Maildir root was removed while it was made`, 'Try again.')
  const { uid, gid } = fstatSync(parent)
  if (process.getuid?.() === 0) fchownSync(made, uid, gid)
  fsyncSync(parent)
  closeSync(parent)
  return made
}
