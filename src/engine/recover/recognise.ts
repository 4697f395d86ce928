/**
 * A ledger that is older than its target: the database was restored or failed over (transfer-engine.md §2). What we
 * appended after the moment that it shows stands above the highest UIDNEXT that it knows; a named target tells by name.
 * It is entered, not sent again. Each copy explains one message, so that twins stay twins.
 */
import { counted } from '#base/counted.ts'
import { runsOf } from '#base/uid-set.ts'
import { commonFlags } from '#mail/flags.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import { skip } from '../pipeline/read-group.ts'
import type { Flags, Landed, SourceReader, TargetKey, TargetMessage } from '../ports.ts'
import type { Candidate } from './adopt.ts'
import { findRewritten, isUnkept } from './find-rewritten.ts'
import { unexplainedCopies } from './look.ts'
import { locateLanded } from './locate-keys.ts'
import { matchCopies, roughKey } from './match.ts'
import { nameFor } from './recover-folder.ts'
import { sourceDigests } from './source-digests.ts'

export interface Recognised {
  /** UIDs that are in the target now, ascending. */
  readonly landed: readonly number[]
  /** UIDs that a copy may explain, though nothing proves it: never sent again by ourselves (§3.7). */
  readonly held: ReadonlySet<number>
}

const NOTHING: Recognised = { landed: [], held: new Set() }
const COMMIT_AT_ONCE = 200
const NO_DIGEST = Buffer.alloc(0)

/** Both folders must be open. To be done before the first APPEND into the folder in this epoch. */
export async function recogniseFolder(
  pass: Pass,
  work: FolderWork,
  candidates: readonly Candidate[],
  reader: SourceReader,
): Promise<Recognised> {
  const { named } = pass.ports.target.traits
  if (candidates.length === 0) return NOTHING
  if (!named && pass.ports.ledger.epoch === 1) return NOTHING
  const { keys, held, flags } = named
    ? await byName(pass, work, candidates)
    : await byContents(pass, work, candidates, reader)
  const landed = await enter(pass, work, candidates, keys, flags, reader)
  const skipped = candidates
    .filter(({ uid }) => held.has(uid))
    .map((one) =>
      skip(
        work,
        one,
        'unknown',
        'the target holds a message with the same date and Message-ID but other contents, which may be our copy from after the backup; it is not sent again',
        false,
      ),
    )
  if (skipped.length > 0) {
    await pass.ports.ledger.skip(skipped)
    work.skipped.push(...skipped)
    pass.countSkips(skipped)
  }
  return { landed, held }
}

interface Found {
  readonly keys: ReadonlyMap<number, TargetKey>
  readonly held: ReadonlySet<number>
  /** Of the copies, by key. */
  readonly flags: ReadonlyMap<TargetKey, Flags>
}

/** A copy under the name of a message is that message: no digest could tell twins apart as well. */
async function byName(pass: Pass, work: FolderWork, candidates: readonly Candidate[]): Promise<Found> {
  const { target } = pass.ports
  const keys = new Map(
    candidates.flatMap(({ uid, dateS }) => {
      const key = target.keyOf?.(nameFor(pass, work, uid), dateS)
      return key === undefined ? [] : [[uid, key] as const]
    }),
  )
  const flags = await pass.look(async (look) => {
    await look.open(work.target)
    return look.flags([...keys.values()])
  })
  return { keys: new Map([...keys].filter(([, key]) => flags.has(key))), held: new Set(), flags }
}

