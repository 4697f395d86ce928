/** A command that takes something away: asked first, told afterwards. */
import type { ButtonProps } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { LIVE } from '../live.ts'
import { useSending } from '../sending.ts'
import { useWords } from '../words/words.ts'
import { CommandButton } from './command-button.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { useTell } from './toasts.tsx'

interface ConfirmedCommandProps extends Pick<ButtonProps, 'icon'> {
  readonly label: string
  readonly fullLabel?: string
  /** Why it cannot be used now; null when it can. */
  readonly reason: string | null
  readonly title: string
  readonly text: string
  readonly yes: string
  readonly done: string
  act(): Promise<unknown>
  /** Where one goes on. */
  onDone?(): void | Promise<void>
}

export function ConfirmedCommand({
  label,
  fullLabel,
  icon = null,
  reason,
  title,
  text,
  yes,
  done,
  act,
  onDone,
}: ConfirmedCommandProps) {
  const words = useWords()
  const client = useQueryClient()
  const tell = useTell()
  const [isAsking, setAsking] = useState(false)
  const command = useSending({
    mutationFn: act,
    async onSuccess() {
      tell.done(done)
      setAsking(false)
      await onDone?.()
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
    onError(thrown) {
      tell.failed(thrown, words.notReached)
      setAsking(false)
      // It may have been refused for what is not shown yet.
      void client.invalidateQueries({ queryKey: [LIVE] })
    },
  })
  return (
    <>
      <CommandButton
        appearance="subtle"
        icon={icon}
        label={label}
        fullLabel={fullLabel}
        reason={reason}
        onPress={() => setAsking(true)}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={title}
        text={text}
        yes={yes}
        isPending={command.isPending}
        onYes={() => command.mutate()}
        onNo={() => setAsking(false)}
      />
    </>
  )
}
