import { createHash } from 'node:crypto'
import { months, nameSpace, unquote } from './fill.ts'
import { decodeMailbox, quoted } from './modified-utf7.ts'
import { PlainImap } from './plain-imap.ts'
import type { Answer, Login } from './plain-imap.ts'

export interface SnapshotMessage {
  /** The UID, or the file's path. */
  readonly key: string
  /** Of what BODY.PEEK[] answers, or of the file. */
  readonly sha256: string
  readonly size: number
  /** Seconds since 1970. */
  readonly internalDate: number
  /** Sorted, without `\Recent`. */
  readonly flags: readonly string[]
  /** The first bytes, to name the message when it differs. */
  readonly head: string
}

export interface Snapshot {
  /** Folder path, levels joined by `/`, without the namespace's prefix; the inbox is `INBOX`. Selectable folders only. */
  readonly folders: ReadonlyMap<string, readonly SnapshotMessage[]>
  readonly subscriptions: ReadonlySet<string>
}

/** Reads a whole mailbox with EXAMINE and BODY.PEEK[]: folders, subscriptions, and every message by its digest. */
export async function snapshot(login: Login): Promise<Snapshot> {
  await using client = await PlainImap.login(login)
  const space = await nameSpace(client)
  const readable = (wire: string) => {
    const own = wire.startsWith(space.prefix) ? wire.slice(space.prefix.length) : wire
    const path = own.split(space.separator).map(decodeMailbox)
    if (path[0]?.toUpperCase() === 'INBOX') path[0] = 'INBOX'
    return path.join('/')
  }
  const folders = new Map<string, SnapshotMessage[]>()
  for (const { wire, attributes } of listed((await client.must('LIST "" "*"')).answers)) {
    if (/\\(Noselect|NonExistent)/i.test(attributes)) continue
    await client.must(`EXAMINE ${quoted(wire)}`)
    const messages: SnapshotMessage[] = []
    // In windows, so that a large folder does not have to fit into memory.
    const uids = (await client.must('UID SEARCH ALL')).answers.flatMap(({ text }) =>
      /^\* SEARCH/i.test(text) ? (text.match(/\d+/g) ?? []) : [],
    )
    for (let at = 0; at < uids.length; at += 500) {
      const range = `${uids[at]}:${uids[Math.min(at + 500, uids.length) - 1]}`
      const { answers } = await client.must(`UID FETCH ${range} (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])`)
      messages.push(...answers.flatMap(fetched))
    }
    folders.set(readable(wire), messages)
  }
  const subscribed = listed((await client.must('LSUB "" "*"')).answers)
  const real = subscribed.filter(({ attributes }) => !/\\Noselect/i.test(attributes))
  return { folders, subscriptions: new Set(real.map(({ wire }) => readable(wire))) }
}

function listed(answers: readonly Answer[]): { wire: string; attributes: string }[] {
  return answers.flatMap(({ text, literals }) => {
    const match = /^\* (?:LIST|LSUB) \(([^)]*)\) (?:"(?:[^"\\]|\\.)*"|NIL) (.*)$/i.exec(text)
    if (!match) return []
    const name = match[2] ?? ''
    const wire = literals[0]?.toString('latin1') ?? (name.startsWith('"') ? unquote(name.slice(1, -1)) : name)
    return [{ wire, attributes: match[1] ?? '' }]
  })
}

function fetched({ text, literals }: Answer): SnapshotMessage[] {
  const uid = /\bUID (\d+)/.exec(text)?.[1]
  const flags = /FLAGS \(([^)]*)\)/.exec(text)?.[1]
  const date = /INTERNALDATE "([^"]+)"/.exec(text)?.[1]
  if (!/^\* \d+ FETCH/i.test(text) || uid === undefined || flags === undefined || date === undefined) return []
  // A body of no or few bytes may come as a quoted string or NIL.
  const body = literals[0] ?? Buffer.from(unquote(/BODY\[\] "((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? ''), 'latin1')
  return [
    {
      key: uid,
      sha256: createHash('sha256').update(body).digest('hex'),
      size: body.length,
      internalDate: epochSeconds(date),
      flags: flags
        .split(' ')
        .filter((flag) => flag !== '' && flag !== '\\Recent')
        .sort(),
      head: body.toString('latin1', 0, 400),
    },
  ]
}

/** RFC 9051 §9 date-time as seconds since 1970. */
function epochSeconds(text: string): number {
  const match = /^\s*(\d+)-(\w+)-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text)
  if (!match) throw new Error(`no INTERNALDATE: ${text}`)
  const [, day, month, year, hours, minutes, seconds, sign, zoneHours, zoneMinutes] = match
  const utc = Date.UTC(
    Number(year),
    months.indexOf(month ?? ''),
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
  )
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60 * (sign === '-' ? -1 : 1)
  return utc / 1000 - zone
}
