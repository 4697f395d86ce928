/** Migration > Mailbox databases: where mail goes, and which of them a batch gets that names none. */
import { Badge } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { MailboxDatabase } from '#contract/database.ts'
import { lazily } from '../later.tsx'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import { formatNumber } from '../ui/format.ts'
import { useListState } from '../ui/list-state.ts'
import type { Column } from '../ui/list-table.tsx'
import { ObjectsPage } from '../ui/objects-page.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { databaseListQuery } from './objects/object-queries.ts'
import '../style/objects.css'

const DatabaseForm = lazily(() => import('../forms/database-form.tsx'))

export default function DatabasesPage() {
  const { databases: words } = useWords()
  const { database: chosen } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  const state = useListState('', 'name')
  return (
    <ObjectsPage
      words={words}
      empty={words.empty}
      query={useQuery(databaseListQuery(state))}
      className="databases-table"
      columns={useColumns()}
      state={state}
      keyOf={({ guid }) => guid}
      toOf={({ identity }) => paths.database(identity) + search}
      chosen={chosen}
      mayCreate={useMay('organization')}
      form={(close) => (
        <DatabaseForm onClose={close} onCreated={({ identity }) => void navigate(paths.database(identity))} />
      )}
    />
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
