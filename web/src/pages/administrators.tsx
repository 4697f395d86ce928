/** Organization > Administrators: who may sign in, and what they may. */
import { Button } from '@fluentui/react-components'
import { PersonAddRegular } from '@fluentui/react-icons/svg/person-add'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { Administrator } from '#contract/administrator.ts'
import { paths } from '../paths.ts'
import { useSession } from '../session.ts'
import { ListPage } from '../ui/list-page.tsx'
import { useListState } from '../ui/list-state.ts'
import type { Column } from '../ui/list-table.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { RefreshButton } from '../ui/refresh-button.tsx'
import { SearchedList } from '../ui/searched-list.tsx'
import { Tinted } from '../ui/status-badge.tsx'
import { When } from '../ui/when.tsx'
import { useWords } from '../words/words.ts'
import { administratorsQuery } from './people/people-queries.ts'
import '../style/people.css'

const AdministratorForm = lazy(() => import('../forms/administrator-form.tsx'))

export default function AdministratorsPage() {
  const words = useWords()
  const { administrator: chosen } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  const state = useListState('', 'identity')
  const list = useQuery(administratorsQuery(state))
  const columns = useColumns()
  const [isCreating, setCreating] = useState(false)
  usePageTitle(chosen ?? words.administrators.title)
  return (
    <ListPage
      title={words.administrators.title}
      hasPane={chosen !== undefined}
      commands={
        <>
          <Button appearance="primary" icon={<PersonAddRegular />} onClick={() => setCreating(true)}>
            {words.administrators.new}
          </Button>
          <RefreshButton />
        </>
      }
    >
      <SearchedList
        words={words.administrators}
        empty={words.administrators.noneFound('')}
        query={list}
        className="administrators-table"
        columns={columns}
        state={state}
        keyOf={({ guid }) => guid}
        toOf={({ identity }) => paths.administrator(identity) + search}
        isChosen={({ identity, guid }) => identity === chosen || guid === chosen}
      />
      <Suspense>
        {isCreating && (
          <AdministratorForm
            onClose={() => setCreating(false)}
            onSaved={({ identity }) => void navigate(paths.administrator(identity))}
          />
        )}
      </Suspense>
    </ListPage>
  )
}

function useColumns(): readonly Column<Administrator>[] {
  const words = useWords()
  const { data: session } = useSession()
  const { columns: labels, ...told } = words.administrators
  return [
    {
      name: 'identity',
      label: labels.identity,
      isSorted: true,
      show: ({ identity, guid }) => (guid === session?.administrator?.guid ? `${identity} (${told.you})` : identity),
    },
    {
      name: 'displayName',
      label: labels.displayName,
      isSorted: true,
      isMinor: true,
      show: ({ displayName }) => displayName,
    },
    {
      name: 'roles',
      label: labels.roles,
      show: ({ roles }) => roles.map((role) => words.account.role[role].name).join(', '),
    },
    {
      name: 'lastSignInTime',
      label: labels.lastSignInTime,
      isSorted: true,
      isMinor: true,
      show: ({ lastSignInTime: at }) => (at === null ? told.never : <When at={at} />),
    },
    { name: 'state', label: labels.state, show: (one) => <AdministratorState administrator={one} /> },
  ]
}

export function AdministratorState({ administrator }: { readonly administrator: Administrator }) {
  const { administrators: words } = useWords()
  if (!administrator.enabled) return <Tinted tone="danger" text={words.disabled} />
  if (administrator.mustChangePassword) return <Tinted tone="warning" text={words.mustChange} />
  return <Tinted tone="success" text={words.enabled} />
}
