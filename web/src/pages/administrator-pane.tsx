/** One administrator: what they may, how they sign in, and what can be done about it. */
import { Button } from '@fluentui/react-components'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { EditRegular } from '@fluentui/react-icons/svg/edit'
import { KeyResetRegular } from '@fluentui/react-icons/svg/key-reset'
import { PersonAvailableRegular } from '@fluentui/react-icons/svg/person-available'
import { PersonProhibitedRegular } from '@fluentui/react-icons/svg/person-prohibited'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import type { Administrator } from '#contract/administrator.ts'
import { lazily } from '../later.tsx'
import { ask, isNotThere, type Tagged } from '../api.ts'
import { LIVE } from '../live.ts'
import { paths } from '../paths.ts'
import { useSending } from '../sending.ts'
import { useSession } from '../session.ts'
import { CommandButton } from '../ui/command-button.tsx'
import { ConfirmedCommand } from '../ui/confirmed-command.tsx'
import { Facts } from '../ui/facts.tsx'
import { formatDate } from '../ui/format.ts'
import { Loading } from '../ui/loading.tsx'
import { Pane } from '../ui/pane.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useTell } from '../ui/toasts.tsx'
import { When } from '../ui/when.tsx'
import { nameOfLanguage, useSpeech, useWords } from '../words/words.ts'
import { AdministratorState } from './administrators.tsx'
import { administratorQuery, allAdministratorsQuery, isLastInCharge } from './people/people-queries.ts'

const AdministratorForm = lazily(() => import('../forms/administrator-form.tsx'))
const PasswordResetForm = lazily(() => import('../forms/password-reset-form.tsx'))

export default function AdministratorPane() {
  const { administrator: identity = '' } = useParams()
  const words = useWords()
  const { data: seen, error } = useQuery(administratorQuery(identity))
  const isGone = isNotThere(error)
  return (
    <Pane title={seen?.value.identity ?? identity} closeTo={paths.administrators()} key={identity}>
      {isGone ? <p>{words.administrators.gone}</p> : <RefusalBar thrown={error} />}
      {seen === undefined && error === null && <Loading />}
      {seen !== undefined && !isGone && (
        <>
          <div className="pane-status">
            <AdministratorState administrator={seen.value} />
          </div>
          <Commands seen={seen} />
          <Details administrator={seen.value} />
        </>
      )}
    </Pane>
  )
}

function Commands({ seen }: { readonly seen: Tagged<Administrator> }) {
  const { administrators: words, command, commands, notReached } = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const tell = useTell()
  const { data: session } = useSession()
  const { data: all } = useQuery(allAdministratorsQuery)
  // As it was when the form was opened: what others change meanwhile is told, and not taken for seen.
  const [edited, setEdited] = useState<Tagged<Administrator> | null>(null)
  const [reset, setReset] = useState<Tagged<Administrator> | null>(null)
  const { identity: name, guid, enabled, source } = seen.value
  const isOwn = guid === session?.administrator?.guid
  const isLast = isLastInCharge(seen.value, all?.items ?? [])
  const change = { params: { identity: guid }, ifMatch: seen.etag }
  const enable = useSending({
    mutationFn: () => ask('updateAdministrator', { ...change, body: { enabled: true } }),
    async onSuccess() {
      tell.done(words.enabledDone(name))
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
    onError: (thrown) => tell.failed(thrown, notReached),
  })
  const lastReason = isLast ? words.last : null
  const self = (text: string) => (isOwn ? `${text} ${words.deleteSelf}` : text)
  return (
    <>
      <div className="commands" role="toolbar" aria-label={commands}>
        <Button appearance="subtle" icon={<EditRegular />} onClick={() => setEdited(seen)}>
          {words.edit}
        </Button>
        <CommandButton
          appearance="subtle"
          icon={<KeyResetRegular />}
          label={words.reset}
          reason={isOwn ? words.resetOwn : source === 'OpenIdConnect' ? words.resetForeign : null}
          onPress={() => setReset(seen)}
        />
        {enabled ? (
          <ConfirmedCommand
            icon={<PersonProhibitedRegular />}
            label={words.disable}
            reason={lastReason}
            title={words.disableTitle(name)}
            text={self(words.disableText)}
            yes={words.disableYes(name)}
            done={words.disabledDone(name)}
            act={() => ask('updateAdministrator', { ...change, body: { enabled: false } })}
          />
        ) : (
          <Button
            appearance="subtle"
            icon={<PersonAvailableRegular />}
            disabledFocusable={enable.isPending}
            onClick={() => enable.mutate()}
          >
            {words.enable}
          </Button>
        )}
        <ConfirmedCommand
          icon={<DeleteRegular />}
          label={command.delete}
          reason={lastReason}
          title={words.deleteTitle(name)}
          text={self(words.deleteText)}
          yes={words.deleteYes(name)}
          done={words.deleted(name)}
          act={() => ask('removeAdministrator', change)}
          onDone={() => navigate(paths.administrators())}
        />
      </div>
      <Suspense>
        {edited !== null && <AdministratorForm seen={edited} isLast={isLast} onClose={() => setEdited(null)} />}
        {reset !== null && <PasswordResetForm seen={reset} onClose={() => setReset(null)} />}
      </Suspense>
    </>
  )
}

function Details({ administrator: one }: { readonly administrator: Administrator }) {
  const { words, language } = useSpeech()
  const labels = words.administrators
  const hasProvider = one.oidcSubject !== null
  const ways = one.hasPassword
    ? hasProvider
      ? labels.withBoth
      : labels.withPassword
    : hasProvider
      ? labels.withProvider
      : labels.withNothing
  return (
    <Facts
      rows={[
        [labels.columns.displayName, one.displayName],
        [labels.mail, one.mailAddress ?? words.none],
        [labels.role, one.roles.map((role) => words.account.role[role].name).join(', ')],
        [labels.signsIn, ways],
        [
          labels.columns.lastSignInTime,
          one.lastSignInTime === null ? labels.never : <When key="" at={one.lastSignInTime} both />,
        ],
        [labels.language, one.language === null ? labels.asBrowser : nameOfLanguage(one.language)],
        [labels.source, labels.sources[one.source]],
        hasProvider ? [labels.subject, one.oidcSubject] : null,
        [labels.created, formatDate(language, one.creationDateTime)],
        [labels.modified, formatDate(language, one.lastModifiedDateTime)],
      ]}
    />
  )
}
