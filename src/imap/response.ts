/** One response of a server, looked at as far as its reader needs. */
import { type Item, readItems } from './tokens.ts'

const STATUSES = ['OK', 'NO', 'BAD', 'BYE', 'PREAUTH'] as const

/** What an OK, NO, BAD, BYE or PREAUTH says (RFC 9051 §7.1). */
export interface StatusText {
  readonly status: (typeof STATUSES)[number]
  /** Response code, upper case, without brackets and arguments; '' when none. */
  readonly code: string
  /** What follows the code within the brackets. */
  readonly args: string
  readonly text: string
}

export function statusText(rest: string): StatusText | null {
  const match = /^(OK|NO|BAD|BYE|PREAUTH)(?: (?:\[([^\s\]]+)(?: ([^\]]*))?\] ?)?(.*))?$/is.exec(rest)
  const word = match?.[1]?.toUpperCase()
  const status = STATUSES.find((one) => one === word)
  if (!match || !status) return null
  return {
    status,
    code: (match[2] ?? '').toUpperCase(),
    args: match[3] ?? '',
    text: match[4] ?? '',
  }
}

/** An untagged response: `* 5 FETCH (…)`, `* LIST …`, `* OK [UIDNEXT 4] …`. */
export class Untagged {
  readonly word: string
  /** The number before the word; null when there is none. */
  readonly number: number | null
  readonly #pieces: readonly string[]
  readonly #literals: readonly (Buffer | null)[]
  readonly #from: number

  constructor(pieces: readonly string[], literals: readonly (Buffer | null)[]) {
    const text = pieces[0]!
    let from = 2
    let end = wordEnd(text, from)
    let number: number | null = null
    const first = text.charCodeAt(from)
    if (first >= 0x30 && first <= 0x39) {
      number = Number(text.slice(from, end))
      from = end + 1
      end = wordEnd(text, from)
    }
    this.number = number
    this.word = text.slice(from, end).toUpperCase()
    this.#pieces = pieces
    this.#literals = literals
    this.#from = end
  }

  /** The words after the first; with `open` of a response whose end has not come. Throws GarbledError. */
  items(open = false): Item[] {
    return readItems(this.#pieces, this.#literals, this.#from, open)
  }

  /** True when it holds no literal. */
  get whole(): boolean {
    return this.#pieces.length === 1
  }

  /** What follows the last literal; the whole text when there is none. */
  get tail(): string {
    return this.#pieces.at(-1)!
  }

  status(): StatusText | null {
    return statusText(this.#pieces[0]!.slice(2))
  }

  get bytes(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.length + 2, 0)
  }
}

function wordEnd(text: string, from: number): number {
  const end = text.indexOf(' ', from)
  return end < 0 ? text.length : end
}
