/**
 * The words of one response (RFC 9051 §9). A response is text pieces with literals between them: piece k ends
 * with the `{n}` of literal k. Text is latin1, one char per octet.
 */

/** A quoted string, told apart from the atom of the same letters: `"NIL"` is not NIL. */
export class Quoted {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** An atom, a quoted string, a literal, a literal that went elsewhere (null), or a list. */
export type Item = string | Quoted | Buffer | null | Item[]

export class GarbledError extends Error {}

/** Deeper than anything we ask for; a server cannot make us recurse. */
const DEEPEST = 16
const MOST_ITEMS = 20_000

const SPACE = 0x20
const OPEN = 0x28
const CLOSE = 0x29
const QUOTE = 0x22
const BRACE = 0x7b

/**
 * Reads items from `from` of the first piece on. With `open` the text may end inside lists: those read so far
 * are answered as if closed.
 */
export function readItems(
  pieces: readonly string[],
  literals: readonly (Buffer | null)[],
  from: number,
  open = false,
): Item[] {
  const top: Item[] = []
  const outer: Item[][] = []
  let list = top
  let count = 0
  for (let k = 0; k < pieces.length; k++) {
    const text = pieces[k]!
    const end = text.length
    let i = k === 0 ? from : 0
    while (i < end) {
      const c = text.charCodeAt(i)
      if (c === SPACE) {
        i++
        continue
      }
      if (c === CLOSE) {
        const parent = outer.pop()
        if (!parent) throw new GarbledError('a closing parenthesis too many')
        list = parent
        i++
        continue
      }
      if (++count > MOST_ITEMS) throw new GarbledError('a response of too many words')
      if (c === OPEN) {
        if (outer.length >= DEEPEST) throw new GarbledError('parentheses too deep')
        const inner: Item[] = []
        list.push(inner)
        outer.push(list)
        list = inner
        i++
      } else if (c === QUOTE) {
        const stop = closingQuote(text, i + 1)
        const inside = text.slice(i + 1, stop)
        list.push(new Quoted(inside.includes('\\') ? inside.replace(/\\(.)/gs, '$1') : inside))
        i = stop + 1
      } else if (c === BRACE && k < pieces.length - 1 && text.indexOf('}', i) === end - 1) {
        list.push(literals[k] ?? null)
        i = end
      } else {
        const stop = atomEnd(text, i)
        const atom = text.slice(i, stop)
        // literal8 (RFC 9051): `~{n}`.
        if (!(atom === '~' && text.charCodeAt(stop) === BRACE)) list.push(atom)
        i = stop
      }
    }
  }
  if (outer.length > 0 && !open) throw new GarbledError('a parenthesis that nothing closes')
  return top
}

function closingQuote(text: string, from: number): number {
  for (let i = from; ; i++) {
    const stop = text.indexOf('"', i)
    if (stop < 0) throw new GarbledError('a quoted string without its end')
    let slashes = 0
    while (stop - slashes - 1 >= from && text.charCodeAt(stop - slashes - 1) === 0x5c) slashes++
    if (slashes % 2 === 0) return stop
    i = stop
  }
}

function atomEnd(text: string, from: number): number {
  let i = from
  while (i < text.length) {
    const c = text.charCodeAt(i)
    if (c === SPACE || c === OPEN || c === CLOSE || c === QUOTE) break
    if (c === BRACE && i > from) break
    // BODY[HEADER.FIELDS (A B)]<0>: a section holds blanks and parentheses.
    if (c === 0x5b && (i - from === 4 || i - from === 6)) {
      const close = text.indexOf(']', i)
      if (close > 0) i = close
    }
    i++
  }
  return i === from ? from + 1 : i
}

/** An atom, quoted string or literal as octets in latin1; null for NIL and lists. */
export function textOf(item: Item | undefined): string | null {
  if (typeof item === 'string') return item.toUpperCase() === 'NIL' ? null : item
  if (item instanceof Quoted) return item.text
  if (Buffer.isBuffer(item)) return item.toString('latin1')
  return null
}

/** A number of at most `most`; null for anything else. */
export function numberOf(item: Item | undefined, most: number): number | null {
  if (typeof item !== 'string' || !/^\d{1,16}$/.test(item)) return null
  const value = Number(item)
  return value <= most ? value : null
}

export const MOST_UID = 0xffff_ffff
