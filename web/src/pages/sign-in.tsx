/** Name and password, the provider of OpenID Connect where one is set up; and while nobody is there, the first run. */
import { Button, Field, Input, MessageBar, MessageBarBody } from '@fluentui/react-components'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation, useSearchParams } from 'react-router'
import { ask } from '../api.ts'
import { ENDED, sessionQuery } from '../session.ts'
import { Card } from '../ui/card.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'
import { FirstRun } from './first-run.tsx'

const optionsQuery = { queryKey: ['sign-in-options'], queryFn: () => ask('getSignInOptions') }

export function SignInPage() {
  const options = useQuery(optionsQuery)
  // The form is not shown before it is known which one it is.
  if (options.isPending) return null
  if (options.data === undefined) return <RefusalBar thrown={options.error} />
  return options.data.needsFirstAdministrator ? <FirstRun /> : <SignIn oidc={options.data.oidc} />
}

function SignIn({ oidc }: { readonly oidc: { readonly name: string; readonly startPath: string } | null }) {
  const words = useWords()
  const client = useQueryClient()
  const { pathname, search } = useLocation()
  const [parameters] = useSearchParams()
  const refusedByProvider = parameters.get('error')
  const [userName, setUserName] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => ask('signIn', { body: { userName, password } }),
    onSuccess(session) {
      client.removeQueries({ queryKey: ENDED })
      client.setQueryData(sessionQuery.queryKey, session)
    },
  })
  const returnTo = refusedByProvider === null ? pathname + search : '/'
  return (
    <Card title={words.signIn.title}>
      {refusedByProvider !== null && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{words.signIn.openIdFailed(refusedByProvider)}</MessageBarBody>
        </MessageBar>
      )}
      {client.getQueryData(ENDED) === true && (
        <MessageBar layout="multiline">
          <MessageBarBody>{words.signIn.ended}</MessageBarBody>
        </MessageBar>
      )}
      <RefusalBar thrown={signIn.error} />
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate()
        }}
      >
        <Field label={words.signIn.userName} required>
          <Input value={userName} autoComplete="username" autoFocus onChange={(_, { value }) => setUserName(value)} />
        </Field>
        <PasswordField
          label={words.signIn.password}
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
        />
        <Button type="submit" appearance="primary" disabled={signIn.isPending || userName === '' || password === ''}>
          {words.signIn.submit}
        </Button>
      </form>
      {oidc !== null && (
        <>
          <p className="or">{words.signIn.or}</p>
          <Button as="a" href={`${oidc.startPath}?returnTo=${encodeURIComponent(returnTo)}`}>
            {words.signIn.withOpenId(oidc.name)}
          </Button>
        </>
      )}
      <p className="small">{words.signIn.forgotten}</p>
    </Card>
  )
}
