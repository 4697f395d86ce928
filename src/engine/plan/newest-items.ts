/**
 * Of a mailbox with more messages than the limit, the newest by INTERNALDATE (transfer-engine.md §7). Messages are told
 * one by one, in any order; memory is bounded by the limit, 16 bytes a message, not by the mailbox.
 */
import type { CutOff, DateS } from '../ports.ts'

/** Orders folders for ties of the date: by this key, by code unit. */
export const folderKeyOf = (path: readonly string[]): string => JSON.stringify(path)

/** Whether a message is older than the newest ones that are carried. Of one date: the first folder, the lowest UID. */
export function isOverLimit(cutOff: CutOff | null, folderKey: string, uid: number, dateS: DateS): boolean {
  if (cutOff === null || dateS > cutOff.dateS) return false
  if (dateS < cutOff.dateS) return true
  return folderKey > cutOff.folder || (folderKey === cutOff.folder && uid > cutOff.uid)
}

/** A heap of the newest so far, the one to go next on top. */
export class NewestItems {
  readonly #most: number
  readonly #keys: string[] = []
  #count = 0
  #told = 0
  #date = new Float64Array(1024)
  #folder = new Uint32Array(1024)
  #uid = new Uint32Array(1024)

  /** `maxItems`: 1 or more. */
  constructor(maxItems: number) {
    this.#most = maxItems
  }

  /** A number to tell messages of this folder by. */
  folder(key: string): number {
    return this.#keys.push(key) - 1
  }

  add(folder: number, uid: number, dateS: DateS): void {
    this.#told++
    if (this.#count < this.#most) {
      if (this.#count === this.#date.length) this.#grow()
      this.#set(this.#count, folder, uid, dateS)
      this.#rise(this.#count++)
    } else if (this.#isBefore(dateS, folder, uid, 0)) {
      this.#set(0, folder, uid, dateS)
      this.#sink()
    }
  }

  /** Where the newest begin; null when all of them are within the limit. */
  cutOff(): CutOff | null {
    if (this.#told <= this.#most) return null
    return { maxItems: this.#most, dateS: this.#date[0]!, folder: this.#keys[this.#folder[0]!]!, uid: this.#uid[0]! }
  }

  /** Whether a message is carried rather than the one at `at`. */
  #isBefore(dateS: DateS, folder: number, uid: number, at: number): boolean {
    if (dateS !== this.#date[at]!) return dateS > this.#date[at]!
    const other = this.#folder[at]!
    if (folder !== other) return this.#keys[folder]! < this.#keys[other]!
    return uid < this.#uid[at]!
  }

  #set(at: number, folder: number, uid: number, dateS: DateS): void {
    this.#date[at] = dateS
    this.#folder[at] = folder
    this.#uid[at] = uid
  }

  #swap(a: number, b: number): void {
    const [date, folder, uid] = [this.#date[a]!, this.#folder[a]!, this.#uid[a]!]
    this.#set(a, this.#folder[b]!, this.#uid[b]!, this.#date[b]!)
    this.#set(b, folder, uid, date)
  }

  #before(a: number, b: number): boolean {
    return this.#isBefore(this.#date[a]!, this.#folder[a]!, this.#uid[a]!, b)
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#before(parent, at)) return
      this.#swap(parent, at)
      at = parent
    }
  }

  #sink(): void {
    let at = 0
    for (;;) {
      let last = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < this.#count && this.#before(last, child)) last = child
      if (last === at) return
      this.#swap(at, last)
      at = last
    }
  }

  #grow(): void {
    const room = Math.min(this.#date.length * 2, this.#most)
    const [date, folder, uid] = [this.#date, this.#folder, this.#uid]
    this.#date = new Float64Array(room)
    this.#folder = new Uint32Array(room)
    this.#uid = new Uint32Array(room)
    this.#date.set(date)
    this.#folder.set(folder)
    this.#uid.set(uid)
  }
}
