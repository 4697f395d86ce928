/** The first administrator, made with the password that the service has shown at its start. */
import { Button, Field, Input } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { LANGUAGES as MAILED } from '#contract/notification-kinds.ts'
import { ask } from '../api.ts'
import { beyondFields, wrongAt } from '../forms/field-refusal.ts'
import { useSending } from '../sending.ts'
import { sessionQuery } from '../session.ts'
import { Card } from '../ui/card.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useSpeech } from '../words/words.ts'

export function FirstRun() {
  const { words, language } = useSpeech()
  const client = useQueryClient()
  const [given, setGiven] = useState({ firstPassword: '', userName: '', displayName: '', password: '', again: '' })
  const set = (field: keyof typeof given) => (value: string) => {
    setGiven((before) => ({ ...before, [field]: value }))
    create.reset()
  }
  const create = useSending({
    mutationFn: () =>
      ask('createFirstAdministrator', {
        body: {
          firstPassword: given.firstPassword.trim(),
          userName: given.userName,
          password: given.password,
          // Of the mails to this person: the service writes fewer languages than pages may have.
          language: MAILED.find((one) => one === language) ?? null,
          ...(given.displayName.trim() !== '' && { displayName: given.displayName }),
        },
      }),
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  })
  const differ = given.again !== '' && given.again !== given.password
  const missing = (['firstPassword', 'userName', 'password', 'again'] as const).filter((field) => given[field] === '')
  const isReady = missing.length === 0 && !differ
  const why = useId()
  return (
    <Card title={words.firstRun.title}>
      <p>{words.firstRun.lead}</p>
      <RefusalBar thrown={beyondFields(create.error, Object.keys(given))} />
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) create.mutate()
        }}
      >
        <PasswordField
          label={words.firstRun.firstPassword}
          value={given.firstPassword}
          onChange={set('firstPassword')}
          autoComplete="one-time-code"
          hint={words.firstRun.where}
          wrong={wrongAt(create.error, 'firstPassword')}
        />
        <Field label={words.firstRun.userName} required validationMessage={wrongAt(create.error, 'userName')}>
          <Input value={given.userName} autoComplete="username" onChange={(_, { value }) => set('userName')(value)} />
        </Field>
        <Field label={words.firstRun.displayName} validationMessage={wrongAt(create.error, 'displayName')}>
          <Input value={given.displayName} autoComplete="name" onChange={(_, { value }) => set('displayName')(value)} />
        </Field>
        <PasswordField
          label={words.firstRun.password}
          value={given.password}
          onChange={set('password')}
          autoComplete="new-password"
          hint={words.firstRun.rule}
          wrong={wrongAt(create.error, 'password')}
        />
        <PasswordField
          label={words.firstRun.again}
          value={given.again}
          onChange={set('again')}
          autoComplete="new-password"
          wrong={differ ? words.password.differ : undefined}
        />
        <Button
          type="submit"
          appearance="primary"
          disabledFocusable={!isReady || create.isPending}
          {...(!isReady && { 'aria-describedby': why })}
        >
          {words.firstRun.submit}
        </Button>
        {!isReady && (
          <p className="small" id={why}>
            {missing.length === 0
              ? words.password.differ
              : words.firstRun.missing(missing.map((field) => words.firstRun[field]).join(', '))}
          </p>
        )}
      </form>
    </Card>
  )
}
