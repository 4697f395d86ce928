/** One's own account: what one is called, what one may, and one's password. */
import { Button, Field, Input, Select } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Administrator, Language, Session } from '#contract/administrator.ts'
import { ask } from '../api.ts'
import { beyondFields, wrongAt } from '../forms/field-refusal.ts'
import { paths } from '../paths.ts'
import { useSending } from '../sending.ts'
import { sessionQuery, useSession } from '../session.ts'
import { Facts } from '../ui/facts.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useTell } from '../ui/toasts.tsx'
import { When } from '../ui/when.tsx'
import { LANGUAGES, nameOfLanguage, useSpeech, useWords } from '../words/words.ts'
import '../style/people.css'

export default function AccountPage() {
  const { account: words } = useWords()
  const { data: session } = useSession()
  usePageTitle(words.title)
  const administrator = session?.administrator
  return (
    <div className="page account">
      <h1>{words.title}</h1>
      {session != null && administrator != null && (
        <>
          <Role session={session} administrator={administrator} />
          <Details key={administrator.lastModifiedDateTime} administrator={administrator} />
          <section aria-labelledby="password">
            <h2 id="password">{words.password}</h2>
            <p>{administrator.hasPassword ? words.passwordText : words.noPassword}</p>
            {administrator.hasPassword && <ToPassword />}
          </section>
        </>
      )}
    </div>
  )
}

const ToPassword = () => <Link to={paths.password()}>{useWords().navigation.changePassword}</Link>

interface Own {
  readonly administrator: Administrator
}

function Role({ session, administrator }: Own & { readonly session: Session }) {
  const { account: words } = useWords()
  const minutes = Math.round((session.idleSeconds ?? 0) / 60)
  return (
    <Facts
      rows={[
        [words.userName, administrator.identity],
        ...administrator.roles.map((role) => [words.role[role].name, words.role[role].may] as const),
        administrator.lastSignInTime === null
          ? null
          : [words.lastSignIn, <When key="" at={administrator.lastSignInTime} both />],
        session.expiresAt === null
          ? null
          : [
              words.sessionEnds,
              <>
                <When at={session.expiresAt} both />
                <span className="small relative">{words.idle(minutes)}</span>
              </>,
            ],
      ]}
    />
  )
}

function Details({ administrator }: Own) {
  const { words, choose } = useSpeech()
  const labels = words.account
  const client = useQueryClient()
  const tell = useTell()
  const [displayName, setDisplayName] = useState(administrator.displayName)
  const [mailAddress, setMailAddress] = useState(administrator.mailAddress ?? '')
  const [language, setLanguage] = useState<string>(administrator.language ?? '')
  const isForeign = administrator.source === 'OpenIdConnect'
  const save = useSending({
    mutationFn: () =>
      ask('updateOwnAccount', {
        body: {
          ...(!isForeign && {
            displayName: displayName.trim(),
            mailAddress: mailAddress.trim() === '' ? null : mailAddress.trim(),
          }),
          language: language === '' ? null : (language as Language),
        },
      }),
    onSuccess(session) {
      client.setQueryData(sessionQuery.queryKey, session)
      if (language !== '') choose(language)
      tell.done(labels.saved)
    },
  })
  return (
    <section aria-labelledby="details">
      <h2 id="details">{labels.details}</h2>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        {isForeign && <p className="small">{labels.foreign}</p>}
        <Field label={labels.displayName} required validationMessage={wrongAt(save.error, 'displayName')}>
          <Input
            value={displayName}
            autoComplete="name"
            disabled={isForeign}
            onChange={(_, { value }) => setDisplayName(value)}
          />
        </Field>
        <Field label={labels.mail} validationMessage={wrongAt(save.error, 'mailAddress')}>
          <Input
            type="email"
            value={mailAddress}
            autoComplete="email"
            disabled={isForeign}
            onChange={(_, { value }) => setMailAddress(value)}
          />
        </Field>
        <Field label={labels.language}>
          <Select value={language} onChange={(_, { value }) => setLanguage(value)}>
            <option value="">{words.administrators.asBrowser}</option>
            {LANGUAGES.map((one) => (
              <option key={one} value={one} lang={one}>
                {nameOfLanguage(one)}
              </option>
            ))}
          </Select>
        </Field>
        <RefusalBar thrown={beyondFields(save.error, ['displayName', 'mailAddress'])} />
        <Button
          type="submit"
          appearance="primary"
          className="start"
          disabled={save.isPending || displayName.trim() === ''}
        >
          {labels.save}
        </Button>
      </form>
    </section>
  )
}
