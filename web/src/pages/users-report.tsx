/** The users of a batch: fifty at a time, whatever the batch has. */
import { Label, Select, useId } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import { STATUS_SUMMARIES } from '#contract/states.ts'
import type { MigrationUser } from '#contract/user.ts'
import { paths } from '../paths.ts'
import { formatNumber } from '../ui/format.ts'
import { useListState } from '../ui/list-state.ts'
import { type Column, ListTable } from '../ui/list-table.tsx'
import { Pager } from '../ui/pager.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { UserStatusBadge } from '../ui/status-badge.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { usersQuery } from './batch-queries.ts'

export function UsersReport({ batch }: { readonly batch: MigrationBatch }) {
  const words = useWords()
  const columns = useColumns()
  const { search: address } = useLocation()
  const state = useListState('users-', 'identity')
  const summary = STATUS_SUMMARIES.find((one) => one === state.get('show')) ?? null
  const { data: page, error } = useQuery(usersQuery(batch.identity, summary, state))
  const filterId = useId()
  return (
    <section aria-label={words.users.title}>
      <h3>{words.users.title}</h3>
      <RefusalBar thrown={error} />
      <div className="filters">
        <SearchField label={words.users.search} value={state.search} onChange={(value) => state.set('search', value)} />
        <span className="filter">
          <Label htmlFor={filterId}>{words.users.filter}</Label>
          <Select id={filterId} value={summary ?? ''} onChange={(_, { value }) => state.set('show', value)}>
            <option value="">{words.users.all}</option>
            {STATUS_SUMMARIES.map((one) => (
              <option key={one} value={one}>
                {words.statusSummary[one]}
              </option>
            ))}
          </Select>
        </span>
        {page !== undefined && <span aria-live="polite">{words.users.count(page.total)}</span>}
      </div>
      {page?.items.length === 0 && <p>{words.users.none}</p>}
      {page !== undefined && page.items.length > 0 && (
        <ListTable
          label={words.users.title}
          className="users-table"
          columns={columns}
          items={page.items}
          state={state}
          keyOf={(user) => user.guid}
          toOf={(user) => paths.user(batch.identity, user.identity) + address}
        />
      )}
      {page !== undefined && <Pager state={state} page={page} />}
    </section>
  )
}

function useColumns(): readonly Column<MigrationUser>[] {
  const { words, language } = useSpeech()
  const labels = words.users.columns
  return [
    { name: 'identity', label: labels.identity, isSorted: true, show: ({ identity }) => identity },
    { name: 'status', label: labels.status, isSorted: true, show: ({ status }) => <UserStatusBadge status={status} /> },
    {
      name: 'syncedItemCount',
      label: labels.syncedItems,
      isSorted: true,
      isNumber: true,
      show: ({ syncedItemCount, estimatedTotalTransferCount }) =>
        estimatedTotalTransferCount === null
          ? formatNumber(language, syncedItemCount)
          : words.user.itemsOf(syncedItemCount, estimatedTotalTransferCount),
    },
    {
      name: 'skippedItemCount',
      label: labels.skippedItems,
      isSorted: true,
      isNumber: true,
      show: ({ skippedItemCount }) => formatNumber(language, skippedItemCount),
    },
    {
      name: 'error',
      label: labels.error,
      wraps: true,
      show: ({ errorSummary }) => <span className="short-error">{errorSummary}</span>,
    },
  ]
}
