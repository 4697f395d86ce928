/** Ends a folder's work, or finds that it has not ended: then its groups are queued again and it answers false. */
import { counted } from '#base/counted.ts'
import { crashPoint } from '#base/crash-point.ts'
import { Fault } from '#base/fault.ts'
import { eachUid, formatRuns, hasUid, runsOf } from '#base/uid-set.ts'
import type { Lane } from '../pipeline/lane.ts'
import { nameSkips } from '../pipeline/name-skips.ts'
import { auditFolder } from '../recover/audit.ts'
import { distrustKeys } from '../recover/distrust-keys.ts'
import { locateKeys } from '../recover/locate-keys.ts'
import { settleDoubts } from '../recover/recover-folder.ts'
import type { FolderWork } from './folder-work.ts'
import type { Pass } from './pass.ts'

export async function finishFolder(pass: Pass, work: FolderWork, lane: Lane): Promise<boolean> {
  const { ledger } = pass.ports
  await settleDoubts(pass, work, () => lane.readerOn(work))
  if (work.retry.length > 0) {
    work.queue.push(...work.retry)
    work.retry = []
    return false
  }
  if (work.liedAboutKeys) {
    await distrustKeys(pass, work)
    work.liedAboutKeys = false
  }
  if (work.keyless) {
    await locateKeys(pass, work, () => lane.readerOn(work))
    work.keyless = false
  }
  if (work.resent.length > 0) {
    await auditFolder(pass, work, await ledger.resentIn(work.record.id))
    work.resent = []
  }
  if (work.future.length > 0) await tellLostDates(pass, work)
  if (work.skipped.length > 0) {
    await nameSkips(await lane.readerOn(work), work.skipped, (named) => ledger.skip(named))
    work.skipped.length = 0
  }
  if (work.seen && !pass.stopping) {
    const again: number[] = []
    const explained = new Set(work.vanished)
    for await (const item of ledger.skipped(work.record.id)) {
      explained.add(item.uid)
      if (item.again) again.push(item.uid)
    }
    await refuseGaps(pass, work, explained)
    crashPoint('mark.before')
    work.record = { ...work.record, mark: work.seen, again: runsOf(again) }
    await ledger.saveFolders([work.record])
    crashPoint('mark.after')
  }
  return true
}

/** A mark moves only when every message below it is landed or explained: whatever went wrong on the way (§3.10). */
async function refuseGaps(pass: Pass, work: FolderWork, explained: ReadonlySet<number>): Promise<void> {
  const landed = await pass.ports.ledger.landedUids(work.record.id)
  const gaps: number[] = []
  for (const uid of eachUid(work.planned)) if (!hasUid(landed, uid) && !explained.has(uid)) gaps.push(uid)
  work.report.vanished = new Set(work.vanished).size
  if (gaps.length === 0) return
  throw new Fault({
    code: 'FOLDER_NOT_DONE',
    scope: 'mailbox',
    transient: false,
    message: `Folder ${work.sourcePlace}: ${gaps.length} messages are neither in the target nor explained (UIDs ${formatRuns(runsOf(gaps)).slice(0, 200)}).`,
    remedy: 'Start it again: the folder is not marked as done, and what is in doubt is looked for first.',
    facts: { folder: work.sourcePlace, messages: gaps.length },
  })
}

/** Dovecot stores the time of the APPEND when a date lies in the future: nothing is lost in silence. */
async function tellLostDates(pass: Pass, work: FolderWork): Promise<void> {
  const future = new Map(work.future.flatMap(({ key, dateS }) => (key === null ? [] : [[key, dateS] as const])))
  work.future.length = 0
  const changed = await pass.look(async (reader) => {
    await reader.open(work.target)
    let count = 0
    for await (const batch of reader.list(work.probeFrom)) {
      for (const { key, dateS } of batch) if ((future.get(key) ?? dateS) !== dateS) count++
    }
    return count
  })
  if (changed === 0) return
  pass.report.notes.push(
    `Folder ${work.place}: the target shows another date for ${counted(changed, 'message')} dated in the future.`,
  )
}
