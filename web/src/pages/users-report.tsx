/** The users of a batch: fifty at a time, whatever the batch has. */
import {
  Label,
  Select,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  useId,
} from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import { STATUS_SUMMARIES } from '#contract/states.ts'
import { paths } from '../paths.ts'
import { formatNumber } from '../ui/format.ts'
import { useListState } from '../ui/list-state.ts'
import { Pager } from '../ui/pager.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { SortedHeader } from '../ui/sorted-header.tsx'
import { UserStatusBadge } from '../ui/status-badge.tsx'
import { useSpeech } from '../words/words.ts'
import { usersQuery } from './batch-queries.ts'

export function UsersReport({ batch }: { readonly batch: MigrationBatch }) {
  const { words, language } = useSpeech()
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
        <div className="scroll">
          <Table sortable size="small" aria-label={words.users.title} className="users-table">
            <TableHeader>
              <TableRow>
                <SortedHeader column="identity" label={words.users.columns.identity} state={state} />
                <SortedHeader column="status" label={words.users.columns.status} state={state} />
                <SortedHeader column="syncedItemCount" label={words.users.columns.syncedItems} state={state} isNumber />
                <SortedHeader
                  column="skippedItemCount"
                  label={words.users.columns.skippedItems}
                  state={state}
                  isNumber
                />
                <TableHeaderCell sortable={false}>{words.users.columns.error}</TableHeaderCell>
              </TableRow>
            </TableHeader>
            <TableBody>
              {page.items.map((user) => (
                <TableRow key={user.guid}>
                  <TableCell>
                    <Link to={paths.user(batch.identity, user.identity) + address}>{user.identity}</Link>
                  </TableCell>
                  <TableCell>
                    <UserStatusBadge status={user.status} />
                  </TableCell>
                  <TableCell className="number">
                    {user.estimatedTotalTransferCount === null
                      ? formatNumber(language, user.syncedItemCount)
                      : words.user.itemsOf(user.syncedItemCount, user.estimatedTotalTransferCount)}
                  </TableCell>
                  <TableCell className="number">{formatNumber(language, user.skippedItemCount)}</TableCell>
                  <TableCell className="wraps">
                    <span className="short-error">{user.errorSummary}</span>
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </div>
      )}
      {page !== undefined && <Pager state={state} page={page} />}
    </section>
  )
}
