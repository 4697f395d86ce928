import type { AppendMisbehaviour, ToldAppend } from './faults.ts'
import type { Session } from './session.ts'
import { store } from './store.ts'
import type { SmallFolder } from './store.ts'
import { readDate } from './syntax.ts'
import type { Args } from './syntax.ts'

/** APPEND and MULTIAPPEND (RFC 3502), all or nothing unless a fault says otherwise. Returns the tagged answer's text. */
export async function append(session: Session, args: Args): Promise<string> {
  const name = args.string()
  if (name === null) return 'BAD no mailbox'
  const messages: ToldAppend['messages'][number][] = []
  while (!args.done) {
    const flags = args.list() ?? []
    if (flags.some((flag) => /^\\(?!(Seen|Answered|Flagged|Deleted|Draft)$)/i.test(flag)))
      return 'BAD unknown system flag'
    const date = args.quoted()
    const internalDate = date === null ? Math.floor(Date.now() / 1000) : readDate(date)
    if (internalDate === null) return 'BAD no date-time'
    const content = args.literal()
    if (content === null) return 'BAD no literal'
    messages.push({ content, flags, internalDate })
  }
  if (messages.length === 0) return 'BAD nothing to append'
  if (messages.length > 1 && !session.can('MULTIAPPEND')) return 'BAD one message at a time'
  if (messages.some(({ content }) => content.length === 0)) return 'NO an empty message cannot be stored'
  const folder = session.mailbox.find(name)
  if (!folder?.selectable) return 'NO [TRYCREATE] no such mailbox'
  const { limit } = session
  if (limit !== null && messages.some(({ content }) => content.length > limit))
    return 'NO [TOOBIG] message is too large'
  const told = {
    user: session.user ?? '',
    session: session.number,
    folder: name,
    messages,
    before: session.countAppend(),
  }
  const fault = session.faults.append?.(told)
  return fault === undefined ? storeAll(session, folder, told) : misbehave(session, folder, told, fault)
}

function storeAll(session: Session, folder: SmallFolder, told: ToldAppend): string {
  const uids = told.messages.map((message) => store(folder, message).uid)
  if (!session.can('UIDPLUS')) return 'OK stored'
  const set = uids.length === 1 ? `${uids[0]}` : `${uids[0]}:${uids.at(-1)}`
  const honest = `APPENDUID ${folder.uidValidity} ${set}`
  const code = session.faults.appendUid === undefined ? honest : session.faults.appendUid(told, honest)
  return code === null ? 'OK stored' : `OK [${code}] stored`
}

async function misbehave(
  session: Session,
  folder: SmallFolder,
  told: ToldAppend,
  fault: AppendMisbehaviour,
): Promise<string> {
  const { wire } = session
  if (fault === 'drop') return wire.drop()
  if (fault === 'stall') return wire.stall()
  if (fault === 'store-then-drop' || fault === 'store-then-stall') {
    storeAll(session, folder, told)
    return fault === 'store-then-drop' ? wire.drop() : wire.stall()
  }
  if ('no' in fault) return `NO ${fault.no}`
  if ('storeOnly' in fault) {
    for (const message of told.messages.slice(0, fault.storeOnly)) store(folder, message)
    return wire.drop()
  }
  if ('dropAndStoreAfter' in fault) {
    session.later(fault.dropAndStoreAfter.then(() => storeAll(session, folder, told)))
    return wire.drop()
  }
  await fault.storeAfter
  return storeAll(session, folder, told)
}
