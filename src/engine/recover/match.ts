/**
 * Which messages of the target explain which of ours: multisets keyed (size, date, digest); k wanted, m found,
 * min(k, m) matched in order (transfer-engine.md §3.6). Each copy explains at most one message. Pure.
 */
import { sameFlags } from '#mail/flags.ts'
import type { DateS, Flags, TargetKey } from '../ports.ts'

export interface Wanted {
  readonly uid: number
  readonly bytes: number
  readonly dateS: DateS
  /** SHA-256, or the part of it that is known. */
  readonly digest: Buffer
  /** As they were written; twins that differ in nothing else are told apart by them. */
  readonly flags?: Flags
}

export interface Copy {
  readonly key: TargetKey
  readonly bytes: number
  readonly dateS: DateS
  readonly digest: Buffer
  readonly flags?: Flags
}

/** Cheap key: whoever does not share it with something wanted need not be read. */
export const roughKey = (message: { readonly bytes: number; readonly dateS: DateS }) =>
  `${message.bytes}/${message.dateS}`

/**
 * Answers wanted UID → target key. Both lists in ascending order of their numbers; among twins a copy with the flags
 * that were written comes first, then the order decides: people may have changed flags meanwhile.
 */
export function matchCopies(wanted: readonly Wanted[], copies: readonly Copy[]): Map<number, TargetKey> {
  const shortest = wanted.reduce((least, one) => Math.min(least, one.digest.length), 32)
  const fullKey = (one: Wanted | Copy) => `${roughKey(one)}/${one.digest.toString('hex', 0, shortest)}`
  const free = Map.groupBy(copies, fullKey)
  const matched = new Map<number, TargetKey>()
  const take = (one: Wanted, fits: (copy: Copy) => boolean) => {
    const twins = free.get(fullKey(one))
    const at = twins?.findIndex(fits) ?? -1
    if (twins && at >= 0) matched.set(one.uid, twins.splice(at, 1)[0]!.key)
  }
  for (const one of wanted) take(one, (copy) => !!one.flags && !!copy.flags && sameFlags(one.flags, copy.flags))
  for (const one of wanted) if (!matched.has(one.uid)) take(one, () => true)
  return matched
}
