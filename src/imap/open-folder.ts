/** SELECT and EXAMINE (RFC 9051 §6.3.2, §6.3.3). */
import { garbledFault } from './net-faults.ts'
import { line, mailboxPiece } from './command-text.ts'
import type { Lane } from './lane.ts'
import { MOST_UID, type Item, readItems, textOf } from './tokens.ts'

export interface OpenedFolder {
  readonly validity: number
  readonly uidNext: number
  readonly messages: number
  /** HIGHESTMODSEQ; null where the server has none for this folder. */
  readonly modseq: bigint | null
  /** PERMANENTFLAGS as spelt; null when the server did not say: then all flags are permanent (RFC 9051 §7.1). */
  readonly permanentFlags: readonly string[] | null
  /** UIDNOTSTICKY (RFC 4315): UIDs are forgotten between sessions. */
  readonly uidNotSticky: boolean
}

/** `what` begins the sentence of a refusal. With `readOnly` nothing in the folder changes, `\Recent` neither. */
export async function openFolder(lane: Lane, what: string, raw: string, readOnly: boolean): Promise<OpenedFolder> {
  let messages: number | null = null
  const codes = new Map<string, string>()
  // RFC 7162 §3.1.8: asks for HIGHESTMODSEQ.
  const condstore = lane.offers('CONDSTORE') ? ' (CONDSTORE)' : ''
  const verb = readOnly ? 'EXAMINE ' : 'SELECT '
  const answer = await lane.run(what, line`${verb}${mailboxPiece(raw)}${condstore}`, {
    opensFolder: true,
    untagged(response) {
      if (response.word === 'EXISTS') messages = response.number
      else if (response.word === 'OK') {
        const said = response.status()
        if (said && said.code !== '' && codes.size < 64) codes.set(said.code, said.args)
      } else return response.word === 'FLAGS' || response.word === 'RECENT'
      return true
    },
  })
  if (answer.code !== '') codes.set(answer.code, answer.args)
  const validity = bounded(codes.get('UIDVALIDITY'))
  const uidNext = bounded(codes.get('UIDNEXT'))
  if (messages === null || messages > MOST_UID)
    throw garbledFault(lane.peer, 'it opened a folder without saying how many messages it holds')
  const permanent = codes.get('PERMANENTFLAGS')
  return {
    validity: validity ?? 0,
    uidNext: uidNext ?? (await highestUid(lane, what)) + 1,
    messages,
    modseq: modseqOf(codes.get('HIGHESTMODSEQ')),
    permanentFlags: permanent === undefined ? null : flagsIn(permanent),
    uidNotSticky: codes.has('UIDNOTSTICKY'),
  }
}

export function bounded(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return null
  const value = Number(text)
  return value <= MOST_UID ? value : null
}

/** 63 bits (RFC 7162 §7); 0 and rubbish count as none. */
export function modseqOf(text: string | undefined): bigint | null {
  if (text === undefined || !/^[1-9]\d{0,18}$/.test(text)) return null
  return BigInt(text)
}

function flagsIn(args: string): string[] {
  let items: Item[]
  try {
    items = readItems([args], [], 0, true)
  } catch {
    return []
  }
  const list = Array.isArray(items[0]) ? items[0] : []
  return list.map(textOf).filter((atom) => atom !== null)
}

/** Old servers (and those that keep to RFC 3501 loosely) leave UIDNEXT out. 0 when the folder is empty. */
async function highestUid(lane: Lane, what: string): Promise<number> {
  let highest = 0
  await lane.run(what, ['UID FETCH * (UID)'], {
    untagged(response) {
      if (response.word !== 'FETCH') return false
      const list = response.items()[0]
      if (!Array.isArray(list)) return false
      const at = list.findIndex((item) => item === 'UID')
      highest = Math.max(highest, bounded(textOf(list[at + 1]) ?? undefined) ?? 0)
      return true
    },
  })
  return highest
}
