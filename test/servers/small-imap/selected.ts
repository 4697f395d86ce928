import { chosen, fetchItems, writeFetch } from './fetch.ts'
import type { Session } from './session.ts'
import { expunge, setFlags } from './store.ts'
import type { SmallFolder } from './store.ts'
import { Args } from './syntax.ts'

/** FETCH, STORE, SEARCH, EXPUNGE on the selected folder; `byUid` for their UID forms. */
export async function inSelected(session: Session, verb: string, args: Args, byUid: boolean): Promise<string> {
  const { selected } = session
  if (selected === null) return 'BAD no mailbox selected'
  const { folder, readOnly } = selected
  if (verb === 'FETCH') return fetch(session, folder, args, byUid)
  if (verb === 'SEARCH') return search(session, folder, args.rest.trim(), byUid)
  if (readOnly) return 'NO [READ-ONLY] opened with EXAMINE'
  if (verb === 'STORE') return storeFlags(session, folder, args, byUid)
  if (byUid && !session.can('UIDPLUS')) return 'BAD no UIDPLUS here'
  const set = byUid ? args.word() : '1:*'
  const doomed = chosen(folder, set ?? '', byUid).filter(({ message }) => message.flags.includes('\\Deleted'))
  expunge(folder, new Set(doomed.map(({ message }) => message.uid)))
  for (const { n } of doomed.toReversed()) await session.wire.write(`* ${n} EXPUNGE\r\n`)
  selected.exists = folder.messages.length
  return 'OK done'
}

async function fetch(session: Session, folder: SmallFolder, args: Args, byUid: boolean): Promise<string> {
  const set = args.word()
  const since = /\(CHANGEDSINCE (\d+)\)\s*$/i.exec(args.rest)
  if (since && !session.can('CONDSTORE')) return 'BAD no CONDSTORE here'
  const items = fetchItems(since ? args.rest.slice(0, since.index) : args.rest)
  if (set === null || !/^[\d:*,]+$/.test(set) || items.length === 0) return 'BAD set and items are wanted'
  if (byUid && !items.some((item) => /^UID$/i.test(item))) items.unshift('UID')
  if (since && !items.some((item) => /^MODSEQ$/i.test(item))) items.push('MODSEQ')
  for (const one of chosen(folder, set, byUid)) {
    if (since && one.message.modseq <= Number(since[1])) continue
    const lie = session.faults.message?.(one.message, folder.name) ?? {}
    if (!(await writeFetch(session.wire, one, items, lie))) return 'BAD an item that I do not know'
  }
  return 'OK done'
}

async function storeFlags(session: Session, folder: SmallFolder, args: Args, byUid: boolean): Promise<string> {
  const set = args.word()
  const how = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(args.word() ?? '')
  const flags = args.list() ?? args.rest.trim().split(' ')
  if (set === null || !how) return 'BAD set and flags are wanted'
  for (const { message, n } of chosen(folder, set, byUid)) {
    const kept = how[1] === '' ? [] : message.flags.filter((flag) => !flags.includes(flag))
    setFlags(folder, message, how[1] === '-' ? kept : [...kept, ...flags])
    if (how[2] !== undefined) continue
    await session.wire.write(
      `* ${n} FETCH (${byUid ? `UID ${message.uid} ` : ''}FLAGS (${message.flags.join(' ')}))\r\n`,
    )
  }
  return 'OK done'
}

/** The keys that a migration asks for; all must hold. */
async function search(session: Session, folder: SmallFolder, text: string, byUid: boolean): Promise<string> {
  let found = chosen(folder, '1:*', false)
  const keys = new Args(text, [])
  for (let key = keys.string(); key !== null; key = keys.string()) {
    const word = key.toUpperCase()
    const flag = /^(UN)?(SEEN|DELETED|ANSWERED|FLAGGED|DRAFT)$/.exec(word)
    if (word === 'ALL') continue
    if (word === 'UID' || /^[\d:*,]+$/.test(word)) {
      const uids = new Set(
        chosen(folder, word === 'UID' ? (keys.word() ?? '') : word, word === 'UID').map((one) => one.message.uid),
      )
      found = found.filter(({ message }) => uids.has(message.uid))
    } else if (flag) {
      const name = `\\${flag[2]?.[0]}${flag[2]?.slice(1).toLowerCase()}`
      found = found.filter(({ message }) => message.flags.includes(name) === (flag[1] === undefined))
    } else if (word === 'HEADER') {
      const [field, value] = [keys.string(), keys.string()]
      const wanted = `${field}: ${value}`.toLowerCase()
      found = found.filter(({ message }) => message.content.toString('latin1').toLowerCase().includes(wanted))
    } else return 'BAD a key that I do not know'
  }
  const numbers = found.map(({ message, n }) => ` ${byUid ? message.uid : n}`).join('')
  await session.wire.write(`* SEARCH${numbers}\r\n`)
  return 'OK done'
}
