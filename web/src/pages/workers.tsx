/** Migration > Workers: who carries mail, how much at once, and from which addresses. */
import { Badge } from '@fluentui/react-components'
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import type { MigrationWorker } from '#contract/worker.ts'
import { ask } from '../api.ts'
import { LIVE, RUNNING_MS } from '../live.ts'
import { ListPage } from '../ui/list-page.tsx'
import { useListState } from '../ui/list-state.ts'
import type { Column } from '../ui/list-table.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { RefreshButton } from '../ui/refresh-button.tsx'
import { SearchedList } from '../ui/searched-list.tsx'
import { When } from '../ui/when.tsx'
import { useWords } from '../words/words.ts'
import { type ListAsked, PAGE_SIZE } from './batch-queries.ts'
import '../style/objects.css'

const workersQuery = ({ sort, cursor }: Pick<ListAsked, 'sort' | 'cursor'>) =>
  queryOptions({
    queryKey: [LIVE, 'workers', sort, cursor ?? ''],
    queryFn: ({ signal }) => ask('listWorkers', { query: { limit: PAGE_SIZE, sort, cursor }, signal }),
    placeholderData: keepPreviousData,
    // A heartbeat is no event.
    refetchInterval: RUNNING_MS,
  })

export default function WorkersPage() {
  const words = useWords()
  const state = useListState('', 'name')
  const list = useQuery(workersQuery(state))
  const columns = useColumns()
  usePageTitle(words.workers.title)
  return (
    <ListPage title={words.workers.title} hasPane={false} commands={<RefreshButton />}>
      <p>
        {words.workers.lead} {words.workers.behindNat}
      </p>
      <SearchedList
        words={words.workers}
        empty={words.workers.empty}
        query={list}
        className="workers-table"
        columns={columns}
        state={state}
        keyOf={({ identity }) => identity}
      />
    </ListPage>
  )
}

function useColumns(): readonly Column<MigrationWorker>[] {
  const { workers } = useWords()
  const labels = workers.columns
  const list = (addresses: readonly string[]) => addresses.join(', ') || '—'
  return [
    { name: 'name', label: labels.name, isSorted: true, show: ({ name }) => name },
    {
      name: 'state',
      label: labels.state,
      show: ({ isAlive }) => (
        <Badge appearance="tint" color={isAlive ? 'success' : 'danger'}>
          {isAlive ? workers.alive : workers.gone}
        </Badge>
      ),
    },
    {
      name: 'active',
      label: labels.active,
      isNumber: true,
      show: ({ active, capacity }) => workers.slots(active, capacity),
    },
    { name: 'addresses', label: labels.addresses, wraps: true, show: ({ addresses }) => list(addresses) },
    { name: 'used', label: labels.used, wraps: true, show: ({ usedAddresses }) => list(usedAddresses) },
    { name: 'heartbeat', label: labels.heartbeat, show: ({ lastHeartbeat }) => <When at={lastHeartbeat} /> },
    { name: 'started', label: labels.started, show: ({ startDateTime }) => <When at={startDateTime} /> },
    { name: 'version', label: labels.version, show: ({ version }) => version },
  ]
}
