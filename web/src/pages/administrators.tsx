/** Organization > Administrators: who may sign in, and what they may. */
import { PersonAddRegular } from '@fluentui/react-icons/svg/person-add'
import { useQuery } from '@tanstack/react-query'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { Administrator } from '#contract/administrator.ts'
import { lazily } from '../later.tsx'
import { paths } from '../paths.ts'
import { useSession } from '../session.ts'
import { useListState } from '../ui/list-state.ts'
import type { Column } from '../ui/list-table.tsx'
import { ObjectsPage } from '../ui/objects-page.tsx'
import { Tinted } from '../ui/status-badge.tsx'
import { When } from '../ui/when.tsx'
import { useWords } from '../words/words.ts'
import { administratorsQuery } from './people/people-queries.ts'
import '../style/people.css'

const AdministratorForm = lazily(() => import('../forms/administrator-form.tsx'))

export default function AdministratorsPage() {
  const { administrators: words } = useWords()
  const { administrator: chosen } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  const state = useListState('', 'identity')
  return (
    <ObjectsPage
      words={words}
      empty={words.noneFound('')}
      query={useQuery(administratorsQuery(state))}
      className="administrators-table"
      columns={useColumns()}
      state={state}
      keyOf={({ guid }) => guid}
      toOf={({ identity }) => paths.administrator(identity) + search}
      chosen={chosen}
      mayCreate
      icon={<PersonAddRegular />}
      form={(close) => (
        <AdministratorForm onClose={close} onSaved={({ identity }) => void navigate(paths.administrator(identity))} />
      )}
    />
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
