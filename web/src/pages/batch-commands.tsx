/** The commands on what is chosen: one batch, or several; each with the reason that the service gives against it. */

import { ArrowCircleUpFilled, ArrowCircleUpRegular } from '@fluentui/react-icons/svg/arrow-circle-up'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { EditRegular } from '@fluentui/react-icons/svg/edit'
import { PauseRegular } from '@fluentui/react-icons/svg/pause'
import { PlayRegular } from '@fluentui/react-icons/svg/play'
import { PlayCircleRegular } from '@fluentui/react-icons/svg/play-circle'
import { type ReactNode, Suspense, useState } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import { lazily } from '../later.tsx'
import { paths } from '../paths.ts'
import { CommandButton } from '../ui/command-button.tsx'
import { listOnly } from '../ui/pane.tsx'
import { useWords } from '../words/words.ts'
import { AskBatches } from './ask-batches.tsx'
import { type Command, reasonAgainstAll } from './batch-command.ts'
import { BatchMore } from './batch-more.tsx'
import { useBatchCommand, useSetBatch } from './use-batch-command.ts'

const BatchForm = lazily(() => import('../forms/batch-form.tsx'))

const ICONS = {
  start: <PlayRegular />,
  resume: <PlayCircleRegular />,
  pause: <PauseRegular />,
  remove: <DeleteRegular />,
} as const

interface BatchCommandsProps {
  readonly batches: readonly MigrationBatch[]
  /** What stands before the menu. */
  readonly between?: ReactNode
}

export function BatchCommands({ batches, between }: BatchCommandsProps) {
  const words = useWords()
  const [asked, ask] = useState<Command | null>(null)
  // By its name: the form stays open, and says so, when somebody removes the batch meanwhile.
  const [edited, edit] = useState<string | null>(null)
  const command = useBatchCommand()
  const set = useSetBatch()
  const left = useAfterDeletion()
  const batch = batches.length === 1 ? batches[0]! : null
  const setReason =
    batch === null ? (batches.length === 0 ? words.batches.chooseOne : words.batches.onlyOne) : batch.commands.Set
  // Several are asked about first, and so is every deletion.
  const give = (name: Command) =>
    batch === null || name === 'remove' ? ask(name) : command.mutate({ name, identity: batch.identity })
  return (
    <>
      <CommandButton
        appearance="subtle"
        icon={<EditRegular />}
        label={words.command.edit}
        reason={setReason ?? null}
        onPress={() => edit(batch?.identity ?? null)}
      />
      {(['start', 'resume', 'pause', 'remove'] as const).map((name) => (
        <CommandButton
          key={name}
          appearance="subtle"
          icon={ICONS[name]}
          label={name === 'remove' ? words.command.delete : words.command[name]}
          reason={reasonAgainstAll(words, name, batches)}
          onPress={() => give(name)}
        />
      ))}
      <CommandButton
        appearance="subtle"
        icon={batch?.highestPriority ? <ArrowCircleUpFilled /> : <ArrowCircleUpRegular />}
        label={words.command.highest}
        isPressed={batch?.highestPriority ?? false}
        reason={setReason ?? null}
        onPress={() =>
          batch !== null &&
          set.mutate({
            batch,
            change: { highestPriority: !batch.highestPriority },
            told: batch.highestPriority ? words.command.notHighest : words.command.isHighest,
          })
        }
      />
      {between}
      <BatchMore batches={batches} onSyncNow={() => give('syncNow')} />
      {asked !== null && (
        <AskBatches
          command={asked}
          batches={batches}
          onEnd={(done) => {
            ask(null)
            if (asked === 'remove') left(done)
          }}
        />
      )}
      {edited !== null && (
        <Suspense>
          <BatchForm identity={edited} onClose={() => edit(null)} />
        </Suspense>
      )}
    </>
  )
}

/** The pane of what is not there any more closes; the list stays as it is sorted and filtered. */
export function useAfterDeletion() {
  const { batch } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  return (removed: readonly string[]) => {
    if (batch !== undefined && removed.includes(batch)) void navigate(paths.batches() + listOnly(search))
  }
}
