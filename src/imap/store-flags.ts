/** UID STORE (RFC 9051 §6.4.6). */
import { type Runs, formatRuns } from '#base/uid-set.ts'
import { flagList } from './command-text.ts'
import type { Lane } from './lane.ts'

/**
 * Adds or removes flags. UIDs that are gone are passed over: servers answer OK or, for some of them, NO.
 * Throws on a NO that means more than that.
 */
export async function storeFlags(
  lane: Lane,
  what: string,
  uids: Runs,
  sign: '+' | '-',
  flags: readonly string[],
): Promise<void> {
  if (uids.length === 0 || flags.length === 0) return
  const answer = await lane.ask([`UID STORE ${formatRuns(uids)} ${sign}FLAGS.SILENT ${flagList(flags)}`], {
    untagged: (response) => response.word === 'FETCH',
  })
  if (
    answer.status === 'OK' ||
    /expunge|no longer exist|no such message|not found/i.test(`${answer.code} ${answer.text}`)
  )
    return
  throw lane.refusal(what, answer, {
    fault: 'FLAGS_REFUSED',
    scope: 'folder',
    transient: true,
    says: 'flags were refused',
  })
}
