/**
 * Opens a folder on both sides, settles what an earlier pass left in doubt, and plans what has to be carried. The
 * source's status is read before its listing, so that it can become the mark (transfer-engine.md §3.10).
 */
import { eachUid, hasUid, runsOf, unionRuns } from '#base/uid-set.ts'
import { crashPoint } from '#base/crash-point.ts'
import { carryFlags } from '../flags/carry-flags.ts'
import { type Pass as Decision, decidePass } from '../plan/decide-pass.ts'
import { Listing } from '../plan/listing.ts'
import { makeGroups } from '../plan/make-groups.ts'
import { isReceivedWithin } from './options.ts'
import { folderKeyOf, isOverLimit } from '../plan/newest-items.ts'
import type { Lane } from '../pipeline/lane.ts'
import { skip, tooLarge } from '../pipeline/read-group.ts'
import { type Candidate, adoptFolder } from '../recover/adopt.ts'
import { auditFolder } from '../recover/audit.ts'
import { settleDoubts } from '../recover/recover-folder.ts'
import { recogniseFolder } from '../recover/recognise.ts'
import { rematchTarget } from '../recover/rematch-target.ts'
import { rematchSource } from '../recover/rematch-source.ts'
import type { CutOff, FolderStatus, Skipped, SourceReader } from '../ports.ts'
import type { FolderWork } from './folder-work.ts'
import type { Pass } from './pass.ts'
import { ensureTarget } from './make-folders.ts'

const NONE: ReadonlySet<number> = new Set()

/** Fills the folder's queue; what is below `cutOff` is over the limit of items. */
export async function openFolder(pass: Pass, work: FolderWork, lane: Lane, cutOff: CutOff | null): Promise<void> {
  const { ledger } = pass.ports
  const reader = await lane.reader()
  const status = await reader.open(work.source)
  lane.opened(work)
  work.report.source = status.messages
  await rematchSource(pass, work, status, reader)
  work.record = { ...work.record, sourceMessages: status.messages }
  work.report.record = work.record.id
  // A folder that people deleted or renamed on the target is theirs to do without: only new mail makes it again (G4).
  const absent = !work.target.selectable && work.record.targetValidity !== null && work.doubt.length === 0
  if (!absent) await openTarget(pass, work)

  // What the recovery of this pass sends again has not landed yet: its first audit is at the end of the pass.
  const resentNow = new Set(work.resent.map(({ uid }) => uid))
  const earlier = (await ledger.resentIn(work.record.id)).filter(({ uid }) => !resentNow.has(uid))
  // What was not found is listed below like everything else.
  if (await settleDoubts(pass, work, () => lane.readerOn(work))) work.retry = []
  if (!absent) await auditFolder(pass, work, earlier)
  work.landed = await ledger.landedUids(work.record.id)

  const decision = decidePass(work.record, status)
  const listing = await list(reader, decision, status.messages)
  await forgetGoneSkips(pass, work, decision, status, listing)
  work.seen = { uidNext: status.uidNext, messages: status.messages, modseq: status.modseq }
  if (decision.kind === 'full') {
    if (listing.length < status.messages) await tellUnlisted(pass, work, listing, reader)
    work.report.source = listing.length
    work.report.removed = await countRemoved(pass, work, listing)
  }
  const wanted = await choose(pass, work, listing, cutOff)
  if (absent && wanted.length === 0) return
  if (absent) await openTarget(pass, work)
  const held = work.record.adopted === 'now' ? NONE : await adopt(pass, work, listing, wanted, reader)
  if (work.landed.length > 0) await carryFlags(pass, work, listing)
  const open = wanted.filter((index) => !held.has(listing.uidAt(index)) && !hasUid(work.landed, listing.uidAt(index)))
  work.planned = runsOf(uidsAt(listing, open))
  // A folder of 100,000 large messages has as many groups: more than a call takes arguments.
  for (const plan of makeGroups(listing, open, pass.options)) work.queue.push(plan)
}

