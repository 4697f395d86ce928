/**
 * What became of groups whose answer never came (transfer-engine.md §3.6). Found copies are landed, the rest is
 * planned again, but only after the target has stood still: it may still be committing.
 */
import { counted } from '#base/counted.ts'
import { crashPoint } from '#base/crash-point.ts'
import { runsOf } from '#base/uid-set.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import { skip } from '../pipeline/read-group.ts'
import { answeredBad } from '../pipeline/settle-group.ts'
import type { Intended, Intent, Landed, Skipped, SourceReader, TargetKey, TargetReader } from '../ports.ts'
import { unexplainedCopies } from './look.ts'
import { type Found, findRewritten } from './find-rewritten.ts'
import { locateLanded } from './locate-keys.ts'
import { type Wanted, matchCopies, roughKey } from './match.ts'
import { mendKeywords } from './mend-keywords.ts'
import { sourceDigests } from './source-digests.ts'

/** How often a target that should stand still is asked, within the settle time. */
const LOOKS_PER_SETTLE = 5

/** Looks into the folder's doubts, which stay doubts when the look fails. False when there were none. */
export async function settleDoubts(
  pass: Pass,
  work: FolderWork,
  source: () => Promise<SourceReader>,
): Promise<boolean> {
  const { doubt } = work
  if (doubt.length === 0) return false
  work.doubt = []
  try {
    await recoverFolder(pass, work, doubt, source)
  } catch (thrown) {
    work.doubt = doubt
    throw thrown
  }
  return true
}

/** Resolves when none of `intents` is open any more; what was not found is back in the folder's queue. */
async function recoverFolder(
  pass: Pass,
  work: FolderWork,
  intents: readonly Intent[],
  source: () => Promise<SourceReader>,
): Promise<void> {
  const messages = intents.flatMap((intent) => intent.messages)
  const wanted = await withDigests(messages, source)
  const place = work.place
  // Copies of what has surely landed are theirs first: a twin of one must not pass for the one in doubt.
  if (!pass.ports.target.traits.named) await locateLanded(pass, work, 1)
  pass.ports.events.note(`Folder ${place}: looking for ${counted(messages.length, 'message')} whose answer never came.`)
  const found = await lookUntilStill(pass, work, intents, wanted, source)
  crashPoint('recover.looked')

  let landedCount = 0
  let landedBytes = 0
  for (const intent of intents) {
    const landed: Landed[] = []
    const again: Intended[] = []
    const skipped: Skipped[] = []
    for (const message of intent.messages) {
      const key = found.keys.get(message.uid)
      const digest = message.digest ?? wanted.find(({ uid }) => uid === message.uid)?.digest
      if (found.held.has(message.uid)) skipped.push(heldItem(work, message))
      else if (key === undefined && work.confused.get(message.uid)?.among === 1)
        skipped.push(notUnderstood(pass, work, message))
      else if (key === undefined || digest === undefined) again.push(message)
      else landed.push({ ...message, digest, key, origin: 'found', lostFlags: [] })
    }
    // Before the ledger calls it done: when this fails, the doubt stays and is looked into once more.
    if (!work.inherited.has(intent.id)) await mendKeywords(pass, work, landed)
    await pass.ports.ledger.close({ intent: intent.id, landed, reopened: [], skipped, resent: again })
    work.skipped.push(...skipped)
    pass.countSkips(skipped)
    landedCount += landed.length
    landedBytes += landed.reduce((sum, { bytes }) => sum + bytes, 0)
    work.resent.push(...again)
    if (again.length > 0) {
      work.retry.push(
        ...split(again, work).map((part) => ({
          uids: part.map(({ uid }) => uid),
          bytes: part.reduce((sum, { bytes }) => sum + bytes, 0),
          streamed: part.length === 1 && part[0]!.digest === null,
        })),
      )
    }
  }
  crashPoint('recover.closed')
  pass.report.found += landedCount
  work.report.landed += landedCount
  if (landedCount > 0) pass.landedNow(landedCount, landedBytes, false)
  pass.ports.events.note(`Folder ${place}: ${landedCount} of ${messages.length} were there; the rest is sent again.`)
}

/** Sent, unanswered, and perhaps there in another shape: a person has to look (transfer-engine.md §3.7). */
function heldItem(work: FolderWork, message: Intended): Skipped {
  const reason =
    'it was sent and the answer was lost; the target holds a message with the same date and Message-ID but other contents, so it is not sent again'
  return skip(work, message, 'unknown', reason, false)
}

