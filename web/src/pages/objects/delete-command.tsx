/** Delete of what batches may use: as long as they do, it says so; else it asks first. */
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { LIVE } from '../../live.ts'
import { CommandButton } from '../../ui/command-button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useTell } from '../../ui/toasts.tsx'
import { useWords } from '../../words/words.ts'

interface DeleteCommandProps {
  readonly name: string
  readonly title: string
  /** What goes with it, and what stays. */
  readonly text: string
  /** Null when it may go. */
  readonly reason: string | null
  /** Where the list is. */
  readonly leadTo: string
  remove(): Promise<unknown>
}

export function DeleteCommand({ name, title, text, reason, leadTo, remove }: DeleteCommandProps) {
  const words = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const tell = useTell()
  const [isAsking, setAsking] = useState(false)
  const removal = useMutation({
    mutationFn: remove,
    async onSuccess() {
      tell.done(words.usedBy.deleted(name))
      setAsking(false)
      await navigate(leadTo)
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
    onError(thrown) {
      tell.failed(thrown, words.notReached)
      setAsking(false)
      void client.invalidateQueries({ queryKey: [LIVE] })
    },
  })
  return (
    <>
      <CommandButton
        appearance="subtle"
        icon={<DeleteRegular />}
        label={words.command.delete}
        reason={reason}
        onPress={() => setAsking(true)}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={title}
        text={text}
        yes={words.command.deleteYes(name)}
        isPending={removal.isPending}
        onYes={() => removal.mutate()}
        onNo={() => setAsking(false)}
      />
    </>
  )
}
