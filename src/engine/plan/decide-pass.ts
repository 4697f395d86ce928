/**
 * How much of a folder has to be listed, decided from what was known and what the server says now. Pure; the reason
 * reaches the report (transfer-engine.md §5).
 */
import type { FolderRecord, FolderStatus, Runs } from '../ports.ts'

export type PassWhy =
  | 'unchanged'
  | 'empty'
  | 'new-mail'
  | 'expunged'
  | 'flags-changed'
  | 'first-time'
  | 'uidvalidity-changed'
  | 'uidnext-went-back'
  | 'modseq-went-back'
  | 'contradictory'
  | 'no-condstore'

/** `again`: UIDs below the mark that are listed whatever has changed. A full pass lists them anyway. */
export type Pass =
  /** Nothing to list but `again`. */
  | { readonly kind: 'none'; readonly why: PassWhy; readonly again: Runs }
  /** Messages with a higher MODSEQ, and `again`. It does not tell what was expunged. */
  | { readonly kind: 'since'; readonly why: PassWhy; readonly modseq: bigint; readonly again: Runs }
  /** Every message. */
  | { readonly kind: 'full'; readonly why: PassWhy }

/** RFC 7162 §3.1.8: a server may answer HIGHESTMODSEQ 0 where it keeps none. */
const usable = (modseq: bigint | null) => (modseq === 0n ? null : modseq)

/** `seen` must have been read before any listing that follows. */
export function decidePass(record: FolderRecord | null, seen: FolderStatus): Pass {
  const mark = record?.mark ?? null
  // RFC 9051 §2.3.1.1: another validity makes every stored UID meaningless, those to look at again included.
  if (record !== null && mark !== null && record.sourceValidity !== seen.validity) {
    return { kind: 'full', why: 'uidvalidity-changed' }
  }
  const again = record !== null && record.sourceValidity === seen.validity ? record.again : []
  // An empty folder is never listed: some servers answer BAD to a range when there is nothing in it.
  if (seen.messages === 0) return { kind: 'none', why: 'empty', again }
  if (mark === null) return { kind: 'full', why: 'first-time' }

  // Numbers that fall mean a server restored from a backup: UIDs above its old UIDNEXT are given out a second time.
  if (seen.uidNext < mark.uidNext) return { kind: 'full', why: 'uidnext-went-back' }
  const [before, now] = [usable(mark.modseq), usable(seen.modseq)]
  // Without MODSEQ nothing short of all flags tells whether a flag has changed.
  if (before === null || now === null) return { kind: 'full', why: 'no-condstore' }
  if (now < before) return { kind: 'full', why: 'modseq-went-back' }

  const arrived = seen.uidNext > mark.uidNext
  // New mail raises both UIDNEXT and HIGHESTMODSEQ; a server that raises one of them alone is not believed.
  if (arrived && now === before) return { kind: 'full', why: 'contradictory' }
  if (!arrived && seen.messages > mark.messages) return { kind: 'full', why: 'contradictory' }

  const same = !arrived && now === before && seen.messages === mark.messages
  if (same) return { kind: 'none', why: 'unchanged', again }
  const why = arrived ? 'new-mail' : seen.messages < mark.messages ? 'expunged' : 'flags-changed'
  return { kind: 'since', why, modseq: before, again }
}

/** For reports and the log. */
export const PASS_WORDS: Readonly<Record<PassWhy, string>> = {
  unchanged: 'unchanged since the last pass',
  empty: 'the folder is empty',
  'new-mail': 'new mail since the last pass',
  expunged: 'mail was removed since the last pass',
  'flags-changed': 'flags changed since the last pass',
  'first-time': 'first pass over this folder',
  'uidvalidity-changed': 'the source folder was made anew (UIDVALIDITY changed)',
  'uidnext-went-back': 'the source was restored from a backup (UIDNEXT went back)',
  'modseq-went-back': 'the source was restored from a backup (HIGHESTMODSEQ went back)',
  contradictory: 'the source contradicts itself about what is new',
  'no-condstore': 'the source cannot say what has changed (no CONDSTORE)',
}
