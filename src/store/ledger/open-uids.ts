/**
 * Sees to it that no source message is under way twice or landed twice. Sound in memory: what landed was read
 * under our lease, and every write since went through this object, under our fence.
 */
import { bug } from '#base/fault.ts'
import type { Intended, Intent, Runs } from '#engine/ports.ts'
import { UidRuns } from './uid-runs.ts'

export class OpenUids {
  readonly #read: (folder: string) => AsyncIterable<Runs>
  readonly #landed = new Map<string, Promise<UidRuns>>()
  /** Folder, UID: the intent or adoption that has it. */
  readonly #open = new Map<string, Map<number, string>>()

  constructor(read: (folder: string) => AsyncIterable<Runs>) {
    this.#read = read
  }

  landed(folder: string): Promise<UidRuns> {
    let landed = this.#landed.get(folder)
    if (!landed) {
      landed = this.#load(folder)
      this.#landed.set(folder, landed)
      landed.catch(() => this.#landed.delete(folder))
    }
    return landed
  }

  /** Read again from the database: a commit ended without our learning how. */
  forget(folder: string): void {
    this.#landed.delete(folder)
  }

  /** Gives the messages to `owner`; a bug when another has one of them or it has landed. */
  async claim(owner: string, folder: string, messages: readonly Intended[]): Promise<void> {
    const landed = await this.landed(folder)
    const open = this.#opened(folder)
    for (const { uid } of messages) {
      if (!Number.isInteger(uid) || uid < 1 || uid > 0xffff_ffff)
        throw bug('LEDGER_UID', `${uid} is no UID`, { folder })
      const other = open.get(uid)
      if (landed.has(uid)) throw twice(folder, uid, 'is in the target already')
      if (other !== undefined && other !== owner) throw twice(folder, uid, `is already under way in ${other}`)
    }
    this.assign(owner, folder, messages)
  }

  /** Without asking: what an intent became. */
  assign(owner: string, folder: string, messages: readonly Intended[]): void {
    const open = this.#opened(folder)
    for (const { uid } of messages) open.set(uid, owner)
  }

  release(owner: string, folder: string, messages: readonly Intended[]): void {
    const open = this.#opened(folder)
    for (const { uid } of messages) if (open.get(uid) === owner) open.delete(uid)
  }

  async land(folder: string, messages: readonly Intended[]): Promise<void> {
    const landed = await this.landed(folder)
    for (const { uid } of messages) landed.add(uid, uid)
  }

  #opened(folder: string): Map<number, string> {
    let open = this.#open.get(folder)
    if (!open) this.#open.set(folder, (open = new Map()))
    return open
  }

  async #load(folder: string): Promise<UidRuns> {
    const landed = new UidRuns()
    for await (const runs of this.#read(folder)) for (const [first, last] of runs) landed.add(first, last)
    return landed
  }
}

export const twice = (folder: string, uid: number, why: string): Error =>
  bug('LEDGER_UID_TWICE', `message ${uid} was to be recorded again: it ${why}`, { folder, uid })

/** A group, an intent or a closing names each message once. */
export function onceEach(folder: string, ...lists: (readonly Intended[])[]): void {
  const seen = new Set<number>()
  for (const list of lists) {
    for (const { uid } of list) {
      if (seen.has(uid)) throw twice(folder, uid, 'is named twice in one commit')
      seen.add(uid)
    }
  }
}

/** Everything a closing says must be about messages of its intent. */
export function within(parent: Intent, ...lists: (readonly Intended[])[]): void {
  const own = new Set(parent.messages.map(({ uid }) => uid))
  for (const list of lists) {
    for (const { uid } of list)
      if (!own.has(uid)) throw twice(parent.folder, uid, 'was never in the intent that closes')
  }
}
