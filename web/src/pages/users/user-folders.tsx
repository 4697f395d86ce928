/** How far each folder is. */
import { useQuery } from '@tanstack/react-query'
import type { MigrationUser, UserFolder } from '#contract/user.ts'
import { formatBytes, formatNumber } from '../../ui/format.ts'
import { useListState } from '../../ui/list-state.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Pager } from '../../ui/pager.tsx'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { useSpeech, useWords } from '../../words/words.ts'
import { foldersQuery } from './user-queries.ts'

export function UserFolders({ user }: { readonly user: MigrationUser }) {
  const words = useWords()
  const columns = useColumns()
  const state = useListState('folders-', '')
  const isRunning = user.statusSummary === 'Active'
  const { data: page, error } = useQuery(foldersQuery({ guid: user.guid, cursor: state.cursor, isRunning }))
  return (
    <section aria-label={words.folders.title}>
      <div className="section-head">
        <h3>{words.folders.title}</h3>
        {page !== undefined && page.total > 0 && <span>{words.folders.count(page.total)}</span>}
      </div>
      <RefusalBar thrown={error} />
      {page === undefined && error === null && <Loading />}
      {page?.total === 0 && <p>{words.folders.none}</p>}
      {page !== undefined && page.items.length > 0 && (
        <>
          <ListTable
            label={words.folders.title}
            className="folders-table"
            columns={columns}
            items={page.items}
            state={state}
            keyOf={({ sourceFolder }) => sourceFolder}
          />
          <p className="small">{words.folders.lead}</p>
        </>
      )}
      {page !== undefined && <Pager state={state} page={page} />}
    </section>
  )
}

const COUNTS = [
  ['inSource', 'sourceItemCount'],
  ['synced', 'syncedItemCount'],
  ['skipped', 'skippedItemCount'],
  ['excluded', 'excludedItemCount'],
  ['remaining', 'remainingItemCount'],
] as const

function useColumns(): readonly Column<UserFolder>[] {
  const { words, language } = useSpeech()
  const labels = words.folders.columns
  return [
    { name: 'source', label: labels.source, wraps: true, show: ({ sourceFolder }) => sourceFolder },
    { name: 'target', label: labels.target, wraps: true, show: ({ targetFolder }) => targetFolder },
    ...COUNTS.map(([name, count]): Column<UserFolder> => ({
      name,
      label: labels[name],
      isNumber: true,
      show: ({ [count]: value }) => (value === null ? words.folders.unknown : formatNumber(language, value)),
    })),
    {
      name: 'bytes',
      label: labels.bytes,
      isNumber: true,
      show: ({ syncedBytes }) => (syncedBytes === 0 ? '—' : formatBytes(language, syncedBytes)),
    },
  ]
}