async function openTarget(pass: Pass, work: FolderWork): Promise<void> {
  const known = work.record.targetValidity
  const made = await ensureTarget(pass, work)
  // What we had carried into the folder that is gone was deleted with it; its numbers mean nothing in the new one.
  if (made && known !== null) await voidKeys(pass, work)
  const target = await pass.look((look) => look.open(work.target))
  work.permanent = target.permanent
  // What STATUS said may be old: Courier decides on a UIDVALIDITY when a folder is first opened.
  work.target = { ...work.target, status: target }
  work.probeFrom = target.uidNext
  const lower = target.uidNext < work.record.targetUidNext
  const isRestored = work.record.adopted === 'earlier' && target.messages > 0
  // From here on a restored ledger looks for what it does not know: it stays until that is done.
  const uidNext = !isRestored
    ? target.uidNext
    : known === target.validity && !lower && !made
      ? work.record.targetUidNext
      : 1
  if (!made && known !== null && (known !== target.validity || lower)) await rematchTarget(pass, work, target)
  if (
    known !== target.validity ||
    work.record.targetUidNext !== uidNext ||
    (work.record.adopted !== 'now' && target.messages === 0)
  ) {
    work.record = {
      ...work.record,
      targetValidity: target.validity,
      targetUidNext: uidNext,
      // An empty folder has nothing to adopt; remembering that now keeps our own first copies from being adopted.
      adopted: target.messages === 0 ? 'now' : work.record.adopted,
    }
    await pass.ports.ledger.saveFolders([work.record])
    crashPoint('folders.saved')
  }
}

async function voidKeys(pass: Pass, work: FolderWork): Promise<void> {
  for await (const { messages } of pass.ports.ledger.groups(work.record.id, null)) {
    const changes = messages.filter(({ key }) => key !== null).map(({ uid }) => ({ uid, key: null }))
    if (changes.length > 0) await pass.ports.ledger.update(work.record.id, changes)
  }
}

/** Mail that a source counts but does not list would be lost in silence: without a mark every pass looks for it. */
async function tellUnlisted(pass: Pass, work: FolderWork, listing: Listing, reader: SourceReader): Promise<void> {
  // What was expunged meanwhile is not counted any more.
  const { messages } = await reader.open(work.source)
  if (listing.length >= messages) return
  work.seen = null
  pass.report.notes.push(
    `Folder ${work.sourcePlace}: the source counts ${messages} messages and lists only ${listing.length}; the others are looked for again in every pass.`,
  )
}

async function list(reader: SourceReader, decision: Decision, messages: number): Promise<Listing> {
  // Columns that grow leave their smaller selves behind: 20 MB with half a million messages.
  const listing = new Listing(decision.kind === 'full' ? messages : 0)
  const since = decision.kind === 'since' ? decision.modseq : null
  if (decision.kind !== 'none') {
    for await (const batch of reader.list({ from: 1, to: null }, since))
      for (const message of batch) listing.add(message)
  }
  // UIDs that an earlier pass could not carry are looked at whatever the mark says.
  if (decision.kind !== 'full') {
    for (const [first, last] of decision.again) {
      for await (const batch of reader.list({ from: first, to: last }, null)) {
        for (const message of batch) if (listing.find(message.uid) < 0) listing.add(message)
      }
    }
  }
  listing.sort()
  return listing
}

/** What was left out and is no longer in the source is not left out any more. */
async function forgetGoneSkips(
  pass: Pass,
  work: FolderWork,
  decision: Decision,
  status: FolderStatus,
  listing: Listing,
): Promise<void> {
  const whole = status.messages === 0 || (decision.kind === 'full' && listing.length >= status.messages)
  const gone: number[] = []
  for await (const { uid } of pass.ports.ledger.skipped(work.record.id)) {
    if ((whole || (decision.kind !== 'full' && hasUid(decision.again, uid))) && listing.find(uid) < 0) gone.push(uid)
  }
  if (gone.length > 0) await pass.ports.ledger.unskip(work.record.id, runsOf(gone))
}

