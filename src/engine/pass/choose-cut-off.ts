/** Of more than `maxItems` messages the newest are carried: from which INTERNALDATE on they are. */
import { DELETED } from '#mail/flags.ts'
import type { CutOff } from '../ports.ts'
import type { FolderWork } from './folder-work.ts'
import type { Pass } from './pass.ts'

const AT_ONCE = 65_536

/** Null when everything fits. The cut-off of the first pass is kept: later ones must not move it. */
export async function chooseCutOff(pass: Pass, folders: readonly FolderWork[]): Promise<CutOff | null> {
  const { ledger, source, events } = pass.ports
  const { maxItems } = pass.options
  if (ledger.cutOff?.maxItems === maxItems) return ledger.cutOff
  const total = folders.reduce((sum, { report }) => sum + report.source, 0)
  if (total <= maxItems) return null
  events.note(`${total} messages are more than --max-items ${maxItems}: the newest are chosen.`)

  // Columns, not objects: half a million messages and more.
  let dates = new Float64Array(AT_ONCE)
  let places = new Uint32Array(AT_ONCE * 2)
  let count = 0
  const ordered = [...folders].sort((a, b) => (folderKey(a) < folderKey(b) ? -1 : 1))
  await using reader = await source.reader()
  for (const [index, work] of ordered.entries()) {
    await reader.open(work.source)
    for await (const batch of reader.list({ from: 1, to: null }, null)) {
      for (const { uid, dateS, flags } of batch) {
        if (flags.system & DELETED) continue
        if (count === dates.length) {
          dates = grown(dates, new Float64Array(count * 2))
          places = grown(places, new Uint32Array(count * 4))
        }
        dates[count] = dateS
        places.set([index, uid], count * 2)
        count++
      }
    }
  }
  if (count <= maxItems) return null
  const dateS = dates.slice(0, count).sort()[count - maxItems]!
  const newer = dates.subarray(0, count).reduce((sum, date) => sum + (date > dateS ? 1 : 0), 0)
  const ties: { index: number; uid: number }[] = []
  for (let at = 0; at < count; at++)
    if (dates[at] === dateS) ties.push({ index: places[at * 2]!, uid: places[at * 2 + 1]! })
  ties.sort((a, b) => a.index - b.index || a.uid - b.uid)
  const last = ties[maxItems - newer - 1]!
  const cutOff = { maxItems, dateS, folder: folderKey(ordered[last.index]!), uid: last.uid }
  await ledger.saveCutOff(cutOff)
  return cutOff
}

const folderKey = (work: FolderWork) => JSON.stringify(work.source.path)

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** Whether a message is older than the newest ones that are carried. */
export function isBelow(cutOff: CutOff | null, work: FolderWork, message: { uid: number; dateS: number }): boolean {
  if (cutOff === null || message.dateS > cutOff.dateS) return false
  if (message.dateS < cutOff.dateS) return true
  const folder = folderKey(work)
  return folder > cutOff.folder || (folder === cutOff.folder && message.uid > cutOff.uid)
}
