/** Where one is in a list that the server sorts, searches and cuts into pages: all of it stands in the address. */
import { useSearchParams } from 'react-router'

export interface ListState {
  readonly search: string
  /** `name`, or `-name` for descending. */
  readonly sort: string
  readonly cursor: string | undefined
  /** How many rows are before this page. */
  readonly from: number
  get(name: string): string
  /** Of a filter or the search: begins with the first page. */
  set(name: string, value: string): void
  /** Several at once. */
  setAll(values: Readonly<Record<string, string>>): void
  sortBy(column: string): void
  toFirst(): void
  toNext(cursor: string, from: number): void
}

/** Of all lists in an address: which of them has a cursor that is not known, nobody says. */
export function firstPages(before: URLSearchParams): URLSearchParams {
  const after = new URLSearchParams(before)
  for (const name of before.keys()) {
    if (!name.endsWith('cursor')) continue
    after.delete(name)
    after.delete(`${name.slice(0, -'cursor'.length)}from`)
  }
  return after
}

/** @param prefix of two lists in one address */
export function useListState(prefix: string, standardSort: string): ListState {
  const [parameters, setParameters] = useSearchParams()
  const key = (name: string) => prefix + name
  const change = (values: Readonly<Record<string, string>>, replace: boolean) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before)
        for (const [name, value] of Object.entries({ cursor: '', from: '', ...values })) {
          if (value === '') after.delete(key(name))
          else after.set(key(name), value)
        }
        return after
      },
      { replace },
    )
  const get = (name: string) => parameters.get(key(name)) ?? ''
  const sort = get('sort') || standardSort
  return {
    search: get('search'),
    sort,
    cursor: get('cursor') || undefined,
    from: Number(get('from')) || 0,
    get,
    set: (name, value) => change({ [name]: value }, true),
    setAll: (values) => change(values, true),
    sortBy: (column) => change({ sort: sort === column ? `-${column}` : column }, true),
    toFirst: () => change({}, false),
    toNext: (cursor, from) => change({ cursor, from: String(from) }, false),
  }
}
