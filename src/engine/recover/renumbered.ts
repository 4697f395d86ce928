/**
 * A target that gave its UIDs to other messages under the same UIDVALIDITY. Dovecot does: killed after it had written
 * some UIDs down and before the number that follows them, it gives the same ones out again, and renumbers the folder
 * when it notices. The APPENDUIDs of those minutes name other mail then.
 */
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'
import type { Landed, TargetKey } from '../ports.ts'
import { unexplainedCopies } from './look.ts'
import { matchCopies, roughKey } from './match.ts'

/** Finds the copies of the folder by their contents when one of our keys stands for another of our messages. */
export async function mendKeys(pass: Pass, work: FolderWork): Promise<void> {
  const { ledger, target } = pass.ports
  if (target.traits.named) return
  const ours: Landed[] = []
  for await (const group of ledger.groups(work.record.id, null)) ours.push(...group.messages)
  const rough = new Set(ours.map(roughKey))
  const expected = new Map<TargetKey, string>()
  for (const message of ours) if (message.key !== null) expected.set(message.key, roughKey(message))
  const found = await pass.look(async (reader) => {
    await reader.open(work.target)
    let strangers = 0
    for await (const batch of reader.list(1)) {
      for (const copy of batch) {
        const wanted = expected.get(copy.key)
        const shown = roughKey(copy)
        // One that is like nothing of ours proves nothing: targets rewrite mail, and change dates.
        if (wanted !== undefined && wanted !== shown && rough.has(shown)) strangers++
      }
    }
    if (strangers === 0) return null
    return matchCopies(ours, await unexplainedCopies(reader, 1, rough, new Set()))
  })
  if (found === null) return
  await ledger.update(
    work.record.id,
    ours.map(({ uid }) => ({ uid, key: found.get(uid) ?? null })),
  )
  pass.report.notes.push(
    `Folder ${work.place}: the target has renumbered its messages without saying so; ${found.size} of ${ours.length} were recognised by their contents.`,
  )
}
