/**
 * What a source folder holds, in columns: half a million messages are 9 MB here and would be 60 MB as objects
 * (transfer-engine.md G5). Loops go by index and allocate nothing.
 */
import { bug } from '#base/fault.ts'
import { DELETED, type Flags } from '#mail/flags.ts'
import type { DateS, ListedMessage } from '../ports.ts'

const LARGEST_UID = 0xffff_ffff
/** Marks a size or date that does not fit its column and is kept beside it: 4 GB and more, before 1901, after 2038. */
const WIDE_BYTES = 0xffff_ffff
const WIDE_DATE = -0x8000_0000
const NO_LOST: readonly string[] = []

type Column = Uint32Array | Int32Array | Uint8Array

function wider<T extends Column>(from: T, to: T): T {
  to.set(from)
  return to
}

export class Listing {
  #length = 0
  #uid: Uint32Array
  #bytes: Uint32Array
  #date: Int32Array
  #system: Uint8Array
  #set: Uint32Array
  #ascending = true
  /** By UID, not by index, so that sorting need not touch them. */
  readonly #wideBytes = new Map<number, number>()
  readonly #wideDate = new Map<number, DateS>()
  readonly #lost = new Map<number, readonly string[]>()
  /** Keyword sets, each once; `flags` holds one shared object per combination of system flags. */
  readonly #sets: { readonly keywords: readonly string[]; readonly flags: (Flags | undefined)[] }[] = []
  readonly #setIndex = new Map<string, number>()
  /** Only while the listing is out of order and someone searches it. */
  #byUid: Map<number, number> | null = null

  /** `expected`: how many messages the server announced; more are taken as well. */
  constructor(expected = 0) {
    const room = Math.min(Math.max(expected, 64), 4_194_304)
    this.#uid = new Uint32Array(room)
    this.#bytes = new Uint32Array(room)
    this.#date = new Int32Array(room)
    this.#system = new Uint8Array(room)
    this.#set = new Uint32Array(room)
  }

  get length(): number {
    return this.#length
  }

  /** Takes a message in the server's order. Of one UID told twice, the later word counts from `sort` on. */
  add(message: ListedMessage): void {
    const { uid, bytes, dateS } = message
    if (!Number.isInteger(uid) || uid < 1 || uid > LARGEST_UID) throw bug('LISTING_UID', `${uid} is no UID`, { uid })
    const at = this.#length
    if (at === this.#uid.length) this.#grow()
    if (at > 0 && uid <= this.#uid[at - 1]!) this.#ascending = false
    this.#uid[at] = uid
    this.#bytes[at] = bytes < WIDE_BYTES ? bytes : WIDE_BYTES
    if (bytes >= WIDE_BYTES) this.#wideBytes.set(uid, bytes)
    const narrow = dateS > WIDE_DATE && dateS < -WIDE_DATE
    this.#date[at] = narrow ? dateS : WIDE_DATE
    if (!narrow) this.#wideDate.set(uid, dateS)
    this.#system[at] = message.flags.system
    this.#set[at] = this.#intern(message.flags.keywords)
    if (message.lostFlags.length > 0) this.#lost.set(uid, message.lostFlags)
    else if (this.#lost.size > 0) this.#lost.delete(uid)
    this.#byUid?.set(uid, at)
    this.#length++
  }

  #intern(keywords: readonly string[]): number {
    // Keywords are atoms: none holds a blank.
    const key = keywords.length === 0 ? '' : keywords.join(' ')
    let index = this.#setIndex.get(key)
    if (index === undefined) {
      index = this.#sets.push({ keywords, flags: [] }) - 1
      this.#setIndex.set(key, index)
    }
    return index
  }

  #grow(): void {
    const room = Math.ceil(this.#uid.length * 1.5)
    this.#uid = wider(this.#uid, new Uint32Array(room))
    this.#bytes = wider(this.#bytes, new Uint32Array(room))
    this.#date = wider(this.#date, new Int32Array(room))
    this.#system = wider(this.#system, new Uint8Array(room))
    this.#set = wider(this.#set, new Uint32Array(room))
  }

  /**
   * Ascending by UID, each UID once. Costs nothing when the server's order was that already; indexes change when
   * it was not.
   */
  sort(): void {
    this.#byUid = null
    if (this.#ascending) return
    const uid = this.#uid
    const order = new Uint32Array(this.#length)
    for (let at = 0; at < order.length; at++) order[at] = at
    order.sort((a, b) => uid[a]! - uid[b]! || a - b)
    let kept = 0
    for (let at = 0; at < order.length; at++) {
      const last = at + 1 === order.length || uid[order[at]!] !== uid[order[at + 1]!]
      if (last) order[kept++] = order[at]!
    }
    const pick = <T extends Column>(from: T, to: T): T => {
      for (let at = 0; at < kept; at++) to[at] = from[order[at]!]!
      return to
    }
    this.#uid = pick(uid, new Uint32Array(kept))
    this.#bytes = pick(this.#bytes, new Uint32Array(kept))
    this.#date = pick(this.#date, new Int32Array(kept))
    this.#system = pick(this.#system, new Uint8Array(kept))
    this.#set = pick(this.#set, new Uint32Array(kept))
    this.#length = kept
    this.#ascending = true
  }

  /** Index of a UID, -1 when it is not listed. Works before `sort` too. */
  find(uid: number): number {
    if (!this.#ascending) return this.#findUnsorted(uid)
    const at = this.firstFrom(uid)
    return at < this.#length && this.#uid[at] === uid ? at : -1
  }

  #findUnsorted(uid: number): number {
    if (this.#byUid === null) {
      this.#byUid = new Map()
      for (let at = 0; at < this.#length; at++) this.#byUid.set(this.#uid[at]!, at)
    }
    return this.#byUid.get(uid) ?? -1
  }

  /** The first index whose UID is `uid` or higher; `length` when there is none. Of a sorted listing. */
  firstFrom(uid: number): number {
    if (!this.#ascending) throw bug('LISTING_UNSORTED', 'searched a listing before sorting it')
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#uid[middle]! < uid) low = middle + 1
      else high = middle
    }
    return low
  }

  #check(index: number): void {
    if (!(index >= 0 && index < this.#length)) {
      throw bug('LISTING_INDEX', `no message ${index} in a listing of ${this.#length}`)
    }
  }

  uidAt(index: number): number {
    this.#check(index)
    return this.#uid[index]!
  }

  /** What the server says it weighs. */
  bytesAt(index: number): number {
    this.#check(index)
    const bytes = this.#bytes[index]!
    return bytes === WIDE_BYTES ? (this.#wideBytes.get(this.#uid[index]!) ?? bytes) : bytes
  }

  dateAt(index: number): DateS {
    this.#check(index)
    const date = this.#date[index]!
    return date === WIDE_DATE ? (this.#wideDate.get(this.#uid[index]!) ?? date) : date
  }

  /** Bits of SEEN … DRAFT. */
  systemAt(index: number): number {
    this.#check(index)
    return this.#system[index]!
  }

  isDeleted(index: number): boolean {
    return (this.systemAt(index) & DELETED) !== 0
  }

  /** The same object for the same flags: compare and keep it freely, never change it. */
  flagsAt(index: number): Flags {
    const system = this.systemAt(index)
    const set = this.#sets[this.#set[index]!]!
    return (set.flags[system] ??= { system, keywords: set.keywords })
  }

  /** Flags that no target could take, as spelt. */
  lostFlagsAt(index: number): readonly string[] {
    return this.#lost.size === 0 ? NO_LOST : (this.#lost.get(this.uidAt(index)) ?? NO_LOST)
  }
}
