/** One's own password: when one wants to, and before anything else when somebody else has chosen it. */
import { Button } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { ask } from '../api.ts'
import { beyondFields, wrongAt } from '../forms/field-refusal.ts'
import { paths } from '../paths.ts'
import { useSending } from '../sending.ts'
import { sessionQuery } from '../session.ts'
import { Card } from '../ui/card.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useTell } from '../ui/toasts.tsx'
import { useWords } from '../words/words.ts'

export function ChangePasswordPage({ isForced = false }: { readonly isForced?: boolean }) {
  const words = useWords()
  return isForced ? (
    <Card title={words.password.title}>
      <p>{words.password.must}</p>
      <ChangePassword isForced />
    </Card>
  ) : (
    <OwnPage />
  )
}

function OwnPage() {
  const words = useWords()
  usePageTitle(words.password.title)
  return (
    <div className="page narrow">
      <h1>{words.password.title}</h1>
      <ChangePassword isForced={false} />
    </div>
  )
}

function ChangePassword({ isForced }: { readonly isForced: boolean }) {
  const words = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const tell = useTell()
  const [currentPassword, setCurrent] = useState('')
  const [newPassword, setNew] = useState('')
  const [again, setAgain] = useState('')
  const change = useSending({
    mutationFn: () => ask('changePassword', { body: { currentPassword, newPassword } }),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: sessionQuery.queryKey })
      tell.done(words.password.changed)
      // Whoever had to change it first goes on to the page that they asked for.
      if (!isForced) await navigate(paths.batches())
    },
  })
  const typed = (set: (value: string) => void) => (value: string) => {
    set(value)
    change.reset()
  }
  const differ = again !== '' && again !== newPassword
  return (
    <>
      <RefusalBar thrown={beyondFields(change.error, ['currentPassword', 'newPassword'])} />
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
      >
        <PasswordField
          label={words.password.current}
          value={currentPassword}
          onChange={typed(setCurrent)}
          autoComplete="current-password"
          wrong={wrongAt(change.error, 'currentPassword')}
        />
        <PasswordField
          label={words.password.next}
          value={newPassword}
          onChange={typed(setNew)}
          autoComplete="new-password"
          hint={words.firstRun.rule}
          wrong={wrongAt(change.error, 'newPassword')}
        />
        <PasswordField
          label={words.password.again}
          value={again}
          onChange={setAgain}
          autoComplete="new-password"
          wrong={differ ? words.password.differ : undefined}
        />
        <Button
          type="submit"
          appearance="primary"
          disabled={change.isPending || currentPassword === '' || newPassword === '' || again !== newPassword}
        >
          {words.password.submit}
        </Button>
      </form>
    </>
  )
}
