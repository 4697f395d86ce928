/** UID EXPUNGE (RFC 4315 §2.1): removes one message and no other. */
import type { Lane } from './lane.ts'

/**
 * Marks and removes exactly this message. False where the server has no UIDPLUS: a plain EXPUNGE would take
 * everything with it that anybody has marked.
 */
export async function expungeOne(lane: Lane, what: string, uid: number): Promise<boolean> {
  if (!lane.offers('UIDPLUS') && !lane.offers('IMAP4REV2')) return false
  const marked = lane.run(what, [`UID STORE ${uid} +FLAGS.SILENT (\\Deleted)`])
  const removed = lane.run(what, [`UID EXPUNGE ${uid}`])
  removed.catch(() => undefined)
  await marked
  await removed
  return true
}
