/** Migration > Endpoints: where mail comes from, and how much each server bears at once. */
import { Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { MigrationEndpoint } from '#contract/endpoint.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import { formatNumber } from '../ui/format.ts'
import { ListPage } from '../ui/list-page.tsx'
import { useListState } from '../ui/list-state.ts'
import type { Column } from '../ui/list-table.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { RefreshButton } from '../ui/refresh-button.tsx'
import { SearchedList } from '../ui/searched-list.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { endpointListQuery } from './objects/object-queries.ts'
import '../style/objects.css'

const EndpointForm = lazy(() => import('../forms/endpoint-form.tsx'))

export default function EndpointsPage() {
  const words = useWords()
  const { endpoint: chosen } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  const mayChange = useMay('migration')
  const state = useListState('', 'name')
  const list = useQuery(endpointListQuery(state))
  const columns = useColumns()
  const [isCreating, setCreating] = useState(false)
  usePageTitle(chosen ?? words.endpoints.title)
  return (
    <ListPage
      title={words.endpoints.title}
      hasPane={chosen !== undefined}
      commands={
        <>
          {mayChange && (
            <Button appearance="primary" icon={<AddRegular />} onClick={() => setCreating(true)}>
              {words.endpoints.new}
            </Button>
          )}
          <RefreshButton />
        </>
      }
    >
      <SearchedList
        words={words.endpoints}
        empty={words.endpoints.empty}
        query={list}
        className="endpoints-table"
        columns={columns}
        state={state}
        keyOf={({ guid }) => guid}
        toOf={({ identity }) => paths.endpoint(identity) + search}
        isChosen={({ identity, guid }) => identity === chosen || guid === chosen}
      />
      <Suspense>
        {isCreating && (
          <EndpointForm
            onClose={() => setCreating(false)}
            onCreated={({ identity }) => void navigate(paths.endpoint(identity))}
          />
        )}
      </Suspense>
    </ListPage>
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