/** What the ledger explains and the source no longer has. */
async function countRemoved(pass: Pass, work: FolderWork, listing: Listing): Promise<number> {
  let removed = 0
  for (const uid of eachUid(work.landed)) if (listing.find(uid) < 0) removed++
  for await (const { uid } of pass.ports.ledger.skipped(work.record.id)) if (listing.find(uid) < 0) removed++
  return removed
}

/** Indexes of what has to be in the target and is not; what is left out is skipped with its reason. */
async function choose(pass: Pass, work: FolderWork, listing: Listing, cutOff: CutOff | null): Promise<Uint32Array> {
  const wanted = new Uint32Array(listing.length)
  let count = 0
  const skipped: Skipped[] = []
  const settled = new Set<number>()
  const key = folderKeyOf(work.source.path)
  // From the ledger, not from the mark: a pass that failed has left skips and no mark.
  const again: number[] = []
  for await (const item of pass.ports.ledger.skipped(work.record.id)) {
    if (item.again) again.push(item.uid)
    else settled.add(item.uid)
  }
  const retried = runsOf(again)
  for (let index = 0; index < listing.length; index++) {
    const uid = listing.uidAt(index)
    if (settled.has(uid) || hasUid(work.landed, uid)) continue
    const message = { uid, bytes: listing.bytesAt(index), dateS: listing.dateAt(index) }
    if (listing.isDeleted(index)) skipped.push(skip(work, message, 'deleted', 'marked \\Deleted', true))
    else if (!isReceivedWithin(pass.options.received, message.dateS)) {
      skipped.push(skip(work, message, 'excluded', 'received outside the ContentFilter of the batch', true))
    } else if (message.bytes > pass.mostMessageBytes) skipped.push(tooLarge(pass, work, message))
    else if (isOverLimit(cutOff, key, uid, message.dateS)) {
      skipped.push(
        skip(
          work,
          message,
          'over-limit',
          `older than the newest ${pass.options.maxItems}, which are all that is moved of a mailbox`,
          true,
        ),
      )
    } else wanted[count++] = index
  }
  if (skipped.length > 0) {
    await pass.ports.ledger.skip(skipped)
    work.skipped.push(...skipped)
    pass.countSkips(skipped)
  }
  const chosen = wanted.subarray(0, count)
  const resolved: number[] = []
  for (const uid of uidsAt(listing, chosen)) if (hasUid(retried, uid)) resolved.push(uid)
  if (resolved.length > 0) await pass.ports.ledger.unskip(work.record.id, runsOf(resolved))
  return chosen
}

function* uidsAt(listing: Listing, indexes: Iterable<number>): Generator<number> {
  for (const index of indexes) yield listing.uidAt(index)
}

async function adopt(
  pass: Pass,
  work: FolderWork,
  listing: Listing,
  wanted: Uint32Array,
  reader: SourceReader,
): Promise<ReadonlySet<number>> {
  const candidates: Candidate[] = Array.from(wanted, (index) => ({
    uid: listing.uidAt(index),
    bytes: listing.bytesAt(index),
    dateS: listing.dateAt(index),
    flags: listing.flagsAt(index),
  }))
  const { landed, held } = await recogniseFolder(pass, work, candidates, reader)
  work.landed = unionRuns(work.landed, runsOf(landed))
  if (work.record.adopted === 'never') {
    const strange = candidates.filter(({ uid }) => !held.has(uid) && !hasUid(work.landed, uid))
    work.landed = unionRuns(work.landed, runsOf(await adoptFolder(pass, work, strange, reader)))
  }
  const targetUidNext = work.target.status?.uidNext ?? work.record.targetUidNext
  work.record = { ...work.record, targetUidNext, adopted: 'now' }
  await pass.ports.ledger.saveFolders([work.record])
  return held
}
