/** Migration > Batches: the list, its commands, and beside it the pane of the batch that is chosen. */
import { Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { ArrowCircleUpFilled } from '@fluentui/react-icons/svg/arrow-circle-up'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useState } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import { isNotThere } from '../api.ts'
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
import { BatchStatusBadge } from '../ui/status-badge.tsx'
import { useSteadyRows } from '../ui/steady-rows.ts'
import { useTell } from '../ui/toasts.tsx'
import { translated } from '../words/said.ts'
import { useSpeech, useWords } from '../words/words.ts'
import { AskBatches } from './ask-batches.tsx'
import { reasonAgainstAll } from './batch-command.ts'
import { BatchCommands, useAfterDeletion } from './batch-commands.tsx'
import { BatchFilters, filterOf, isFiltered } from './batch-filters.tsx'
import { batchQuery, batchesQuery } from './batch-queries.ts'
import { FirstSteps } from './first-steps.tsx'
import { useRateColumns } from './rate-columns.tsx'
import { StatusForAll } from './status-for-all.tsx'

export function BatchesPage() {
  const words = useWords()
  const { batch: chosen } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  const tell = useTell()
  const mayChange = useMay('migration')
  const state = useListState('', 'identity')
  const filter = filterOf(state)
  const batches = useQuery(batchesQuery({ ...state, ...filter }))
  // The one that is open, wherever it stands: on this page of the list, on another one, or filtered out.
  const opened = useQuery({ ...batchQuery(chosen ?? ''), enabled: chosen !== undefined })
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [deleting, setDeleting] = useState<readonly MigrationBatch[] | null>(null)
  const left = useAfterDeletion()
  const columns = useColumns()
  usePageTitle(chosen ?? words.batches.title)
  const page = batches.data
  const list = JSON.stringify([state.search, state.sort, state.cursor, filter])
  const { rows, isStale, sortAnew } = useSteadyRows(page?.items ?? NOTHING, guidOf, list, batches.isPlaceholderData)
  // A list that is empty for its filters, or for its page, is not one without batches.
  const isEmpty = page?.total === 0 && !isFiltered(state) && state.cursor === undefined && chosen === undefined
  const isOpen = ({ identity, batchGuid }: MigrationBatch) => identity === chosen || batchGuid === chosen
  const open = rows.find(isOpen) ?? (chosen === undefined || isNotThere(opened.error) ? undefined : opened.data)
  const several = rows.filter(({ batchGuid }) => ticked.has(batchGuid))
  const targets = several.length > 0 ? several : open === undefined ? [] : [open]

  const onKey = (batch: MigrationBatch, { key }: KeyboardEvent) => {
    if (key !== 'Delete' || !mayChange) return
    const meant = several.includes(batch) ? several : [batch]
    const reason = reasonAgainstAll(words, 'remove', meant)
    if (reason === null) setDeleting(meant)
    else tell.failed(new Error(`${batch.identity}: ${translated(reason)}`), words.notReached)
  }

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
          {mayChange && !isEmpty ? (
            <BatchCommands batches={targets} between={<RefreshButton onPress={sortAnew} />} />
          ) : (
            <RefreshButton onPress={sortAnew} />
          )}
        </>
      }
    >
      <RefusalBar thrown={batches.error} />
      {batches.isPending && <Loading />}
      {isEmpty && <FirstSteps />}
      {!isEmpty && page !== undefined && <StatusForAll />}
      {!isEmpty && (page !== undefined || batches.error !== null) && (
        <div className="filters">
          <BatchFilters state={state} />
        </div>
      )}
      {page !== undefined && !isEmpty && (
        <>
          <div className="count-line">
            <span aria-live="polite">{words.batches.count(page.total)}</span>
            {several.length > 0 && (
              <>
                <strong>{words.batches.ticked(several.length)}</strong>
                <Button size="small" appearance="subtle" onClick={() => setTicked(new Set())}>
                  {words.batches.tickNone}
                </Button>
              </>
            )}
            {isStale && (
              <Button size="small" appearance="subtle" title={words.batches.staleHint} onClick={sortAnew}>
                {words.batches.sortAnew}
              </Button>
            )}
            {open !== undefined && !rows.some(isOpen) && (
              <>
                <span>{words.batches.elsewhere(open.identity)}</span>
                <Button
                  size="small"
                  appearance="subtle"
                  onClick={() => state.setAll({ search: open.identity, status: '', endpoint: '' })}
                >
                  {words.batches.showIt}
                </Button>
              </>
            )}
          </div>
          {rows.length === 0 ? (
            <p>
              {state.search !== '' && filter.status === null && filter.endpoint === null
                ? words.batches.noneFound(state.search)
                : isFiltered(state)
                  ? words.batches.noneMatch
                  : words.batches.pageEmpty}
            </p>
          ) : (
            <ListTable
              label={words.batches.title}
              className={mayChange ? 'batches-table ticks-table' : 'batches-table'}
              columns={columns}
              items={rows}
              state={state}
              keyOf={guidOf}
              toOf={(item) => paths.batch(item.identity) + search}
              isChosen={isOpen}
              {...(mayChange && {
                selection: {
                  keys: ticked,
                  label: words.batches.tickAll,
                  nameOf: ({ identity }: MigrationBatch) => identity,
                  change: setTicked,
                },
              })}
              onKey={onKey}
            />
          )}
          <Pager state={state} page={page} />
        </>
      )}
      {deleting !== null && (
        <AskBatches
          command="remove"
          batches={deleting}
          onEnd={(done) => {
            setDeleting(null)
            left(done)
          }}
        />
      )}
    </ListPage>
  )
}

const NOTHING: readonly MigrationBatch[] = []
const guidOf = ({ batchGuid }: MigrationBatch) => batchGuid

const COUNTS = ['totalCount', 'syncedCount', 'finalizedCount', 'failedCount'] as const

function useColumns(): readonly Column<MigrationBatch>[] {
  const { words, language } = useSpeech()
  const labels = words.batches.columns
  return [
    {
      name: 'identity',
      label: labels.identity,
      isSorted: true,
      show: ({ identity, highestPriority }) =>
        highestPriority ? (
          <>
            {identity} <ArrowCircleUpFilled className="in-line" aria-label={words.command.highest} role="img" />
          </>
        ) : (
          identity
        ),
    },
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
      isMinor: name !== 'failedCount',
      show: (batch: MigrationBatch) => formatNumber(language, batch[name]),
    })),
    ...useRateColumns(),
  ]
}
