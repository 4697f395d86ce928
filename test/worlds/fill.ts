import { encodeMailbox, quoted } from './modified-utf7.ts'
import type { PlannedFolder, PlannedMessage } from './messages.ts'
import { PlainImap } from './plain-imap.ts'
import type { Login } from './plain-imap.ts'

export const months: readonly string[] = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
]

/** RFC 9051 §9 date-time, in UTC, of seconds since 1970. */
export function internalDate(seconds: number): string {
  const at = new Date(seconds * 1000)
  const day = String(at.getUTCDate()).padStart(2, '0')
  return `${day}-${months[at.getUTCMonth()]}-${at.getUTCFullYear()} ${at.toISOString().slice(11, 19)} +0000`
}

/**
 * Stores the folders and their messages through IMAP, with their flags and dates: by MULTIAPPEND (RFC 3502) and LITERAL+
 * where the server has them, else one by one. Folders that exist are used as they are.
 */
export async function fill(login: Login, folders: readonly PlannedFolder[]): Promise<void> {
  await using client = await PlainImap.login(login)
  const told = (await client.must('CAPABILITY')).answers.map((answer) => answer.text.toUpperCase()).join(' ')
  const way = { literalPlus: / LITERAL\+( |$)/.test(told), multiAppend: / MULTIAPPEND( |$)/.test(told) }
  const space = await nameSpace(client)
  for (const { path, messages, subscribed } of folders) {
    const name = wireName(path, space)
    if (path.join('/').toUpperCase() !== 'INBOX') await createUnlessThere(client, name)
    for (const group of groups(messages, way.multiAppend ? 200 : 1)) {
      const parts = group.flatMap(({ flags, internalDate: at, content }) => [
        ` (${flags.join(' ')}) "${internalDate(at)}" `,
        content,
      ])
      await client.must([`APPEND ${name}`, ...parts], !way.literalPlus)
    }
    await client.must(`${subscribed ? 'SUBSCRIBE' : 'UNSUBSCRIBE'} ${name}`)
  }
}

/** The prefix and separator of the user's own folders (RFC 2342; RFC 9051 §6.3.10, LIST "" ""). */
export async function nameSpace(client: PlainImap): Promise<{ prefix: string; separator: string }> {
  const told = await client.command('NAMESPACE')
  const text = told.answers.map((answer) => answer.text).find((line) => /^\* NAMESPACE /i.test(line)) ?? ''
  const personal = /^\* NAMESPACE \(\("((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"/i.exec(text)
  if (personal) return { prefix: unquote(personal[1] ?? ''), separator: unquote(personal[2] ?? '/') }
  const root = (await client.must('LIST "" ""')).answers[0]?.text ?? ''
  return { prefix: '', separator: unquote(/"((?:[^"\\]|\\.)+)"/.exec(root)?.[1] ?? '/') }
}

export function unquote(text: string): string {
  return text.replace(/\\(.)/g, '$1')
}

/** A path as this server names it, quoted for the wire. */
export function wireName(path: readonly string[], space: { prefix: string; separator: string }): string {
  const name = path.map(encodeMailbox).join(space.separator)
  return quoted(path[0]?.toUpperCase() === 'INBOX' ? name : space.prefix + name)
}

async function createUnlessThere(client: PlainImap, name: string): Promise<void> {
  const created = await client.command(`CREATE ${name}`)
  if (created.status === 'OK' || /EXISTS/i.test(created.text)) return
  const status = await client.command(`STATUS ${name} (MESSAGES)`)
  if (status.status !== 'OK') throw new Error(`CREATE ${name}: ${created.status} ${created.text}`)
}

/** Groups of at most `most` messages and about 8 MB. */
function groups(messages: readonly PlannedMessage[], most: number): PlannedMessage[][] {
  const found: PlannedMessage[][] = []
  let group: PlannedMessage[] = []
  let bytes = 0
  for (const message of messages) {
    if (group.length >= most || (group.length > 0 && bytes + message.content.length > 8_000_000)) {
      found.push(group)
      group = []
      bytes = 0
    }
    group.push(message)
    bytes += message.content.length
  }
  if (group.length > 0) found.push(group)
  return found
}
