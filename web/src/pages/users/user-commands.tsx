/** Resume, Stop, Sync now, a later start, Delete: of one user, each with the reason that the service gives against it. */
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync'
import { ClockRegular } from '@fluentui/react-icons/svg/clock'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { PlayRegular } from '@fluentui/react-icons/svg/play'
import { StopRegular } from '@fluentui/react-icons/svg/stop'
import { useQueryClient } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { useNavigate } from 'react-router'
import type { MigrationUser } from '#contract/user.ts'
import { lazily } from '../../later.tsx'
import { LIVE } from '../../live.ts'
import { useSending } from '../../sending.ts'
import { CommandButton } from '../../ui/command-button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { BACK } from '../../ui/left-rows.ts'
import { useTell } from '../../ui/toasts.tsx'
import { useWords } from '../../words/words.ts'
import { type GivenCommand, giveTo } from './give-command.ts'

const StartUserLaterForm = lazily(() => import('../../forms/start-user-later-form.tsx'))

/** @param backTo the list that one goes on with when the user is gone */
export function UserCommands({ user, backTo }: { readonly user: MigrationUser; readonly backTo: string }) {
  const words = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const tell = useTell()
  const [isAsking, setAsking] = useState(false)
  const [isLater, setLater] = useState(false)
  const give = useSending({
    mutationFn: (command: GivenCommand) => giveTo(user.guid, command),
    async onSuccess(_, command) {
      const { started, stopped, syncing, removed } = words.user
      tell.done({ Start: started, Stop: stopped, SyncNow: syncing, Remove: removed }[command](user.identity))
      setAsking(false)
      if (command === 'Remove') await navigate(backTo, { state: BACK })
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
    onError(thrown) {
      tell.failed(thrown, words.notReached)
      setAsking(false)
    },
  })
  const { commands } = user
  const isNew = user.lastSubscriptionCheckTime === null && user.errorSummary === ''
  return (
    <div className="commands" role="toolbar" aria-label={words.commands}>
      <CommandButton
        appearance="subtle"
        icon={<PlayRegular />}
        label={isNew ? words.user.start : words.user.resume}
        reason={commands.Start ?? null}
        onPress={() => give.mutate('Start')}
      />
      <CommandButton
        appearance="subtle"
        icon={<StopRegular />}
        label={words.user.stop}
        reason={commands.Stop ?? null}
        onPress={() => give.mutate('Stop')}
      />
      <CommandButton
        appearance="subtle"
        icon={<ArrowSyncRegular />}
        label={words.user.syncNow}
        reason={commands.SyncNow ?? null}
        onPress={() => give.mutate('SyncNow')}
      />
      <CommandButton
        appearance="subtle"
        icon={<ClockRegular />}
        label={words.user.later}
        reason={commands.Set ?? null}
        onPress={() => setLater(true)}
      />
      <CommandButton
        appearance="subtle"
        icon={<DeleteRegular />}
        label={words.user.remove}
        reason={commands.Remove ?? null}
        onPress={() => setAsking(true)}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={words.user.removeTitle(user.identity)}
        text={words.user.removeText(user.batchId)}
        yes={words.user.removeYes(user.identity)}
        isPending={give.isPending}
        onYes={() => give.mutate('Remove')}
        onNo={() => setAsking(false)}
      />
      {isLater && (
        <Suspense>
          <StartUserLaterForm user={user} onClose={() => setLater(false)} />
        </Suspense>
      )}
    </div>
  )
}
