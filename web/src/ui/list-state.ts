/** Where one is in a list that the server sorts, searches and cuts into pages: all of it stands in the address. */
import { useLocation, useSearchParams } from 'react-router'

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
  /** Null: which one it was is not known. */
  readonly toPrevious: (() => void) | null
}

interface Place {
  readonly cursor: string
  readonly from: number
}
/** A cursor leads on only: the page from which each one was gone to, as long as this page of the browser is open. */
const pagesBefore = new Map<string, Place>()

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
  const { pathname } = useLocation()
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
  const here: Place = { cursor: get('cursor'), from: Number(get('from')) || 0 }
  /** The same cursor in a list that is sorted or filtered otherwise is another page. */
  const nameOf = (cursor: string): string => {
    const own = Array.from(parameters).filter(
      ([name]) =>
        (prefix === '' ? !name.includes('-') : name.startsWith(prefix)) &&
        name !== key('cursor') &&
        name !== key('from'),
    )
    // Beside the list without a prefix, panes open and close.
    return JSON.stringify([prefix === '' ? '' : pathname, own.toSorted(), cursor])
  }
  const goTo = ({ cursor, from }: Place) => change(from === 0 ? {} : { cursor, from: String(from) }, false)
  const previous = pagesBefore.get(nameOf(here.cursor))
  return {
    search: get('search'),
    sort,
    cursor: here.cursor || undefined,
    from: here.from,
    get,
    set: (name, value) => change({ [name]: value }, true),
    setAll: (values) => change(values, true),
    sortBy: (column) => change({ sort: sort === column ? `-${column}` : column }, true),
    toFirst: () => change({}, false),
    toNext: (cursor, from) => {
      // A double click comes before the next page is shown: it would be two steps back to this one.
      if (new URLSearchParams(window.location.search).get(key('cursor')) === cursor) return
      pagesBefore.set(nameOf(cursor), here)
      goTo({ cursor, from })
    },
    toPrevious: previous === undefined ? null : () => goTo(previous),
  }
}
