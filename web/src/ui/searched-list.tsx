/** A list that the service searches, sorts and cuts into pages: its search, how many there are, its rows, its pages. */
import type { ReactNode } from 'react'
import { ListTable, type ListTableProps } from './list-table.tsx'
import { Loading } from './loading.tsx'
import { Pager } from './pager.tsx'
import { RefusalBar } from './refusal-bar.tsx'
import { SearchField } from './search-field.tsx'

export interface SearchedListProps<Item> extends Omit<ListTableProps<Item>, 'label' | 'items' | 'selection'> {
  readonly words: {
    readonly title: string
    readonly count: (count: number) => string
    /** Where it can be searched. */
    readonly search?: string
    readonly noneFound?: (search: string) => string
  }
  /** Instead of an empty list that was not searched. */
  readonly empty: ReactNode
  readonly query: {
    readonly data:
      | { readonly items: readonly Item[]; readonly nextCursor: string | null; readonly total: number }
      | undefined
    readonly error: Error | null
    readonly isPending: boolean
  }
  /** Beside the search. */
  readonly filters?: ReactNode
}

export function SearchedList<Item>({
  words,
  empty,
  query: { data: page, error, isPending },
  filters,
  ...table
}: SearchedListProps<Item>) {
  const { state } = table
  return (
    <>
      <RefusalBar thrown={error} />
      {isPending && <Loading />}
      {page !== undefined && (
        <>
          <div className="filters">
            {words.search !== undefined && (
              <SearchField label={words.search} value={state.search} onChange={(value) => state.set('search', value)} />
            )}
            {filters}
            <span aria-live="polite">{words.count(page.total)}</span>
          </div>
          {page.items.length === 0 ? (
            <p>{state.search === '' || words.noneFound === undefined ? empty : words.noneFound(state.search)}</p>
          ) : (
            <ListTable label={words.title} items={page.items} {...table} />
          )}
          <Pager state={state} page={page} />
        </>
      )}
    </>
  )
}
