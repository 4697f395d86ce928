/** Migration > Batches: the list, its commands, and beside it the pane of the batch that is chosen. */
import { Button, Table, TableBody, TableCell, TableHeader, TableRow, Toolbar } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Suspense } from 'react'
import { Link, Outlet, useLocation, useNavigate, useParams } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import { LIVE } from '../live.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import { formatNumber, formatPercent } from '../ui/format.ts'
import { useListState } from '../ui/list-state.ts'
import { usePageTitle } from '../ui/page-title.tsx'
import { Pager } from '../ui/pager.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { SortedHeader } from '../ui/sorted-header.tsx'
import { BatchStatusBadge } from '../ui/status-badge.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { BatchCommands } from './batch-commands.tsx'
import { batchesQuery } from './batch-queries.ts'
import { FirstSteps } from './first-steps.tsx'
import { Loading } from '../ui/loading.tsx'

const NUMBERS = ['percentageSynced', 'totalCount', 'syncedCount', 'finalizedCount', 'failedCount'] as const

export function BatchesPage() {
  const words = useWords()
  const { batch: chosen } = useParams()
  const navigate = useNavigate()
  const client = useQueryClient()
  const mayChange = useMay('migration')
  const state = useListState('', 'identity')
  const batches = useQuery(batchesQuery(state))
  usePageTitle(chosen ?? words.batches.title)
  const page = batches.data
  // A list that is empty for its search, or for its page, is not one without batches.
  const isEmpty = page?.total === 0 && state.search === '' && state.cursor === undefined && chosen === undefined
  const batch = page?.items.find(({ identity, batchGuid }) => identity === chosen || batchGuid === chosen)

  return (
    <div className={chosen === undefined ? 'batches' : 'batches with-pane'}>
      <div className="page batches-list">
        <h1>{words.batches.title}</h1>
        <Toolbar aria-label={words.batches.commands} className="commands">
          {mayChange && (
            <Button appearance="primary" icon={<AddRegular />} onClick={() => void navigate(paths.newBatch())}>
              {words.batches.new}
            </Button>
          )}
          {mayChange && !isEmpty && <BatchCommands batch={batch ?? null} />}
          <Button
            appearance="subtle"
            icon={<ArrowSyncRegular />}
            onClick={() => void client.invalidateQueries({ queryKey: [LIVE] })}
          >
            {words.batches.refresh}
          </Button>
        </Toolbar>
        <RefusalBar thrown={batches.error} />
        {batches.isPending && <Loading />}
        {isEmpty && <FirstSteps />}
        {page !== undefined && !isEmpty && (
          <>
            <div className="filters">
              <SearchField
                label={words.batches.search}
                value={state.search}
                onChange={(value) => state.set('search', value)}
              />
              <span aria-live="polite">{words.batches.count(page.total)}</span>
            </div>
            {page.items.length === 0 ? (
              <p>{words.batches.noneFound(state.search)}</p>
            ) : (
              <div className="scroll">
                <Table sortable size="small" aria-label={words.batches.title} className="batches-table">
                  <TableHeader>
                    <TableRow>
                      <SortedHeader column="identity" label={words.batches.columns.identity} state={state} />
                      <SortedHeader column="status" label={words.batches.columns.status} state={state} />
                      {NUMBERS.map((column) => (
                        <SortedHeader
                          key={column}
                          column={column}
                          label={words.batches.columns[column]}
                          state={state}
                          isNumber
                        />
                      ))}
                    </TableRow>
                  </TableHeader>
                  <TableBody>
                    {page.items.map((item) => (
                      <BatchRow key={item.batchGuid} batch={item} isChosen={item === batch} />
                    ))}
                  </TableBody>
                </Table>
              </div>
            )}
            <Pager state={state} page={page} />
          </>
        )}
      </div>
      {chosen !== undefined && (
        <Suspense>
          <Outlet />
        </Suspense>
      )}
    </div>
  )
}

function BatchRow({ batch, isChosen }: { readonly batch: MigrationBatch; readonly isChosen: boolean }) {
  const { language } = useSpeech()
  const { search } = useLocation()
  const navigate = useNavigate()
  const to = paths.batch(batch.identity) + search
  return (
    <TableRow className={isChosen ? 'row chosen' : 'row'} onClick={() => void navigate(to)}>
      <TableCell>
        <Link to={to} aria-current={isChosen} onClick={(event) => event.stopPropagation()}>
          {batch.identity}
        </Link>
      </TableCell>
      <TableCell>
        <BatchStatusBadge status={batch.status} />
      </TableCell>
      <TableCell className="number">{formatPercent(language, batch.percentageSynced)}</TableCell>
      {NUMBERS.slice(1).map((column) => (
        <TableCell key={column} className="number">
          {formatNumber(language, batch[column])}
        </TableCell>
      ))}
    </TableRow>
  )
}
