/**
 * The audit (transfer-engine.md §3.8): what was sent again after a doubt may have landed late after all. An
 * unexplained copy equal to a re-sent message is that late landing: it is kept, and the copy that we sent again is
 * removed, unless someone has touched it: then both stay and are reported.
 */
import { crashPoint } from '#base/crash-point.ts'
import { runsOf } from '#base/uid-set.ts'
import { DELETED, sameFlags } from '#mail/flags.ts'
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { Intended, Landed, TargetKey } from '../ports.ts'
import { unexplainedCopies } from './look.ts'
import { type Wanted, matchCopies, roughKey } from './match.ts'
import { keywordChange } from './mend-keywords.ts'
import { mendKeys } from './renumbered.ts'

/**
 * Run at the end of the pass that sent again, and once more at the start of the next: what was still on its way at
 * the first is there at the second. The ledger counts the two.
 */
export async function auditFolder(pass: Pass, work: FolderWork, resent: readonly Intended[]): Promise<void> {
  const { ledger, target } = pass.ports
  if (resent.length === 0) return
  const uids = runsOf(resent.map(({ uid }) => uid))
  if (target.traits.named) {
    // Sending a name twice stores it once: there is nothing to audit.
    await ledger.auditDone(work.record.id, uids)
    return
  }
  await mendKeys(pass, work)
  const ours = new Map<number, Landed>()
  const watched = new Set(resent.map(({ uid }) => uid))
  for await (const group of ledger.groups(work.record.id, uids)) {
    for (const message of group.messages) if (watched.has(message.uid)) ours.set(message.uid, message)
  }
  const wanted: Wanted[] = [...ours.values()].sort((a, b) => a.uid - b.uid)
  crashPoint('audit.before')
  await pass.look(async (reader) => {
    await reader.open(work.target)
    const explained = await ledger.knownKeys(work.record.targetPath, 1)
    const late = await unexplainedCopies(reader, 1, new Set(wanted.map(roughKey)), explained)
    for (const [uid, lateKey] of matchCopies(wanted, late)) {
      const message = ours.get(uid)!
      if (message.key === null) continue
      await keepLate(pass, work, message, message.key, lateKey, reader)
    }
  })
  await ledger.auditDone(work.record.id, uids)
}

async function keepLate(
  pass: Pass,
  work: FolderWork,
  message: Landed,
  sentAgain: TargetKey,
  late: TargetKey,
  reader: Parameters<Parameters<Pass['look']>[0]>[0],
): Promise<void> {
  const place = `${work.place}, source UID ${message.uid}`
  const now = await reader.flags([sentAgain, late])
  const flags = now.get(sentAgain)
  if (flags && (now.get(late)?.system ?? 0) & DELETED) {
    // An audit that was killed after it had marked ours: the other is the one that the ledger knows.
    if (await reader.remove(late)) pass.report.doublesRemoved++
    return
  }
  if (flags && !sameFlags(flags, message.flags)) {
    pass.report.notes.push(
      `Folder ${place}: is there twice; both stay, for someone has changed the flags of our second copy.`,
    )
    return
  }
  // What came in this very pass nobody has labelled yet.
  const isFresh =
    typeof late === 'number' && late >= work.probeFrom && work.resent.some(({ uid }) => uid === message.uid)
  const mending = keywordChange(late, message.flags, now.get(late), isFresh)
  if (flags && mending.length > 0) await reader.change(mending)
  // First the ledger, then the removal: a crash between leaves one copy too many, which the next audit finds.
  await pass.ports.ledger.update(work.record.id, [{ uid: message.uid, key: late }])
  if (flags && !(await reader.remove(sentAgain))) {
    pass.report.notes.push(
      `Folder ${place}: is there twice; both stay, for the target cannot remove a single message (no UIDPLUS) and others are marked \\Deleted there.`,
    )
    return
  }
  crashPoint('audit.removed')
  pass.report.doublesRemoved++
}
