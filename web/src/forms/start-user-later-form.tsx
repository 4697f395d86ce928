/** When one user starts at the earliest. */
import { Button } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MigrationUser } from '#contract/user.ts'
import { ask } from '../api.ts'
import { LIVE } from '../live.ts'
import { useSending } from '../sending.ts'
import { FormDialog } from '../ui/form-dialog.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useTell } from '../ui/toasts.tsx'
import { useWords } from '../words/words.ts'
import { ownZone, type Schedule, scheduleOf, startAfterOf } from './choices/schedule.ts'
import { StartAt } from './choices/schedule-fields.tsx'

export default function StartUserLaterForm({
  user,
  onClose,
}: {
  readonly user: MigrationUser
  readonly onClose: () => void
}) {
  const words = useWords()
  const client = useQueryClient()
  const tell = useTell()
  const [schedule, setSchedule] = useState<Schedule>(() => scheduleOf(user.startAfter, ownZone()))
  const save = useSending({
    mutationFn: (startAfter: string | null) =>
      ask('updateUser', { params: { identity: user.guid }, body: { startAfter } }),
    async onSuccess() {
      tell.done(words.user.laterSaved(user.identity))
      onClose()
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
  })
  const startAfter = startAfterOf(schedule)
  return (
    <FormDialog
      title={words.user.laterTitle(user.identity)}
      submit={words.user.laterSave}
      isReady={startAfter !== null && !save.isPending}
      onSubmit={() => save.mutate(startAfter)}
      onClose={onClose}
      actions={
        user.startAfter !== null && (
          <Button onClick={() => save.mutate(null)} disabled={save.isPending}>
            {words.user.laterClear}
          </Button>
        )
      }
    >
      <p>{words.user.laterLead}</p>
      <StartAt value={schedule} onChange={(changes) => setSchedule({ ...schedule, ...changes })} />
      <RefusalBar thrown={save.error} />
    </FormDialog>
  )
}
