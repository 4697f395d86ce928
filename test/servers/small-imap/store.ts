import { encodeMailbox } from '#test/worlds/modified-utf7.ts'
import type { PlannedFolder } from '#test/worlds/messages.ts'

export interface SmallMessage {
  readonly uid: number
  readonly content: Buffer
  flags: readonly string[]
  /** Seconds since 1970. */
  readonly internalDate: number
  modseq: number
}

export interface SmallFolder {
  /** As on the wire: modified UTF-7, with prefix and separators. */
  readonly name: string
  uidValidity: number
  uidNext: number
  highestModseq: number
  subscribed: boolean
  selectable: boolean
  /** Ascending by UID. */
  readonly messages: SmallMessage[]
}

/** One user's mail, in memory. Tests may change it directly; `noteChange` keeps MODSEQ honest. */
export class SmallMailbox {
  readonly password: string
  readonly folders = new Map<string, SmallFolder>()
  readonly prefix: string
  readonly separator: string
  #validity = 1_600_000_000

  constructor(password: string, space: { readonly prefix: string; readonly separator: string }) {
    this.password = password
    this.prefix = space.prefix
    this.separator = space.separator
    this.create('INBOX')
  }

  /** INBOX in any case is one folder (RFC 9051 §5.1). */
  find(name: string): SmallFolder | undefined {
    return this.folders.get(canonical(name))
  }

  /** The folder of a path as people read it. */
  at(path: string | readonly string[]): SmallFolder | undefined {
    return this.find(this.wire(typeof path === 'string' ? [path] : path))
  }

  wire(path: readonly string[]): string {
    const name = path.map(encodeMailbox).join(this.separator)
    return path[0]?.toUpperCase() === 'INBOX' ? name : this.prefix + name
  }

  /** Creates the folder and those above it; what exists is left alone. */
  create(name: string): SmallFolder {
    const levels = canonical(name).split(this.separator)
    for (let depth = 1; depth < levels.length; depth++) {
      const parent = levels.slice(0, depth).join(this.separator)
      if (this.prefix !== `${parent}${this.separator}` && !this.folders.has(parent)) this.#make(parent)
    }
    return this.find(name) ?? this.#make(canonical(name))
  }

  #make(name: string): SmallFolder {
    const folder: SmallFolder = {
      name,
      uidValidity: this.#validity++,
      uidNext: 1,
      highestModseq: 1,
      subscribed: false,
      selectable: true,
      messages: [],
    }
    this.folders.set(name, folder)
    return folder
  }

  fill(folders: readonly PlannedFolder[]): void {
    for (const { path, messages, subscribed } of folders) {
      const folder = this.create(this.wire(path))
      folder.subscribed = subscribed
      for (const message of messages) store(folder, message)
    }
  }
}

export function store(
  folder: SmallFolder,
  message: { readonly content: Buffer; readonly flags: readonly string[]; readonly internalDate: number },
): SmallMessage {
  const stored: SmallMessage = {
    uid: folder.uidNext++,
    content: message.content,
    flags: message.flags,
    internalDate: message.internalDate,
    modseq: ++folder.highestModseq,
  }
  folder.messages.push(stored)
  return stored
}

/** Sets a message's flags with a new MODSEQ (RFC 7162). */
export function setFlags(folder: SmallFolder, message: SmallMessage, flags: readonly string[]): void {
  message.flags = flags
  message.modseq = ++folder.highestModseq
}

/** Removes messages for good. */
export function expunge(folder: SmallFolder, uids: ReadonlySet<number>): void {
  const left = folder.messages.filter((message) => !uids.has(message.uid))
  if (left.length === folder.messages.length) return
  folder.messages.splice(0, folder.messages.length, ...left)
  folder.highestModseq++
}

const canonical = (name: string) => (/^inbox$/i.test(name) ? 'INBOX' : name)
