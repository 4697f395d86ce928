/** Of an unchanged folder's items that were left out: would any be decided otherwise now? */
import type { FolderRecord } from '../ports.ts'
import { isReceivedWithin } from './options.ts'
import type { Pass } from './pass.ts'

/**
 * A folder whose state has not moved holds the same \Deleted and the same large messages as before: it is opened only
 * when the limits changed or something may have become readable. Keeps an unchanged pass to a handful of round trips.
 */
export async function chooseAgain(pass: Pass, record: FolderRecord): Promise<boolean> {
  const { maxItems } = pass.options
  for await (const item of pass.ports.ledger.skipped(record.id)) {
    if (!item.again) continue
    if (item.kind === 'large' && item.bytes <= pass.mostMessageBytes) return true
    if (item.kind === 'over-limit' && pass.ports.ledger.cutOff?.maxItems !== maxItems) return true
    // Left out by the date alone, so the date alone decides.
    if (item.kind === 'excluded' && isReceivedWithin(pass.options.received, item.dateS ?? 0)) return true
    if (item.kind === 'missing' || item.kind === 'unknown' || item.kind === 'bad') return true
  }
  return false
}
