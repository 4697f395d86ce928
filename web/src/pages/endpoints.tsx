/** Migration > Endpoints: where mail comes from, and how much each server bears at once. */
import { useQuery } from '@tanstack/react-query'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { MigrationEndpoint } from '#contract/endpoint.ts'
import { lazily } from '../later.tsx'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import { formatNumber } from '../ui/format.ts'
import { useListState } from '../ui/list-state.ts'
import type { Column } from '../ui/list-table.tsx'
import { ObjectsPage } from '../ui/objects-page.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { endpointListQuery } from './objects/object-queries.ts'
import '../style/objects.css'

const EndpointForm = lazily(() => import('../forms/endpoint-form.tsx'))

export default function EndpointsPage() {
  const { endpoints: words } = useWords()
  const { endpoint: chosen } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  const state = useListState('', 'name')
  return (
    <ObjectsPage
      words={words}
      empty={words.empty}
      query={useQuery(endpointListQuery(state))}
      className="endpoints-table"
      columns={useColumns()}
      state={state}
      keyOf={({ guid }) => guid}
      toOf={({ identity }) => paths.endpoint(identity) + search}
      chosen={chosen}
      mayCreate={useMay('migration')}
      form={(close) => (
        <EndpointForm onClose={close} onCreated={({ identity }) => void navigate(paths.endpoint(identity))} />
      )}
    />
  )
}

function useColumns(): readonly Column<MigrationEndpoint>[] {
  const { words, language } = useSpeech()
  const labels = words.endpoints.columns
  return [
    { name: 'name', label: labels.name, isSorted: true, show: ({ identity }) => identity },
    { name: 'type', label: labels.type, isMinor: true, show: ({ endpointType }) => endpointType },
    {
      name: 'remoteServer',
      label: labels.server,
      isSorted: true,
      show: ({ remoteServer, port }) => `${remoteServer}:${port}`,
    },
    {
      name: 'security',
      label: labels.security,
      isSorted: true,
      isMinor: true,
      show: ({ security }) => words.endpoints.securities[security],
    },
    {
      name: 'activeMigrationCount',
      label: labels.migrations,
      isSorted: true,
      isNumber: true,
      show: (one) => words.endpoints.slots(one.activeMigrationCount, one.maxConcurrentMigrations),
    },
    {
      name: 'activeIncrementalSyncCount',
      label: labels.incrementals,
      isSorted: true,
      isNumber: true,
      show: (one) => words.endpoints.slots(one.activeIncrementalSyncCount, one.maxConcurrentIncrementalSyncs),
    },
    {
      name: 'batches',
      label: labels.batches,
      isSorted: true,
      isMinor: true,
      isNumber: true,
      show: ({ batches }) => formatNumber(language, batches.length),
    },
  ]
}