async function byContents(
  pass: Pass,
  work: FolderWork,
  candidates: readonly Candidate[],
  reader: SourceReader,
): Promise<Found> {
  const { clock, ledger } = pass.ports
  const from = work.record.adopted === 'never' ? 1 : work.record.targetUidNext
  // Whoever wrote here before the restore may have had bytes on their way until a moment ago.
  const waitMs = ledger.lease.lookAfterMs - clock.now()
  if (waitMs > 0) await clock.sleep(waitMs, pass.stopSignal)
  // Copies of what has landed without a key are theirs first.
  await locateLanded(pass, work, 1)
  const free = new Map<TargetKey, TargetMessage>()
  const exact = await pass.look(async (look) => {
    await look.open(work.target)
    const explained = await ledger.knownKeys(work.record.targetPath, from)
    for await (const batch of look.list(from)) {
      for (const copy of batch) if (!explained.has(copy.key)) free.set(copy.key, copy)
    }
    if (free.size === 0) return new Map<number, TargetKey>()
    pass.ports.events.note(
      `Folder ${work.place}: the ledger was restored; looking which of ${counted(free.size, 'message')} of the target it does not know yet.`,
    )
    const rough = new Set([...free.values()].map(roughKey))
    const likely = candidates.filter((one) => rough.has(roughKey(one)))
    if (likely.length === 0) return new Map<number, TargetKey>()
    const flagsOf = new Map(likely.map(({ uid, flags }) => [uid, flags]))
    const digests = await sourceDigests(reader, runsOf(flagsOf.keys()))
    const wanted = digests.map((one) => ({ ...one, flags: flagsOf.get(one.uid)! }))
    return matchCopies(wanted, await unexplainedCopies(look, from, new Set(wanted.map(roughKey)), explained))
  })
  const flags = new Map([...free].map(([key, copy]) => [key, copy.flags] as const))
  for (const key of exact.values()) free.delete(key)
  const changed = rewrittenPerhaps(pass, work, candidates, exact, free.values())
  if (changed.length === 0) return { keys: exact, held: new Set(), flags }
  const wanted = changed.map((one) => ({ ...one, digest: NO_DIGEST }))
  const { keys, held } = await findRewritten(pass, work, from, wanted, exact, () => Promise.resolve(reader))
  return { keys, held, flags }
}

/** Those that a copy may explain that is not byte-equal: the target rewrites mail, or did not keep the date. */
function rewrittenPerhaps(
  pass: Pass,
  work: FolderWork,
  candidates: readonly Candidate[],
  exact: ReadonlyMap<number, TargetKey>,
  free: Iterable<TargetMessage>,
): Candidate[] {
  const nowS = pass.ports.clock.now() / 1000
  const dates = new Set([...free].map(({ dateS }) => dateS))
  if (dates.size === 0) return []
  const isVerbatim = work.record.rewriting === 'verbatim'
  return candidates.filter(
    ({ uid, dateS }) => !exact.has(uid) && (isUnkept(dateS, nowS) || (!isVerbatim && dates.has(dateS))),
  )
}

/** Into the ledger, with the digest of what the source has. Answers the UIDs, ascending. */
async function enter(
  pass: Pass,
  work: FolderWork,
  candidates: readonly Candidate[],
  keys: ReadonlyMap<number, TargetKey>,
  flags: ReadonlyMap<TargetKey, Flags>,
  reader: SourceReader,
): Promise<number[]> {
  const { ledger } = pass.ports
  const uids: number[] = []
  const found = candidates.filter(({ uid }) => keys.has(uid))
  for (let start = 0; start < found.length; start += COMMIT_AT_ONCE) {
    const some = new Map(found.slice(start, start + COMMIT_AT_ONCE).map((one) => [one.uid, one]))
    const read = await sourceDigests(reader, runsOf(some.keys()))
    const landed: Landed[] = read.map(({ uid, bytes, dateS, digest }) => {
      const key = keys.get(uid)!
      const source = some.get(uid)!.flags
      const there = flags.get(key)
      // As if we had written what both sides have: what only the source has flows, what only the target has stays.
      const written = there ? commonFlags(source, there) : source
      return { uid, bytes, dateS, digest, key, origin: 'found', flags: written, lostFlags: [] }
    })
    await ledger.adopt(work.record.id, landed)
    uids.push(...landed.map(({ uid }) => uid))
    pass.report.found += landed.length
    work.report.landed += landed.length
    pass.landedNow(
      landed.length,
      landed.reduce((sum, { bytes }) => sum + bytes, 0),
      false,
    )
  }
  if (uids.length > 0) {
    pass.report.notes.push(
      `Folder ${work.place}: ${counted(uids.length, 'message')} of ours were there that the ledger did not know, for it was restored; they were not sent again.`,
    )
  }
  return uids.sort((a, b) => a - b)
}
