/** CREATE and SUBSCRIBE (RFC 9051 §6.3.4, §6.3.7). */
import { line, mailboxPiece } from './command-text.ts'
import type { Lane } from './lane.ts'

/** `use`: `\Sent` and its like (RFC 6154). True when it was made, false when it was there already. Throws what the server says against the name. */
export async function createFolder(lane: Lane, what: string, raw: string, use: string | null): Promise<boolean> {
  const special = use !== null && lane.offers('CREATE-SPECIAL-USE')
  let answer = await lane.ask(line`CREATE ${mailboxPiece(raw)}${special ? ` (USE (${use}))` : ''}`)
  // Another folder may have that use already (RFC 6154 §3): then it is made without.
  if (special && answer.status !== 'OK') answer = await lane.ask(line`CREATE ${mailboxPiece(raw)}`)
  if (answer.status === 'OK') return true
  // RFC 5530 ALREADYEXISTS; older servers say it in words.
  if (answer.code === 'ALREADYEXISTS' || /already exists|mailbox exists|duplicate folder/i.test(answer.text))
    return false
  throw lane.refusal(what, answer, {
    fault: 'FOLDER_NAME_REFUSED',
    scope: 'folder',
    transient: false,
    says: 'the folder could not be created',
    remedy: 'Rename the folder on the source or exclude it.',
  })
}

export async function subscribeFolder(lane: Lane, what: string, raw: string): Promise<void> {
  await lane.run(what, line`SUBSCRIBE ${mailboxPiece(raw)}`)
}
