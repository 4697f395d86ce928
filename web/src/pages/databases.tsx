/** Migration > Mailbox databases: where mail goes, and which of them a batch gets that names none. */
import { Badge, Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { MailboxDatabase } from '#contract/database.ts'
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
import { databaseListQuery } from './objects/object-queries.ts'
import '../style/objects.css'

const DatabaseForm = lazy(() => import('../forms/database-form.tsx'))

export default function DatabasesPage() {
  const words = useWords()
  const { database: chosen } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  const mayChange = useMay('organization')
  const state = useListState('', 'name')
  const list = useQuery(databaseListQuery(state))
  const columns = useColumns()
  const [isCreating, setCreating] = useState(false)
  usePageTitle(chosen ?? words.databases.title)
  return (
    <ListPage
      title={words.databases.title}
      hasPane={chosen !== undefined}
      commands={
        <>
          {mayChange && (
            <Button appearance="primary" icon={<AddRegular />} onClick={() => setCreating(true)}>
              {words.databases.new}
            </Button>
          )}
          <RefreshButton />
        </>
      }
    >
      <SearchedList
        words={words.databases}
        empty={words.databases.empty}
        query={list}
        className="databases-table"
        columns={columns}
        state={state}
        keyOf={({ guid }) => guid}
        toOf={({ identity }) => paths.database(identity) + search}
        isChosen={({ identity, guid }) => identity === chosen || guid === chosen}
      />
      <Suspense>
        {isCreating && (
          <DatabaseForm
            onClose={() => setCreating(false)}
            onCreated={({ identity }) => void navigate(paths.database(identity))}
          />
        )}
      </Suspense>
    </ListPage>
  )
}

/** Names of formats, in every language the same. */
const KINDS = { Imap: 'IMAP', Maildir: 'Maildir' } as const

function useColumns(): readonly Column<MailboxDatabase>[] {
  const { words, language } = useSpeech()
  const labels = words.databases.columns
  return [
    { name: 'name', label: labels.name, isSorted: true, show: ({ identity }) => identity },
    { name: 'kind', label: labels.kind, isSorted: true, isMinor: true, show: ({ kind }) => KINDS[kind] },
    {
      name: 'where',
      label: labels.where,
      isSorted: true,
      show: ({ path, server, port }) => path ?? `${server}:${port}`,
    },
    {
      name: 'isDefault',
      label: labels.isDefault,
      isSorted: true,
      show: ({ isDefault }) => isDefault && <Badge appearance="tint">{words.databases.standard}</Badge>,
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
