/**
 * Target keys of a group, packed. UIDs of one MULTIAPPEND follow each other, so a run of them is three bytes;
 * Maildir base names begin with a hash in hex, which is kept as bytes.
 */
import type { TargetKey } from '#engine/ports.ts'
import { bug } from '#base/fault.ts'
import { Packer, Unpacker } from './pack.ts'

/** Segment tags: null × count; UIDs (count, distance of the first from the last one before); names. */
const NONE = 0
const UIDS = 1
const NAME = 2
const HEX_NAME = 3

export function packKeys(keys: readonly (TargetKey | null)[]): Buffer {
  const packer = new Packer()
  let last = 0
  for (let at = 0; at < keys.length;) {
    const key = keys[at]!
    let end = at + 1
    if (key === null) {
      while (end < keys.length && keys[end] === null) end++
      packer.number(NONE).number(end - at)
    } else if (typeof key === 'number') {
      while (end < keys.length && keys[end] === key + end - at) end++
      packer
        .number(UIDS)
        .number(end - at)
        .signed(key - last)
      last = key + end - at - 1
    } else {
      packName(packer, key)
    }
    at = end
  }
  return packer.done()
}

function packName(packer: Packer, name: string): void {
  const hex = /^(?:[0-9a-f]{2}){8,}/.exec(name)?.[0] ?? ''
  if (hex === '') return void packer.number(NAME).text(name)
  packer
    .number(HEX_NAME)
    .number(hex.length / 2)
    .raw(Buffer.from(hex, 'hex'))
    .text(name.slice(hex.length))
}

export function unpackKeys(bytes: Buffer): (TargetKey | null)[] {
  const unpacker = new Unpacker(bytes)
  const keys: (TargetKey | null)[] = []
  let last = 0
  while (!unpacker.ended) {
    const tag = unpacker.number()
    if (tag === NONE) {
      for (let left = unpacker.number(); left > 0; left--) keys.push(null)
    } else if (tag === UIDS) {
      const count = unpacker.number()
      const first = last + unpacker.signed()
      for (let i = 0; i < count; i++) keys.push(first + i)
      last = first + count - 1
    } else if (tag === NAME) {
      keys.push(unpacker.text())
    } else if (tag === HEX_NAME) {
      const hex = unpacker.raw(unpacker.number()).toString('hex')
      keys.push(hex + unpacker.text())
    } else {
      throw bug('LEDGER_UNPACK', `the ledger holds a target key of kind ${tag}, which this version does not know`)
    }
  }
  return keys
}

/** What the row says about its keys, so that a search need not unpack every group. */
export function keySpan(keys: readonly (TargetKey | null)[]): { maxKey: number | null; hasNames: boolean } {
  let maxKey: number | null = null
  let hasNames = false
  for (const key of keys) {
    if (typeof key === 'number') maxKey = Math.max(maxKey ?? 0, key)
    else if (key !== null) hasNames = true
  }
  return { maxKey, hasNames }
}
