/**
 * Commands for the users that are chosen on this page, given one by one: what is refused is told of each. For thousands
 * there are the commands of the batch, and a new batch made of all that a filter lets through.
 */
import { Button, MessageBar, MessageBarBody, MessageBarTitle, ProgressBar } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { PlayRegular } from '@fluentui/react-icons/svg/play'
import { StopRegular } from '@fluentui/react-icons/svg/stop'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import type { MigrationUser } from '#contract/user.ts'
import { lazily } from '../../later.tsx'
import { LIVE } from '../../live.ts'
import { useSending } from '../../sending.ts'
import { CommandButton } from '../../ui/command-button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { textOf } from '../../ui/refusal-bar.tsx'
import { useWords } from '../../words/words.ts'
import { batchQuery } from '../batch-queries.ts'
import { type GivenCommand, giveTo } from './give-command.ts'
import { isOfAll, type UsersFilter } from './user-queries.ts'

const BatchFromUsersForm = lazily(() => import('../../forms/batch-from-users-form.tsx'))

interface ChosenUsersProps {
  readonly chosen: readonly MigrationUser[]
  readonly filter: UsersFilter
  /** Of all pages. */
  readonly total: number
  onDone(): void
}

interface Outcome {
  readonly done: number
  readonly refused: readonly { readonly user: string; readonly why: string }[]
}

export function ChosenUsers({ chosen, filter, total, onDone }: ChosenUsersProps) {
  const words = useWords()
  const client = useQueryClient()
  const [asking, setAsking] = useState<GivenCommand | null>(null)
  const [done, setDone] = useState(0)
  const [isMaking, setMaking] = useState(false)
  const give = useSending({
    async mutationFn({ command, users }: { command: GivenCommand; users: readonly MigrationUser[] }): Promise<Outcome> {
      setDone(0)
      const refused: Outcome['refused'][number][] = []
      for (const [at, user] of users.entries()) {
        try {
          await giveTo(user.guid, command)
        } catch (thrown) {
          refused.push({ user: user.identity, why: textOf(thrown) || words.notReached })
        }
        setDone(at + 1)
      }
      return { done: users.length - refused.length, refused }
    },
    async onSuccess() {
      onDone()
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
  })
  const count = chosen.length
  const isWhole = count === 0 && isOfAll(filter)
  // Of all, nobody makes a new batch; of those that failed, one does.
  const whole = useQuery({ ...batchQuery(filter.batch ?? ''), enabled: isWhole && filter.batch !== undefined })
  const failed = isWhole ? (whole.data?.failedCount ?? 0) : 0
  const made = isWhole
    ? {
        filter: { ...filter, statusSummary: 'Failed' as const },
        count: failed,
        label: words.users.newBatchOfFailed(failed),
      }
    : { filter, count: count > 0 ? count : total, label: words.users.newBatch(count > 0 ? count : total) }
  const many = give.variables?.users.length ?? 0
  /** Why nobody of them can be given it. */
  const reason = (command: GivenCommand) =>
    chosen.some(({ commands }) => (commands[command] ?? null) === null) ? null : (chosen[0]?.commands[command] ?? null)
  const commands = [
    ['Start', words.users.start, <PlayRegular key="start" />],
    ['Stop', words.users.stop, <StopRegular key="stop" />],
    ['SyncNow', words.users.syncNow, <ArrowSyncRegular key="sync" />],
    ['Remove', words.users.remove, <DeleteRegular key="remove" />],
  ] as const
  return (
    <div className="chosen-users">
      <div className="chosen-line">
        <span aria-live="polite">{count === 0 ? words.users.chooseSome : words.users.chosen(count)}</span>
        <div className="commands" role="toolbar" aria-label={words.users.forChosen}>
          {count > 0 &&
            commands.map(([command, label, icon]) => (
              <CommandButton
                key={command}
                size="small"
                icon={icon}
                label={label(count)}
                reason={give.isPending ? words.users.giving(done, many) : reason(command)}
                onPress={() => setAsking(command)}
              />
            ))}
          {made.count > 0 && (
            <Button size="small" icon={<AddRegular />} onClick={() => setMaking(true)}>
              {made.label}
            </Button>
          )}
        </div>
      </div>
      {give.isPending && (
        <div role="status">
          <ProgressBar value={done} max={many} aria-label={words.users.forChosen} />
          {words.users.giving(done, many)}
        </div>
      )}
      {give.data !== undefined && !give.isPending && <Told outcome={give.data} />}
      {count > 0 && total > count && <p className="small">{words.users.manyHint}</p>}
      <ConfirmDialog
        isOpen={asking !== null && count > 0}
        title={asking === null ? '' : words.users.ask[asking](count)}
        text={asking === null ? '' : words.users.askText[asking]}
        yes={asking === null ? '' : (commands.find(([command]) => command === asking)?.[1](count) ?? '')}
        isPending={give.isPending}
        onYes={() => {
          if (asking !== null) give.mutate({ command: asking, users: chosen })
          setAsking(null)
        }}
        onNo={() => setAsking(null)}
      />
      {isMaking && (
        <Suspense>
          <BatchFromUsersForm
            users={count > 0 ? chosen.map(({ guid }) => guid) : null}
            filter={made.filter}
            count={made.count}
            onClose={() => setMaking(false)}
          />
        </Suspense>
      )}
    </div>
  )
}

function Told({ outcome: { done, refused } }: { readonly outcome: Outcome }) {
  const words = useWords()
  return (
    <MessageBar intent={refused.length > 0 ? 'warning' : 'success'} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{words.users.given(done)}</MessageBarTitle>
        {refused.length > 0 && (
          <>
            {words.users.refused(refused.length)}
            <ul>
              {refused.map(({ user, why }) => (
                <li key={user}>
                  {user}: {why}
                </li>
              ))}
            </ul>
          </>
        )}
      </MessageBarBody>
    </MessageBar>
  )
}
