import { internalDate } from '#test/worlds/fill.ts'
import type { Lie } from './faults.ts'
import type { SmallFolder, SmallMessage } from './store.ts'
import type { Wire } from './wire.ts'

/** True for what a sequence set (RFC 9051 §9) names; `*` is `last`. */
export function inSet(set: string, last: number): (n: number) => boolean {
  const ranges = set.split(',').map((part) => {
    const [from = '0', to = from] = part.split(':')
    const [a, b] = [from, to].map((end) => (end === '*' ? last : Number(end)))
    return [Math.min(a ?? 0, b ?? 0), Math.max(a ?? 0, b ?? 0)] as const
  })
  return (n) => ranges.some(([from, to]) => n >= from && n <= to)
}

/** The messages that a set names, each with its sequence number. */
export function chosen(folder: SmallFolder, set: string, byUid: boolean): { message: SmallMessage; n: number }[] {
  const last = byUid ? (folder.messages.at(-1)?.uid ?? 0) : folder.messages.length
  const wanted = inSet(set, last)
  return folder.messages
    .map((message, i) => ({ message, n: i + 1 }))
    .filter(({ message, n }) => wanted(byUid ? message.uid : n))
}

/** Answers one message of a FETCH (RFC 9051 §7.5.2); items in the order of `items`. Unknown ones return false. */
export async function writeFetch(
  wire: Wire,
  { message, n }: { message: SmallMessage; n: number },
  items: readonly string[],
  lie: Lie,
): Promise<boolean> {
  if (lie.omit === true) return true
  let text = `* ${n} FETCH (`
  for (const [i, item] of items.entries()) {
    if (i > 0) text += ' '
    const section = /^(?:BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?|RFC822)$/i.exec(item)
    if (section) {
      const [, what = '', from, count] = section
      const part = cut(message.content, what.toUpperCase())
      if (part === null) return false
      const bytes = from === undefined ? part : part.subarray(Number(from), Number(from) + Number(count))
      text += `BODY[${what}]${from === undefined ? '' : `<${from}>`} `
      if (lie.nil === true && what === '') {
        text += 'NIL'
        continue
      }
      await wire.write(`${text}{${what === '' ? (lie.announce ?? bytes.length) : bytes.length}}\r\n`)
      text = ''
      if (lie.cutAfterBytes !== undefined && what === '') {
        await wire.write(bytes.subarray(0, lie.cutAfterBytes))
        wire.end()
        await wire.stall()
      }
      await wire.write(bytes)
      continue
    }
    const value = simple(item.toUpperCase(), message, lie)
    if (value === null) return false
    text += value
  }
  await wire.write(`${text})\r\n`)
  return true
}

function simple(item: string, message: SmallMessage, lie: Lie): string | null {
  switch (item) {
    case 'UID':
      return `UID ${message.uid}`
    case 'FLAGS':
      return `FLAGS (${message.flags.join(' ')})`
    case 'INTERNALDATE':
      return `INTERNALDATE "${internalDate(message.internalDate)}"`
    case 'RFC822.SIZE':
      return `RFC822.SIZE ${lie.size ?? message.content.length}`
    case 'MODSEQ':
      return `MODSEQ (${message.modseq})`
    default:
      return null
  }
}

/** The sections that we know: all, HEADER, TEXT, HEADER.FIELDS (…). */
function cut(content: Buffer, section: string): Buffer | null {
  if (section === '') return content
  const gap = content.indexOf('\r\n\r\n')
  const end = content.subarray(0, 2).toString() === '\r\n' ? 2 : gap < 0 ? content.length : gap + 4
  if (section === 'HEADER') return content.subarray(0, end)
  if (section === 'TEXT') return content.subarray(end)
  const names = /^HEADER\.FIELDS \(([^)]*)\)$/.exec(section)?.[1]?.split(' ')
  if (names === undefined) return null
  const fields = content.toString('latin1', 0, end).split(/\r\n(?![ \t])/)
  const kept = fields.filter((field) => names.includes(field.split(':')[0]?.trim().toUpperCase() ?? ''))
  return Buffer.from([...kept, '', ''].join('\r\n'), 'latin1')
}

/** Splits `(UID FLAGS BODY.PEEK[HEADER.FIELDS (A B)])` into its items. */
export function fetchItems(text: string): string[] {
  const inner = text.trim().replace(/^\((.*)\)$/s, '$1')
  return inner.match(/[A-Z0-9.]+\[[^\]]*\](?:<[\d.]+>)?|[^\s()]+/gi) ?? []
}
