/** Start or Resume, Pause, Delete: of the batch that is chosen, each with the reason that the service gives against it. */
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { PauseRegular } from '@fluentui/react-icons/svg/pause'
import { PlayRegular } from '@fluentui/react-icons/svg/play'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import type { BatchCommand } from '#contract/transitions.ts'
import { ask } from '../api.ts'
import { LIVE } from '../live.ts'
import { paths } from '../paths.ts'
import { CommandButton } from '../ui/command-button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { useTell } from '../ui/toasts.tsx'
import { useWords } from '../words/words.ts'

const ROUTE = { Start: 'startBatch', Stop: 'stopBatch', Remove: 'removeBatch' } as const

export function BatchCommands({ batch }: { readonly batch: MigrationBatch | null }) {
  const words = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const tell = useTell()
  const [isAsking, setAsking] = useState(false)
  const command = useMutation({
    mutationFn: ({ name, identity }: { name: keyof typeof ROUTE; identity: string }) =>
      ask(ROUTE[name], { params: { identity } }),
    async onSuccess(_, { name, identity }) {
      const told = { Start: words.command.started, Stop: words.command.paused, Remove: words.command.deleted }
      tell.done(told[name](identity))
      setAsking(false)
      if (name === 'Remove') await navigate(paths.batches())
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
    onError(thrown) {
      tell.failed(thrown, words.notReached)
      setAsking(false)
    },
  })
  const reason = (name: BatchCommand) => (batch === null ? words.batches.chooseOne : (batch.commands[name] ?? null))
  const give = (name: keyof typeof ROUTE) => batch !== null && command.mutate({ name, identity: batch.identity })
  return (
    <>
      <CommandButton
        appearance="subtle"
        icon={<PlayRegular />}
        label={batch === null || batch.startDateTime === null ? words.command.start : words.command.resume}
        reason={reason('Start')}
        onPress={() => give('Start')}
      />
      <CommandButton
        appearance="subtle"
        icon={<PauseRegular />}
        label={words.command.pause}
        reason={reason('Stop')}
        onPress={() => give('Stop')}
      />
      <CommandButton
        appearance="subtle"
        icon={<DeleteRegular />}
        label={words.command.delete}
        reason={reason('Remove')}
        onPress={() => setAsking(true)}
      />
      {batch !== null && (
        <ConfirmDialog
          isOpen={isAsking}
          title={words.command.deleteTitle(batch.identity)}
          text={words.command.deleteText(batch.totalCount)}
          yes={words.command.deleteYes(batch.identity)}
          isPending={command.isPending}
          onYes={() => give('Remove')}
          onNo={() => setAsking(false)}
        />
      )}
    </>
  )
}
