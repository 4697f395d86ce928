/**
 * Ascending sets of UIDs as runs. A mailbox of 500,000 messages is usually a handful of runs, so the engine
 * and the ledger can hold "everything already copied" of any folder in memory.
 */

/** `[first, last]` pairs, ascending, not overlapping, not adjacent. 1 ≤ first ≤ last ≤ 4294967295. */
export type Runs = readonly (readonly [first: number, last: number])[]

const LARGEST = 0xffff_ffff

/** Runs of any UIDs, in any order, doubles dropped. Half a million in ascending order are not copied for it. */
export function runsOf(uids: Iterable<number>): Runs {
  const runs: [number, number][] = []
  const late: [number, number][] = []
  let last: [number, number] | null = null
  for (const uid of uids) {
    if (last === null || uid > last[1] + 1) runs.push((last = [uid, uid]))
    else if (uid === last[1] + 1) last[1] = uid
    else if (uid < last[0]) late.push([uid, uid])
  }
  return late.length === 0 ? runs : unionRuns(runs, late)
}

export function countRuns(runs: Runs): number {
  let count = 0
  for (const [first, last] of runs) count += last - first + 1
  return count
}

export function* eachUid(runs: Runs): Generator<number> {
  for (const [first, last] of runs) for (let uid = first; uid <= last; uid++) yield uid
}

/** Whether `uid` is in the set, by binary search. */
export function hasUid(runs: Runs, uid: number): boolean {
  let low = 0
  let high = runs.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const [first, last] = runs[middle]!
    if (uid < first) high = middle - 1
    else if (uid > last) low = middle + 1
    else return true
  }
  return false
}

export function unionRuns(...sets: Runs[]): Runs {
  const all = sets.flat().sort((a, b) => a[0] - b[0])
  const runs: [number, number][] = []
  for (const [first, last] of all) {
    const end = runs.at(-1)
    if (end && first <= end[1] + 1) end[1] = Math.max(end[1], last)
    else runs.push([first, last])
  }
  return runs
}

/** An IMAP sequence-set, `1:3,5` (RFC 9051 §9). An empty set has no IMAP form: ''. */
export function formatRuns(runs: Runs): string {
  return runs.map(([first, last]) => (first === last ? String(first) : `${first}:${last}`)).join(',')
}

/**
 * Parses a uid-set of a server's answer, in the order given: APPENDUID is positional (RFC 4315 §3).
 * Answers null for anything malformed, zero, out of range, or naming more than `most` UIDs.
 */
export function parseUidList(text: string, most: number): number[] | null {
  const uids: number[] = []
  for (const part of text.split(',')) {
    const match = /^([1-9]\d{0,9})(?::([1-9]\d{0,9}))?$/.exec(part)
    if (!match) return null
    const first = Number(match[1])
    const last = Number(match[2] ?? match[1])
    if (first > LARGEST || last > LARGEST) return null
    // RFC 9051: `4:2` means 2, 3, 4; servers number what they store upwards.
    const low = Math.min(first, last)
    const high = Math.max(first, last)
    if (uids.length + (high - low + 1) > most) return null
    for (let uid = low; uid <= high; uid++) uids.push(uid)
  }
  return uids
}
