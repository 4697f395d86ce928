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

/** With `open` the text ends where a body literal begins. */
export function fetchItems(response: Untagged, open = false): FetchItems {
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
