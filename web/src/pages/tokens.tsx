/** Organization > API tokens: what programs use; each is shown once, when it is made. */
import { KeyRegular } from '@fluentui/react-icons/svg/key'
import { useQuery } from '@tanstack/react-query'
import type { ApiToken, Scope } from '#contract/organization.ts'
import { lazily } from '../later.tsx'
import { ask } from '../api.ts'
import { SCOPE_NAMES } from '../session.ts'
import { ConfirmedCommand } from '../ui/confirmed-command.tsx'
import { formatDate } from '../ui/format.ts'
import { useListState } from '../ui/list-state.ts'
import type { Column } from '../ui/list-table.tsx'
import { ObjectsPage } from '../ui/objects-page.tsx'
import { Tinted } from '../ui/status-badge.tsx'
import { When } from '../ui/when.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { tokensQuery } from './people/people-queries.ts'
import '../style/people.css'

const TokenForm = lazily(() => import('../forms/token-form.tsx'))

export default function TokensPage() {
  const { tokens: words } = useWords()
  const state = useListState('', 'name')
  return (
    <ObjectsPage
      words={words}
      empty={words.none}
      query={useQuery(tokensQuery(state))}
      className="tokens-table"
      columns={useColumns()}
      state={state}
      keyOf={({ id }) => id}
      mayCreate
      lead={<p>{words.lead}</p>}
      form={(close) => <TokenForm onClose={close} />}
    />
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
  return <Tinted tone="danger" text={words.expired} />
}
