/**
 * UIDVALIDITY changed on the source: the numbers are new, the mail is not (transfer-engine.md §4). What the ledger
 * knows by size, date and digest is entered under its new number; nothing is wiped, nothing is filled in again.
 */
import { counted } from '#base/counted.ts'
import { hasUid, runsOf } from '#base/uid-set.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { FolderStatus, Landed, SourceReader } from '../ports.ts'
import { roughKey } from './match.ts'
import { sourceDigests } from './source-digests.ts'

const COMMIT_AT_ONCE = 200
const MOST_UID = 0xffff_ffff

/** Gives the folder the record of the validity that the source has now. Safe to be cut off and run again. */
export async function rematchSource(
  pass: Pass,
  work: FolderWork,
  status: FolderStatus,
  reader: SourceReader,
): Promise<void> {
  const { ledger } = pass.ports
  if (work.record.sourceValidity === 0) {
    work.record = { ...work.record, sourceValidity: status.validity }
    await ledger.saveFolders([work.record])
  } else if (work.record.sourceValidity !== status.validity) {
    const same = work.older.find(({ sourceValidity }) => sourceValidity === status.validity)
    const before = work.record
    // What was left out under the old numbers is decided again under the new ones.
    await ledger.unskip(before.id, [[1, MOST_UID]])
    work.older = [...work.older.filter((record) => record !== same), before]
    work.record = same ?? { ...before, id: crypto.randomUUID(), sourceValidity: status.validity, mark: null, again: [] }
    await ledger.saveFolders([work.record])
  }
  if (work.older.length === 0 || work.record.mark !== null) return

  const taken = new Set<Landed['key']>()
  const landedUids = await ledger.landedUids(work.record.id)
  for await (const group of ledger.groups(work.record.id, null)) for (const { key } of group.messages) taken.add(key)
  const known = new Map<string, Landed[]>()
  for (const record of work.older) {
    for await (const group of ledger.groups(record.id, null)) {
      for (const message of group.messages)
        if (message.key === null || !taken.has(message.key))
          known.set(roughKey(message), [...(known.get(roughKey(message)) ?? []), message])
    }
  }
  if (known.size === 0) return
  const likely: number[] = []
  const flags = new Map<number, Landed['flags']>()
  for await (const batch of reader.list({ from: 1, to: null }, null)) {
    for (const message of batch) {
      if (!known.has(roughKey(message)) || hasUid(landedUids, message.uid)) continue
      likely.push(message.uid)
      flags.set(message.uid, message.flags)
    }
  }
  const landed: Landed[] = []
  for (const read of await sourceDigests(reader, runsOf(likely))) {
    const twins = known.get(roughKey(read))
    const at = twins?.findIndex(({ digest }) => digest.equals(read.digest.subarray(0, digest.length))) ?? -1
    if (!twins || at < 0) continue
    const [old] = twins.splice(at, 1)
    landed.push({ ...old!, uid: read.uid, digest: read.digest, origin: 'found' })
  }
  for (let start = 0; start < landed.length; start += COMMIT_AT_ONCE) {
    await ledger.adopt(work.record.id, landed.slice(start, start + COMMIT_AT_ONCE))
  }
  pass.report.notes.push(
    `Folder ${work.sourcePlace}: the source renumbered it (UIDVALIDITY is now ${status.validity}); ${counted(landed.length, 'message')} recognised and not carried again.`,
  )
}
