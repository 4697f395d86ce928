/** Lists that are short enough to be read whole, handed out in pages by name. */
import { badValue } from '#base/request-faults.ts'

interface Named {
  readonly name_key: string
}

export interface PageAsk {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly sort?: string | undefined
}

/** The cursor is the last name of a page: what is made or removed in between moves nothing. */
export function pageByName<Row extends Named, Item>(
  rows: readonly Row[],
  { limit, cursor, sort = 'name' }: PageAsk,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null; total: number } {
  if (sort !== 'name' && sort !== '-name') throw badValue('sort', 'can be name or -name')
  const direction = sort === 'name' ? 1 : -1
  const after = cursor === undefined ? null : decode(cursor)
  const order = (a: string, b: string) => (a < b ? -direction : a > b ? direction : 0)
  const left = rows
    .filter(({ name_key: key }) => after === null || order(key, after) > 0)
    .toSorted((a, b) => order(a.name_key, b.name_key))
  const page = left.slice(0, limit)
  const nextCursor = left.length > limit ? Buffer.from(page.at(-1)!.name_key).toString('base64url') : null
  return { items: page.map(toItem), nextCursor, total: rows.length }
}

function decode(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url')
  if (cursor === '' || key.toString('base64url') !== cursor) {
    throw badValue('cursor', 'is not one that this list gave', 'Begin again without a cursor.')
  }
  return key.toString('utf8')
}
