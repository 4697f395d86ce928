/** Name and password, the provider of OpenID Connect where one is set up; and while nobody is there, the first run. */
import { Button, Dialog, DialogSurface, Field, Input, MessageBar, MessageBarBody } from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useLocation, useSearchParams } from 'react-router'
import { ask } from '../api.ts'
import { useSending } from '../sending.ts'
import { signedIn } from '../session.ts'
import { Card } from '../ui/card.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'
import { FirstRun } from './first-run.tsx'

const optionsQuery = {
  queryKey: ['sign-in-options'],
  queryFn: () => ask('getSignInOptions'),
  networkMode: 'always',
} as const

/** A form that was open shuts out all else again once the focus is in it; what had it may have been disabled since. */
function focusBelow(): void {
  if (document.activeElement !== document.body) return
  const form = Array.from(document.querySelectorAll('.fui-DialogSurface')).at(-1)
  const place = form?.querySelector<HTMLElement>(':is(input, select, textarea, button):enabled')
  ;(place ?? document.getElementById('content'))?.focus()
}

/** Before the page of whoever was signed in, which stays as it is, and is not to be seen. */
export function SignInAgain() {
  const words = useWords()
  useEffect(() => () => void setTimeout(focusBelow), [])
  return (
    <Dialog open modalType="alert">
      <DialogSurface className="sign-in-again" backdrop={{ className: 'sealed' }} aria-label={words.signIn.title}>
        <SignInPage isAgain />
      </DialogSurface>
    </Dialog>
  )
}

export function SignInPage({ isAgain = false }: { readonly isAgain?: boolean }) {
  const options = useQuery(optionsQuery)
  // The form is not shown before it is known which one it is.
  if (options.isPending) return null
  if (options.data === undefined) return <RefusalBar thrown={options.error} />
  return options.data.needsFirstAdministrator ? <FirstRun /> : <SignIn oidc={options.data.oidc} isAgain={isAgain} />
}

interface SignInProps {
  readonly oidc: { readonly name: string; readonly startPath: string } | null
  readonly isAgain: boolean
}

function SignIn({ oidc, isAgain }: SignInProps) {
  const words = useWords()
  const client = useQueryClient()
  const { pathname, search } = useLocation()
  const [parameters] = useSearchParams()
  const refusedByProvider = parameters.get('error')
  const [userName, setUserName] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useSending({
    mutationFn: () => ask('signIn', { body: { userName, password } }),
    networkMode: 'always',
    onSuccess: (session) => signedIn(client, session),
  })
  const returnTo = refusedByProvider === null ? pathname + search : '/'
  return (
    <Card title={words.signIn.title} isInFront={isAgain}>
      {refusedByProvider !== null && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{words.signIn.openIdFailed(refusedByProvider)}</MessageBarBody>
        </MessageBar>
      )}
      {isAgain && (
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
          {isAgain && <p className="small">{words.signIn.leaves}</p>}
        </>
      )}
      <p className="small">{words.signIn.forgotten}</p>
    </Card>
  )
}
