import { quoted } from '#test/worlds/modified-utf7.ts'
import type { Session } from './session.ts'
import type { SmallFolder } from './store.ts'
import { listPattern } from './syntax.ts'
import type { Args } from './syntax.ts'

/** LIST with RETURN (RFC 5258, 5819) where told, and LSUB. */
/** x */
export async function list(session: Session, args: Args, verb: 'LIST' | 'LSUB'): Promise<string> {
  const extended = session.can('LIST-EXTENDED')
  const selection = extended ? (args.list() ?? []) : []
  const reference = args.string()
  const patterns = (extended ? args.list() : null) ?? [args.string()]
  const returns = /^ *RETURN \((.*)\)$/i.exec(args.rest)?.[1] ?? ''
  if (reference === null || patterns.includes(null)) return 'BAD reference and pattern are wanted'
  const { mailbox, wire } = session
  const separator = quoted(mailbox.separator)
  if (patterns.length === 1 && patterns[0] === '') {
    await wire.write(`* LIST (\\Noselect) ${separator} ""\r\n`)
    return 'OK done'
  }
  const fits = patterns.map((pattern) =>
    listPattern(reference + (pattern?.replaceAll('"', '') ?? ''), mailbox.separator),
  )
  const onlySubscribed = verb === 'LSUB' || selection.some((option) => /^SUBSCRIBED$/i.test(option))
  const items = session.can('LIST-STATUS') ? /STATUS \(([^)]*)\)/i.exec(returns)?.[1] : undefined
  for (const folder of mailbox.folders.values()) {
    if (!fits.some((fit) => fit(folder.name)) || (onlySubscribed && !folder.subscribed)) continue
    const attributes = verb === 'LSUB' ? [] : listAttributes(session, folder)
    if ((onlySubscribed && verb === 'LIST') || (/SUBSCRIBED/i.test(returns) && folder.subscribed))
      attributes.push('\\Subscribed')
    await wire.write(`* ${verb} (${attributes.join(' ')}) ${separator} ${quoted(folder.name)}\r\n`)
    if (items !== undefined && folder.selectable) await wire.write(statusLine(session, folder, items.split(' ')))
  }
  return 'OK done'
}

function listAttributes(session: Session, folder: SmallFolder): string[] {
  const below = `${folder.name}${session.mailbox.separator}`
  const parent = [...session.mailbox.folders.keys()].some((name) => name.startsWith(below))
  const found = [parent ? '\\HasChildren' : '\\HasNoChildren']
  if (!folder.selectable) found.push('\\Noselect')
  const use = session.specialUse[folder.name]
  if (use !== undefined && session.can('SPECIAL-USE')) found.push(use)
  return found
}

export async function status(session: Session, args: Args): Promise<string> {
  const folder = session.mailbox.find(args.string() ?? '')
  const items = args.list()
  if (items === null) return 'BAD items are wanted'
  if (!folder?.selectable) return 'NO [NONEXISTENT] no such mailbox'
  await session.wire.write(statusLine(session, folder, items))
  return 'OK done'
}

function statusLine(session: Session, folder: SmallFolder, items: readonly string[]): string {
  const values: Record<string, number> = {
    MESSAGES: folder.messages.length,
    UIDNEXT: folder.uidNext,
    UIDVALIDITY: folder.uidValidity,
    UNSEEN: folder.messages.filter(({ flags }) => !flags.includes('\\Seen')).length,
    RECENT: 0,
    ...(session.can('CONDSTORE') ? { HIGHESTMODSEQ: folder.highestModseq } : {}),
  }
  const told = items.map((item) => item.toUpperCase()).filter((item) => item in values)
  return `* STATUS ${quoted(folder.name)} (${told.map((item) => `${item} ${values[item]}`).join(' ')})\r\n`
}

/** SELECT and EXAMINE (RFC 9051 §6.3.2). */
export async function select(session: Session, args: Args, readOnly: boolean): Promise<string> {
  session.selected = null
  const folder = session.mailbox.find(args.string() ?? '')
  if (!folder?.selectable) return 'NO [NONEXISTENT] no such mailbox'
  const flags = '\\Answered \\Flagged \\Deleted \\Seen \\Draft'
  const keywords = [
    ...new Set(folder.messages.flatMap((message) => message.flags).filter((flag) => !flag.startsWith('\\'))),
  ]
  const lines = [
    `FLAGS (${[flags, ...keywords].join(' ')})`,
    `OK [PERMANENTFLAGS (${readOnly ? '' : session.permanentFlags})] permitted`,
    `${folder.messages.length} EXISTS`,
    '0 RECENT',
    `OK [UIDVALIDITY ${folder.uidValidity}] valid`,
    `OK [UIDNEXT ${folder.uidNext}] next`,
    session.can('CONDSTORE') ? `OK [HIGHESTMODSEQ ${folder.highestModseq}] highest` : '',
  ]
  await session.wire.write(
    lines
      .filter((line) => line !== '')
      .map((line) => `* ${line}\r\n`)
      .join(''),
  )
  session.selected = { folder, readOnly, exists: folder.messages.length }
  return `OK [READ-${readOnly ? 'ONLY' : 'WRITE'}] selected`
}

/** CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE. */
export function change(session: Session, verb: string, args: Args): string {
  const { mailbox } = session
  const name = args.string()
  if (name === null || name === '') return 'BAD no mailbox'
  const folder = mailbox.find(name)
  if (verb === 'CREATE') {
    if (folder !== undefined) return 'NO [ALREADYEXISTS] it exists'
    mailbox.create(name.endsWith(mailbox.separator) ? name.slice(0, -1) : name)
    return 'OK created'
  }
  if (folder === undefined) return verb === 'UNSUBSCRIBE' ? 'OK was not subscribed' : 'NO [NONEXISTENT] no such mailbox'
  if (verb === 'SUBSCRIBE' || verb === 'UNSUBSCRIBE') folder.subscribed = verb === 'SUBSCRIBE'
  else if (folder.name === 'INBOX') return 'NO [CANNOT] not the inbox'
  else mailbox.folders.delete(folder.name)
  if (verb === 'RENAME') {
    const to = args.string()
    if (to === null || mailbox.find(to) !== undefined) return 'NO [ALREADYEXISTS] it exists'
    mailbox.folders.set(to, { ...folder, name: to })
  }
  return 'OK done'
}
