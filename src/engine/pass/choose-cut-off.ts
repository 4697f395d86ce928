/** Of more than `maxItems` messages the newest are carried: from which INTERNALDATE on they are. */
import { DELETED } from '#mail/flags.ts'
import { NewestItems, folderKeyOf } from '../plan/newest-items.ts'
import type { CutOff } from '../ports.ts'
import type { FolderWork } from './folder-work.ts'
import { isReceivedWithin } from './options.ts'
import type { Pass } from './pass.ts'

/** Null when everything fits. The cut-off of the first pass is kept: later ones must not move it. */
export async function chooseCutOff(pass: Pass, folders: readonly FolderWork[]): Promise<CutOff | null> {
  const { ledger, source, events } = pass.ports
  const { maxItems } = pass.options
  if (ledger.cutOff?.maxItems === maxItems) return ledger.cutOff
  const total = folders.reduce((sum, { report }) => sum + report.source, 0)
  if (total <= maxItems) return null
  events.note(`${total} messages are more than the ${maxItems} that are moved of a mailbox: the newest are chosen.`)
  const newest = new NewestItems(maxItems)
  await using reader = await source.reader()
  for (const work of folders) {
    const folder = newest.folder(folderKeyOf(work.source.path))
    await reader.open(work.source)
    for await (const batch of reader.list({ from: 1, to: null }, null)) {
      for (const { uid, dateS, bytes, flags } of batch) {
        // What is left out anyway takes no place from what can be carried.
        if (flags.system & DELETED || bytes > pass.mostMessageBytes) continue
        if (isReceivedWithin(pass.options.received, dateS)) newest.add(folder, uid, dateS)
      }
    }
  }
  const cutOff = newest.cutOff()
  if (cutOff) await ledger.saveCutOff(cutOff)
  return cutOff
}
