/**
 * The file of each key in one folder, in 30 bytes a message: half a million names as strings would be half our
 * memory. What a name is made of (base, sizes, letters) is kept in columns and the name built anew; names that
 * cannot be rebuilt so are kept as they are.
 */
import { baseName, joinName, keyOfBase, parseName } from './file-name.ts'

export interface FoundFile {
  readonly file: string
  /** In `new`, else in `cur`. */
  readonly isNew: boolean
}

const MOST_U32 = 0xffff_ffff
const FOREIGN = 0
const OURS = 1
const GONE = 2
const IS_NEW = 4
const HAS_INFO = 8

export class NameIndex {
  /** Keys that are there. */
  size = 0
  #count = 0
  #slots = new Uint32Array(1024)
  #hashes = new Uint32Array(2 * 512)
  /** Source UID, bytes on disk, bytes with CRLF, number of the letters. */
  #parts = new Uint32Array(4 * 512)
  #marks = new Uint8Array(512)
  readonly #letters: string[] = []
  readonly #numberOfLetters = new Map<string, number>()
  readonly #odd = new Map<string, FoundFile>()

  /** Enters or renames a file; true when its key was not there before. */
  put(file: string, isNew: boolean): boolean {
    const parsed = parseName(file)
    const key = keyOfBase(parsed.base)
    const before = this.#find(key)
    const known = this.#odd.has(key) || (before >= 0 && (this.#marks[before]! & GONE) === 0)
    if (!known) this.size++
    const ours = key !== parsed.base
    const uid = ours ? Number(parsed.base.slice(0, parsed.base.indexOf('.'))) : 0
    const sizes = /^,S=(\d+),W=(\d+)$/.exec(parsed.fields)
    const [bytes, crlfBytes] = [Number(sizes?.[1]), Number(sizes?.[2])]
    const mark = (ours ? OURS : FOREIGN) | (isNew ? IS_NEW : 0) | (file.includes(':') ? HAS_INFO : 0)
    const fits = uid <= MOST_U32 && bytes <= MOST_U32 && crlfBytes <= MOST_U32
    if (!fits || this.#build(key, uid, bytes, crlfBytes, parsed.letters, mark) !== file) {
      if (before >= 0) this.#marks[before]! |= GONE
      this.#odd.set(key, { file, isNew })
      return !known
    }
    this.#odd.delete(key)
    const at = before >= 0 ? before : this.#add(key)
    this.#parts.set([uid, bytes, crlfBytes, this.#letterNumber(parsed.letters)], 4 * at)
    this.#marks[at] = mark
    return !known
  }

  get(key: string): FoundFile | null {
    const odd = this.#odd.get(key)
    if (odd) return odd
    const at = this.#find(key)
    const mark = at < 0 ? GONE : this.#marks[at]!
    if (mark & GONE) return null
    const [uid, bytes, crlfBytes, letters] = this.#parts.subarray(4 * at, 4 * at + 4)
    const file = this.#build(key, uid!, bytes!, crlfBytes!, this.#letters[letters!]!, mark)
    return { file, isNew: (mark & IS_NEW) !== 0 }
  }

  delete(key: string): void {
    if (this.get(key)) this.size--
    this.#odd.delete(key)
    const at = this.#find(key)
    if (at >= 0) this.#marks[at]! |= GONE
  }

  #build(key: string, uid: number, bytes: number, crlfBytes: number, letters: string, mark: number): string {
    const base = mark & OURS ? baseName(uid, key) : key
    const fields = `,S=${bytes},W=${crlfBytes}`
    return mark & HAS_INFO ? joinName({ base, fields, letters }) : base + fields
  }

  #letterNumber(letters: string): number {
    let number = this.#numberOfLetters.get(letters)
    if (number === undefined) {
      number = this.#letters.push(letters) - 1
      this.#numberOfLetters.set(letters, number)
    }
    return number
  }

  #find(key: string): number {
    const [a, b] = hash(key)
    const mask = this.#slots.length - 1
    for (let slot = a & mask; this.#slots[slot]! !== 0; slot = (slot + 1) & mask) {
      const at = this.#slots[slot]! - 1
      if (this.#hashes[2 * at] === a && this.#hashes[2 * at + 1] === b) return at
    }
    return -1
  }

  #add(key: string): number {
    if (this.#count === this.#marks.length) this.#grow()
    const at = this.#count++
    this.#hashes.set(hash(key), 2 * at)
    this.#link(at)
    return at
  }

  #link(at: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#hashes[2 * at]! & mask
    while (this.#slots[slot]! !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = at + 1
  }

  #grow(): void {
    this.#hashes = longer(this.#hashes, new Uint32Array(2 * this.#hashes.length))
    this.#parts = longer(this.#parts, new Uint32Array(2 * this.#parts.length))
    this.#marks = longer(this.#marks, new Uint8Array(2 * this.#marks.length))
    this.#slots = new Uint32Array(2 * this.#slots.length)
    for (let at = 0; at < this.#count; at++) this.#link(at)
  }
}

const longer = <T extends Uint32Array | Uint8Array>(old: T, made: T): T => {
  made.set(old)
  return made
}

/** 64 bits in two halves: among half a million keys two meet once in a hundred million folders. */
function hash(key: string): [number, number] {
  let [a, b] = [0x811c_9dc5, 0x9747_b28c]
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index)
    a = Math.imul(a ^ code, 0x0100_0193)
    b = Math.imul(b ^ code, 0x5bd1_e995)
    b ^= b >>> 15
  }
  a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b)
  return [(a ^ (a >>> 13)) >>> 0, (b ^ (b >>> 13)) >>> 0]
}
