/** Migration > Batches: the list, its commands, and beside it the pane of the batch that is chosen. */
import { Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { useQuery } from '@tanstack/react-query'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import { formatNumber, formatPercent } from '../ui/format.ts'
import { ListPage } from '../ui/list-page.tsx'
import { useListState } from '../ui/list-state.ts'
import { type Column, ListTable } from '../ui/list-table.tsx'
import { Loading } from '../ui/loading.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { Pager } from '../ui/pager.tsx'
import { RefreshButton } from '../ui/refresh-button.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { BatchStatusBadge } from '../ui/status-badge.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { BatchCommands } from './batch-commands.tsx'
import { batchesQuery } from './batch-queries.ts'
import { FirstSteps } from './first-steps.tsx'
import { useRateColumns } from './rate-columns.tsx'

export function BatchesPage() {
  const words = useWords()
  const { batch: chosen } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  const mayChange = useMay('migration')
  const state = useListState('', 'identity')
  const batches = useQuery(batchesQuery(state))
  const columns = useColumns()
  usePageTitle(chosen ?? words.batches.title)
  const page = batches.data
  // A list that is empty for its search, or for its page, is not one without batches.
  const isEmpty = page?.total === 0 && state.search === '' && state.cursor === undefined && chosen === undefined
  const batch = page?.items.find(({ identity, batchGuid }) => identity === chosen || batchGuid === chosen)

  return (
    <ListPage
      title={words.batches.title}
      hasPane={chosen !== undefined}
      commands={
        <>
          {mayChange && (
            <Button appearance="primary" icon={<AddRegular />} onClick={() => void navigate(paths.newBatch())}>
              {words.batches.new}
            </Button>
          )}
          {mayChange && !isEmpty && <BatchCommands batch={batch ?? null} />}
          <RefreshButton />
        </>
      }
    >
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
            <ListTable
              label={words.batches.title}
              className="batches-table"
              columns={columns}
              items={page.items}
              state={state}
              keyOf={(item) => item.batchGuid}
              toOf={(item) => paths.batch(item.identity) + search}
              isChosen={(item) => item === batch}
            />
          )}
          <Pager state={state} page={page} />
        </>
      )}
    </ListPage>
  )
}

const COUNTS = ['totalCount', 'syncedCount', 'finalizedCount', 'failedCount'] as const

function useColumns(): readonly Column<MigrationBatch>[] {
  const { words, language } = useSpeech()
  const labels = words.batches.columns
  return [
    { name: 'identity', label: labels.identity, isSorted: true, show: ({ identity }) => identity },
    {
      name: 'status',
      label: labels.status,
      isSorted: true,
      show: ({ status }) => <BatchStatusBadge status={status} />,
    },
    {
      name: 'percentageSynced',
      label: labels.percentageSynced,
      isSorted: true,
      isNumber: true,
      show: ({ percentageSynced }) => formatPercent(language, percentageSynced),
    },
    ...COUNTS.map((name) => ({
      name,
      label: labels[name],
      isSorted: true,
      isNumber: true,
      show: (batch: MigrationBatch) => formatNumber(language, batch[name]),
    })),
    ...useRateColumns(),
  ]
}
