/** UID EXPUNGE (RFC 4315 §2.1): removes one message and no other. */
import type { Lane } from './lane.ts'
import { MOST_UID, numberOf } from './tokens.ts'

/**
 * Marks and removes exactly this message of the opened folder. Without UIDPLUS a plain EXPUNGE takes with it all that
 * anybody has marked: it is given only when nothing else is marked, before and after our own mark; else the folder
 * stays as it is and false is answered.
 */
export async function expungeOne(lane: Lane, what: string, uid: number): Promise<boolean> {
  const mark = (sign: '+' | '-') => lane.run(what, [`UID STORE ${uid} ${sign}FLAGS.SILENT (\\Deleted)`])
  if (lane.offers('UIDPLUS') || lane.offers('IMAP4REV2')) {
    const marked = mark('+')
    const removed = lane.run(what, [`UID EXPUNGE ${uid}`])
    removed.catch(() => undefined)
    await marked
    await removed
    return true
  }
  if (await othersMarked(lane, what, uid)) return false
  await mark('+')
  if (await othersMarked(lane, what, uid)) {
    await mark('-')
    return false
  }
  await lane.run(what, ['EXPUNGE'])
  return true
}

/** Whether any other message is marked \Deleted, by whomever (UID SEARCH, RFC 9051 §6.4.4). */
async function othersMarked(lane: Lane, what: string, uid: number): Promise<boolean> {
  let others = false
  await lane.run(what, ['UID SEARCH DELETED'], {
    untagged(response) {
      if (response.word !== 'SEARCH') return false
      // A word that is no number counts as one: an answer that we cannot read must not cost anybody mail.
      if (response.items().some((item) => numberOf(item, MOST_UID) !== uid)) others = true
      return true
    },
  })
  return others
}
