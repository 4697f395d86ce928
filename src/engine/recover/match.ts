/**
 * Which messages of the target explain which of ours: multisets keyed (size, date, digest); k wanted, m found,
 * min(k, m) matched in order (transfer-engine.md §3.6). Each copy explains at most one message. Pure.
 */
import type { DateS, TargetKey } from '../ports.ts'

export interface Wanted {
  readonly uid: number
  readonly bytes: number
  readonly dateS: DateS
  /** SHA-256, or the part of it that is known. */
  readonly digest: Buffer
}

export interface Copy {
  readonly key: TargetKey
  readonly bytes: number
  readonly dateS: DateS
  readonly digest: Buffer
}

/** Cheap key: whoever does not share it with something wanted need not be read. */
export const roughKey = (message: { readonly bytes: number; readonly dateS: DateS }) =>
  `${message.bytes}/${message.dateS}`

/** Answers wanted UID → target key. Both lists in ascending order of their numbers; order decides among twins. */
export function matchCopies(wanted: readonly Wanted[], copies: readonly Copy[]): Map<number, TargetKey> {
  const shortest = wanted.reduce((least, one) => Math.min(least, one.digest.length), 32)
  const fullKey = (one: Wanted | Copy) => `${roughKey(one)}/${one.digest.toString('hex', 0, shortest)}`
  const free = new Map<string, TargetKey[]>()
  for (const copy of copies) {
    const key = fullKey(copy)
    const list = free.get(key)
    if (list) list.push(copy.key)
    else free.set(key, [copy.key])
  }
  const matched = new Map<number, TargetKey>()
  for (const one of wanted) {
    const key = free.get(fullKey(one))?.shift()
    if (key !== undefined) matched.set(one.uid, key)
  }
  return matched
}
