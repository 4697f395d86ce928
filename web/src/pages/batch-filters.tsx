/** What of the list is shown: by name, status and endpoint, all of it in the address. */
import { Button } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { BATCH_STATUSES, type BatchStatus } from '#contract/states.ts'
import { FilterSelect } from '../ui/filter-select.tsx'
import type { ListState } from '../ui/list-state.ts'
import { SearchField } from '../ui/search-field.tsx'
import { useWords } from '../words/words.ts'
import { endpointsQuery } from './batch-queries.ts'

export interface BatchFilter {
  readonly status: BatchStatus | null
  readonly endpoint: string | null
}

export const filterOf = ({ get }: ListState): BatchFilter => ({
  status: BATCH_STATUSES.find((one) => one === get('status')) ?? null,
  endpoint: get('endpoint') || null,
})

export const isFiltered = (state: ListState): boolean =>
  state.search !== '' || state.get('status') !== '' || state.get('endpoint') !== ''

export function BatchFilters({ state }: { readonly state: ListState }) {
  const words = useWords()
  const { status, endpoint } = filterOf(state)
  const { data } = useQuery(endpointsQuery)
  const endpoints = data?.items.map(({ identity }) => identity) ?? []
  // One that is in the address and is not there any more is said to be chosen all the same.
  const names = endpoint === null || endpoints.includes(endpoint) ? endpoints : [endpoint, ...endpoints]
  return (
    <>
      <SearchField label={words.batches.search} value={state.search} onChange={(value) => state.set('search', value)} />
      <FilterSelect
        label={words.batches.columns.status}
        value={status ?? ''}
        onChange={(value) => state.set('status', value)}
      >
        <option value="">{words.batches.allStatuses}</option>
        {BATCH_STATUSES.map((one) => (
          <option key={one} value={one}>
            {words.batchStatus[one]}
          </option>
        ))}
      </FilterSelect>
      <FilterSelect
        label={words.batches.endpoint}
        value={endpoint ?? ''}
        onChange={(value) => state.set('endpoint', value)}
      >
        <option value="">{words.batches.allEndpoints}</option>
        {names.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </FilterSelect>
      {isFiltered(state) && <ClearFilters state={state} />}
    </>
  )
}

export function ClearFilters({ state }: { readonly state: ListState }) {
  const words = useWords()
  return (
    <Button size="small" onClick={() => state.setAll({ search: '', status: '', endpoint: '' })}>
      {words.batches.clearFilters}
    </Button>
  )
}