/** Its command had nothing else in it, was answered with BAD, and it is not there: the others must not wait for it. */
function notUnderstood(pass: Pass, work: FolderWork, message: Intended): Skipped {
  const said = work.confused.get(message.uid)?.said ?? ''
  work.confused.delete(message.uid)
  pass.notUnderstood = said
  return skip(work, message, 'bad', answeredBad(said), true)
}

/** Streamed messages stay alone in their group; one that was answered with BAD is halved to find the culprit. */
function split(messages: readonly Intended[], work: FolderWork): Intended[][] {
  const held = messages.filter(({ digest }) => digest !== null)
  const streamed = messages.filter(({ digest }) => digest === null)
  const confused = messages.filter(({ uid }) => work.confused.delete(uid)).length > 0
  const middle = confused ? held.length >> 1 : held.length
  return [held.slice(0, middle), held.slice(middle), ...streamed.map((one) => [one])].filter(({ length }) => length > 0)
}

/** Intents of streamed messages have no digest: it is read from the source, where the message still is or is not wanted. */
async function withDigests(messages: readonly Intended[], source: () => Promise<SourceReader>): Promise<Wanted[]> {
  const known = messages.flatMap((one) => (one.digest ? [{ ...one, digest: one.digest }] : []))
  const unknown = messages.filter(({ digest }) => digest === null)
  if (unknown.length === 0) return known
  const read = await sourceDigests(await source(), runsOf(unknown.map(({ uid }) => uid)))
  return [...known, ...read].sort((a, b) => a.uid - b.uid)
}

async function lookUntilStill(
  pass: Pass,
  work: FolderWork,
  intents: readonly Intent[],
  wanted: readonly Wanted[],
  source: () => Promise<SourceReader>,
): Promise<Found> {
  const { clock, ledger, target } = pass.ports
  const { settleMs } = pass.options
  if (target.traits.named) return { keys: await findByName(pass, work, wanted), held: new Set() }
  // The holder before us may wake within its lease; its last byte cannot leave after that.
  const waitMs = ledger.lease.lookAfterMs - clock.now()
  if (waitMs > 0) await clock.sleep(waitMs, pass.stopSignal)
  let still = ''
  let since = clock.monotonic()
  for (;;) {
    const seen = await pass.look((reader) => lookOnce(pass, work, reader, intents, wanted))
    if (seen.found.size === wanted.length) return { keys: seen.found, held: new Set() }
    if (seen.state !== still) {
      still = seen.state
      since = clock.monotonic()
    }
    if (clock.monotonic() - since >= settleMs) {
      return findRewritten(pass, work, seen.from, wanted, seen.found, source)
    }
    await clock.sleep(Math.max(1, settleMs / LOOKS_PER_SETTLE), pass.stopSignal)
  }
}

async function lookOnce(
  pass: Pass,
  work: FolderWork,
  reader: TargetReader,
  intents: readonly Intent[],
  wanted: readonly Wanted[],
): Promise<{ found: Map<number, TargetKey>; from: number; state: string }> {
  const status = await reader.open(work.target)
  const from = probeFrom(intents, status.validity)
  const explained = await pass.ports.ledger.knownKeys(work.record.targetPath, from)
  const rough = new Set(wanted.map(roughKey))
  const copies = await unexplainedCopies(reader, from, rough, explained)
  return { found: matchCopies(wanted, copies), from, state: `${status.validity}/${status.uidNext}/${status.messages}` }
}

/** UIDs of another validity mean nothing: then the whole folder is looked at. */
const probeFrom = (intents: readonly Intent[], validity: number) =>
  intents.some(({ targetValidity }) => targetValidity !== validity)
    ? 1
    : Math.min(...intents.map((intent) => intent.probeFrom))

/** A named target answers for itself: a copy under this name is this message. */
async function findByName(pass: Pass, work: FolderWork, wanted: readonly Wanted[]): Promise<Map<number, TargetKey>> {
  const keys = new Map<number, TargetKey>()
  for (const { uid, dateS } of wanted) {
    const key = pass.ports.target.keyOf?.(nameFor(pass, work, uid), dateS)
    if (key !== undefined) keys.set(uid, key)
  }
  const present = await pass.look(async (reader) => {
    await reader.open(work.target)
    return reader.flags([...keys.values()])
  })
  return new Map([...keys].filter(([, key]) => present.has(key)))
}

export const nameFor = (pass: Pass, work: FolderWork, uid: number): string =>
  pass.ports.nameOf(
    JSON.stringify(work.source.path),
    work.record.sourceValidity,
    uid,
    JSON.stringify(work.record.targetPath),
  )
