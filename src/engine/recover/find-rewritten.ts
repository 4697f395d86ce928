/**
 * The last look for messages that no byte-equal copy explains: targets rewrite. First the canonical form, then, on a
 * target that adds to headers, the fingerprint. What may be there and cannot be told is held, never sent again.
 */
import { runsOf } from '#base/uid-set.ts'
import { canonicalDigest } from '#mail/canonical.ts'
import { fingerprint } from '#mail/fingerprint.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { SourceReader, TargetKey, TargetReader } from '../ports.ts'
import { type Copy, type Wanted, matchCopies } from './match.ts'
import { chunked, sourceDigests } from './source-digests.ts'

/** How far back a copy may be dated that got the time of its APPEND in place of a date in the future, s. */
const RECENT_S = 7 * 86_400
/** Stands on both sides for a date that targets do not keep. */
const UNKEPT = Number.POSITIVE_INFINITY
const OLDEST_S = -(2 ** 31)

/** Dovecot puts the time of the APPEND in the place of a date in the future, and 1901 in that of one before or of -1. */
export const isUnkept = (dateS: number, nowS: number) => dateS > nowS || dateS <= OLDEST_S || dateS === -1

export interface Found {
  readonly keys: Map<number, TargetKey>
  /** UIDs that a copy with the same date and Message-ID may explain, though nothing proves it. */
  readonly held: ReadonlySet<number>
}

interface Unexplained {
  readonly key: TargetKey
  readonly dateS: number
}

/** `from`: the UID from which on the target is looked at. The source folder is read anew for what is missing. */
export async function findRewritten(
  pass: Pass,
  work: FolderWork,
  from: number,
  wanted: readonly Wanted[],
  exact: ReadonlyMap<number, TargetKey>,
  source: () => Promise<SourceReader>,
): Promise<Found> {
  const nowS = pass.ports.clock.now() / 1000
  const missing = runsOf(wanted.filter(({ uid }) => !exact.has(uid)).map(({ uid }) => uid))
  const keys = new Map(exact)
  const reading = await source()
  const read = await sourceDigests(reading, missing, 'canonical')
  const clean = read.map((one) => (isUnkept(one.dateS, nowS) ? { ...one, dateS: UNKEPT } : one))
  const dates = new Set(clean.map(({ dateS }) => dateS))
  return pass.look(async (target) => {
    await target.open(work.target)
    const explained = await pass.ports.ledger.knownKeys(work.record.targetPath, from)
    let candidates: Unexplained[] = []
    for await (const batch of target.list(from)) {
      for (const { key, dateS } of batch) {
        if (explained.has(key) || [...exact.values()].includes(key)) continue
        if (dates.has(dateS)) candidates.push({ key, dateS })
        else if (dates.has(UNKEPT) && (dateS > nowS - RECENT_S || dateS <= OLDEST_S))
          candidates.push({ key, dateS: UNKEPT })
      }
    }
    for (const [uid, key] of matchCopies(clean, await digests(target, candidates))) keys.set(uid, key)
    candidates = candidates.filter(({ key }) => ![...keys.values()].includes(key))
    const left = clean.filter(({ uid }) => !keys.has(uid))
    const held = new Set<number>()
    if (candidates.length > 0 && left.length > 0) await byFingerprint(reading, target, left, candidates, keys, held)
    return { keys, held }
  })
}

async function digests(target: TargetReader, candidates: readonly Unexplained[]): Promise<Copy[]> {
  const copies: Copy[] = []
  for (const { key, dateS } of candidates) {
    const body = await target.read(key)
    if (body) copies.push({ key, dateS, ...(await canonicalDigest(body)) })
  }
  return copies
}

async function byFingerprint(
  source: SourceReader,
  target: TargetReader,
  left: readonly Wanted[],
  candidates: readonly Unexplained[],
  keys: Map<number, TargetKey>,
  held: Set<number>,
): Promise<void> {
  const free = new Map<string, TargetKey[]>()
  const ids = new Map<string, number>()
  const add = (map: Map<string, TargetKey[]>, key: string, value: TargetKey) =>
    map.set(key, [...(map.get(key) ?? []), value])
  for (const { key, dateS } of candidates) {
    const body = await target.read(key)
    if (!body) continue
    const print = await fingerprint(body)
    add(free, `${dateS}/${print.key}`, key)
    if (print.messageId !== '')
      ids.set(`${dateS}/${print.messageId}`, (ids.get(`${dateS}/${print.messageId}`) ?? 0) + 1)
  }
  const dateOf = new Map(left.map(({ uid, dateS }) => [uid, dateS]))
  for (const some of chunked(runsOf([...dateOf.keys()]), 100)) {
    for await (const message of source.fetch(some)) {
      if (message.body === null) continue
      const print = await fingerprint(message.body)
      const dateS = dateOf.get(message.uid)
      const key = free.get(`${dateS}/${print.key}`)?.shift()
      const likely = ids.get(`${dateS}/${print.messageId}`) ?? 0
      if (key !== undefined) keys.set(message.uid, key)
      else if (likely > 0) held.add(message.uid)
      if (likely > 0) ids.set(`${dateS}/${print.messageId}`, likely - 1)
    }
  }
}
