/** A target that names wrong UIDs for what it stored (APPENDUID): what it said in this pass counts as not said. */
import type { FolderWork } from '../pass/folder-work.ts'
import type { Pass } from '../pass/pass.ts'

/** Afterwards the keys of this pass are missing; `locateKeys` finds the copies by what they hold. */
export async function distrustKeys(pass: Pass, work: FolderWork): Promise<void> {
  const { ledger } = pass.ports
  const claimed: { uid: number; key: null }[] = []
  for await (const group of ledger.groups(work.record.id, null)) {
    for (const { uid, key } of group.messages) {
      if (typeof key === 'number' && key >= work.probeFrom) claimed.push({ uid, key: null })
    }
  }
  if (claimed.length > 0) await ledger.update(work.record.id, claimed)
  work.distrusted = true
  work.keyless = true
  pass.report.notes.push(
    `Folder ${work.place}: the target named wrong UIDs for messages that it stored (APPENDUID); the copies were found by their contents.`,
  )
}
