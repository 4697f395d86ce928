/** Organization > API tokens: what programs use; each is shown once, when it is made. */
import { Badge, Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { KeyRegular } from '@fluentui/react-icons/svg/key'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { ApiToken, Scope } from '#contract/organization.ts'
import { ask } from '../api.ts'
import { SCOPE_NAMES } from '../session.ts'
import { ConfirmedCommand } from '../ui/confirmed-command.tsx'
import { formatDate } from '../ui/format.ts'
import { ListPage } from '../ui/list-page.tsx'
import { useListState } from '../ui/list-state.ts'
import { type Column, ListTable } from '../ui/list-table.tsx'
import { Loading } from '../ui/loading.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { Pager } from '../ui/pager.tsx'
import { RefreshButton } from '../ui/refresh-button.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { When } from '../ui/when.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { tokensQuery } from './people/people-queries.ts'
import '../style/people.css'

const TokenForm = lazy(() => import('../forms/token-form.tsx'))

export default function TokensPage() {
  const { tokens: words } = useWords()
  const state = useListState('', 'name')
  const { data: page, error, isPending } = useQuery(tokensQuery(state))
  const columns = useColumns()
  const [isCreating, setCreating] = useState(false)
  usePageTitle(words.title)
  return (
    <ListPage
      title={words.title}
      hasPane={false}
      commands={
        <>
          <Button appearance="primary" icon={<AddRegular />} onClick={() => setCreating(true)}>
            {words.new}
          </Button>
          <RefreshButton />
        </>
      }
    >
      <p>{words.lead}</p>
      <RefusalBar thrown={error} />
      {isPending && <Loading />}
      {page !== undefined && (
        <>
          <div className="filters">
            <SearchField label={words.search} value={state.search} onChange={(value) => state.set('search', value)} />
            <span aria-live="polite">{words.count(page.total)}</span>
          </div>
          {page.items.length === 0 ? (
            <p>{state.search === '' ? words.none : words.noneFound(state.search)}</p>
          ) : (
            <ListTable
              label={words.title}
              className="tokens-table"
              columns={columns}
              items={page.items}
              state={state}
              keyOf={({ id }) => id}
            />
          )}
          <Pager state={state} page={page} />
        </>
      )}
      <Suspense>{isCreating && <TokenForm onClose={() => setCreating(false)} />}</Suspense>
    </ListPage>
  )
}

/** One scope includes those before it. */
const mostOf = ({ scopes }: ApiToken): Scope => SCOPE_NAMES.findLast((scope) => scopes.includes(scope)) ?? 'view'

function useColumns(): readonly Column<ApiToken>[] {
  const {
    words: { tokens: words },
    language,
  } = useSpeech()
  const labels = words.columns
  return [
    { name: 'name', label: labels.name, isSorted: true, show: ({ name }) => name },
    { name: 'owner', label: labels.owner, isSorted: true, show: ({ owner }) => owner ?? words.local },
    { name: 'scopes', label: labels.scopes, show: (token) => words.scopes[mostOf(token)].name },
    {
      name: 'creationDateTime',
      label: labels.creationDateTime,
      isSorted: true,
      show: ({ creationDateTime: at }) => <When at={at} />,
    },
    { name: 'expiresAt', label: labels.expiresAt, isSorted: true, show: ({ expiresAt }) => <Expiry at={expiresAt} /> },
    {
      name: 'lastUsedAt',
      label: labels.lastUsedAt,
      isSorted: true,
      show: ({ lastUsedAt: at }) => (at === null ? words.never : <When at={at} />),
    },
    {
      name: 'command',
      label: labels.command,
      show: ({ id, name, lastUsedAt }) => (
        <ConfirmedCommand
          icon={<KeyRegular />}
          label={words.revoke}
          fullLabel={words.revokeName(name)}
          reason={null}
          title={words.revokeTitle(name)}
          text={words.revokeText(lastUsedAt === null ? words.never : formatDate(language, lastUsedAt))}
          yes={words.revokeName(name)}
          done={words.revoked(name)}
          act={() => ask('revokeToken', { params: { id } })}
        />
      ),
    },
  ]
}

function Expiry({ at }: { readonly at: string }) {
  const { tokens: words } = useWords()
  if (Date.parse(at) > Date.now()) return <When at={at} />
  return (
    <Badge appearance="tint" color="danger" shape="rounded" className="status">
      {words.expired}
    </Badge>
  )
}
