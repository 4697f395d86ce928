/** The data items of a FETCH response (RFC 9051 §7.5.2), in whatever order they come. */
import { GarbledError, type Item, MOST_UID, numberOf, textOf } from './tokens.ts'
import type { Untagged } from './response.ts'

export interface FetchItems {
  readonly uid: number | null
  /** As spelt. */
  readonly flags: readonly string[] | null
  /** INTERNALDATE as spelt. */
  readonly date: string | null
  /** RFC822.SIZE. */
  readonly bytes: number | null
  /** True when a body section was named, with or without a value. */
  readonly hasBody: boolean
  /** Null for NIL, and for a literal that went to a sink. */
  readonly body: Buffer | null
}

/** What most servers answer, in the order in which it was asked for. Half of the reading time would be words and lists. */
const USUAL =
  /^\* \d{1,10} FETCH \(UID (\d{1,10}) FLAGS \(([^()"{}[\]]{0,2000})\) INTERNALDATE "([^"\\]{0,40})" (?:RFC822\.SIZE (\d{1,15})\)|BODY\[\] \{\d{1,11}\})$/

function usualItems(text: string): FetchItems | null {
  const match = USUAL.exec(text)
  const uid = match ? Number(match[1]) : 0
  if (!match || uid > MOST_UID) return null
  const words = match[2]!
  const bytes = match[4] === undefined ? null : Number(match[4])
  const flags = words === '' ? [] : words.split(' ').filter((word) => word !== '')
  return { uid, flags, date: match[3]!, bytes, hasBody: bytes === null, body: null }
}

/** With `open` the text ends where a body literal begins. */
export function fetchItems(response: Untagged, open = false): FetchItems {
  // Without `open` a text that ends with a literal's length has more behind it.
  if (open || response.whole) {
    const usual = usualItems(response.tail)
    if (usual) return usual
  }
  const list = response.items(open)[0]
  if (!Array.isArray(list)) throw new GarbledError('a FETCH without its list')
  let uid: number | null = null
  let flags: string[] | null = null
  let date: string | null = null
  let bytes: number | null = null
  let hasBody = false
  let body: Buffer | null = null
  for (let i = 0; i < list.length; i += 2) {
    const key = list[i]
    const value = list[i + 1]
    if (typeof key !== 'string') throw new GarbledError('a FETCH item without a name')
    switch (key.toUpperCase()) {
      case 'UID':
        uid = numberOf(value, MOST_UID)
        break
      case 'FLAGS':
        flags = Array.isArray(value) ? atomsOf(value) : []
        break
      case 'INTERNALDATE':
        date = textOf(value)
        break
      case 'RFC822.SIZE':
        bytes = numberOf(value, Number.MAX_SAFE_INTEGER)
        break
      default:
        if (/^BODY\[/i.test(key)) {
          hasBody = true
          if (Buffer.isBuffer(value)) body = value
          else if (value !== undefined && value !== null) {
            const text = textOf(value)
            body = text === null ? null : Buffer.from(text, 'latin1')
          }
        }
    }
  }
  return { uid, flags, date, bytes, hasBody, body }
}

function atomsOf(list: readonly Item[]): string[] {
  const atoms: string[] = []
  for (const item of list) if (typeof item === 'string') atoms.push(item)
  return atoms
}
