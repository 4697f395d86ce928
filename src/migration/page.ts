/** Lists in pages. A cursor is opaque to callers; one that we did not give out is refused. */
import { badValue } from '#base/request-faults.ts'

export interface Sort<Key extends string> {
  readonly key: Key
  readonly isDescending: boolean
}

/** `name` or `-name`. @throws Fault VALUE_INVALID */
export function sortOf<Key extends string>(text: string | undefined, known: readonly Key[], standard: Key): Sort<Key> {
  if (text === undefined) return { key: standard, isDescending: false }
  const isDescending = text.startsWith('-')
  const name = isDescending ? text.slice(1) : text
  const key = known.find((one) => one.toLowerCase() === name.toLowerCase())
  if (!key) throw badValue('sort', `does not know "${name}"`, `Sort by one of ${known.join(', ')}.`)
  return { key, isDescending }
}

export const writeCursor = (place: readonly [string, string]) =>
  Buffer.from(JSON.stringify(place)).toString('base64url')

/** @throws Fault VALUE_INVALID */
export function readCursor(text: string | undefined): readonly [string, string] | null {
  if (text === undefined) return null
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (Array.isArray(parsed) && parsed.length === 2 && parsed.every((part) => typeof part === 'string')) {
      return [String(parsed[0]), String(parsed[1])]
    }
  } catch {
    // Told below.
  }
  throw badCursor()
}

/** Of places that are numbers. @throws Fault VALUE_INVALID */
export function readNumbers(text: string | undefined): readonly [number, number] | null {
  const place = readCursor(text)
  if (place === null) return null
  if (!place.every((part) => /^\d{1,15}$/.test(part))) throw badCursor()
  return [Number(place[0]), Number(place[1])]
}

/** One page of rows that were read with one more than `limit`, which says whether there is another page. */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (row: Row) => readonly [string | number, string | number],
): { readonly page: readonly Row[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  if (rows.length <= limit || last === undefined) return { page, nextCursor: null }
  const [one, other] = placeOf(last)
  return { page, nextCursor: writeCursor([String(one), String(other)]) }
}

export const badCursor = () =>
  badValue('cursor', 'is not one that was given out', 'Begin with the first page, without a cursor.')

/** A page of a short list: sorted by a text of each row, the id deciding between equals. */
export function pageOfRows<T>(
  rows: readonly T[],
  textOf: (row: T) => string,
  idOf: (row: T) => string,
  { isDescending }: Sort<string>,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): { items: T[]; nextCursor: string | null; total: number } {
  const after = readCursor(cursor)
  const order = (a: readonly [string, string], b: readonly [string, string]) => {
    const way = isDescending ? -1 : 1
    return way * (a[0] === b[0] ? (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0) : a[0] < b[0] ? -1 : 1)
  }
  const placed = rows
    .map((row) => ({ row, place: [textOf(row), idOf(row)] as const }))
    .sort((a, b) => order(a.place, b.place))
  const from = after === null ? placed : placed.filter(({ place }) => order(place, after) > 0)
  const page = from.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(({ row }) => row),
    nextCursor: from.length > limit && last ? writeCursor(last.place) : null,
    total: rows.length,
  }
}

interface NamedAsk {
  readonly sort?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
  /** Part of a name. */
  readonly search?: string | undefined
}

/**
 * Of rows that have a name: what is made or removed between two pages moves nothing.
 * @param sorts by what else than the name they may be sorted
 */
export function pageByName<Row extends { readonly id: string; readonly name_key: string }, Item>(
  rows: readonly Row[],
  ask: NamedAsk,
  toItem: (row: Row) => Item,
  sorts: Readonly<Record<string, (row: Row) => string>> = {},
): { items: Item[]; nextCursor: string | null; total: number } {
  const textOf = { name: (row: Row) => row.name_key, ...sorts }
  const sort = sortOf(ask.sort, Object.keys(textOf) as (keyof typeof textOf)[], 'name')
  const search = ask.search?.normalize('NFC').toLowerCase()
  const found = search === undefined ? rows : rows.filter(({ name_key: key }) => key.includes(search))
  const page = pageOfRows(found, textOf[sort.key], (row) => row.id, sort, ask)
  return { ...page, items: page.items.map(toItem) }
}

/** A number as a text that sorts like it. */
export const sortable = (value: number): string => String(value).padStart(16, '0')
