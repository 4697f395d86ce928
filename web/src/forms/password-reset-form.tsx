/** A one-time password for somebody who has forgotten theirs. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Administrator } from '#contract/administrator.ts'
import { ask, type Tagged } from '../api.ts'
import { LIVE } from '../live.ts'
import { useSending } from '../sending.ts'
import { FormDialog } from '../ui/form-dialog.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useTell } from '../ui/toasts.tsx'
import { useWords } from '../words/words.ts'
import { beyondFields, wrongAt } from './field-refusal.ts'
import { OneTimePassword } from './one-time-password.tsx'

interface PasswordResetFormProps {
  readonly seen: Tagged<Administrator>
  onClose(): void
}

export default function PasswordResetForm({ seen: { value, etag }, onClose }: PasswordResetFormProps) {
  const { administrators: words } = useWords()
  const client = useQueryClient()
  const tell = useTell()
  const [password, setPassword] = useState('')
  const reset = useSending({
    mutationFn: () =>
      ask('updateAdministrator', {
        params: { identity: value.guid },
        ifMatch: etag,
        body: { password, mustChangePassword: true },
      }),
    async onSuccess() {
      tell.done(words.resetDone(value.identity))
      await client.invalidateQueries({ queryKey: [LIVE] })
      onClose()
    },
  })
  return (
    <FormDialog
      title={words.resetTitle(value.identity)}
      submit={words.reset}
      isReady={password !== '' && !reset.isPending}
      onSubmit={() => reset.mutate()}
      onClose={onClose}
    >
      <p>{words.resetLead}</p>
      <OneTimePassword value={password} isRequired wrong={wrongAt(reset.error, 'password')} onChange={setPassword} />
      <RefusalBar thrown={beyondFields(reset.error, ['password'])} />
    </FormDialog>
  )
}
