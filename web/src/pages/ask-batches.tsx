/** Before a command on several batches, and before every deletion: what it touches; after it, who refused and why. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MigrationBatch } from '#contract/batch.ts'
import { LIVE } from '../live.ts'
import { useSending } from '../sending.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { textOf } from '../ui/refusal-bar.tsx'
import { useTell } from '../ui/toasts.tsx'
import { translated } from '../words/said.ts'
import { useWords } from '../words/words.ts'
import { type Command, carryOut, reasonAgainst } from './batch-command.ts'

interface AskBatchesProps {
  readonly command: Command
  readonly batches: readonly MigrationBatch[]
  /** Of those that were done, by name. */
  onEnd(done: readonly string[]): void
}

interface Outcome {
  readonly name: string
  /** Null: it was accepted. */
  readonly refused: string | null
}

export function AskBatches({ command, batches, onEnd }: AskBatchesProps) {
  const words = useWords()
  const client = useQueryClient()
  const tell = useTell()
  // As they were when it was asked: what a person confirms does not change under the question.
  const [asked] = useState(batches)
  const [outcomes, setOutcomes] = useState<readonly Outcome[] | null>(null)
  const able = asked.filter((batch) => reasonAgainst(words, command, batch) === null)
  const unable = asked.flatMap((batch) => {
    const refused = reasonAgainst(words, command, batch)
    return refused === null ? [] : [{ name: batch.identity, refused: translated(refused) }]
  })
  const run = useSending({
    async mutationFn() {
      const all: Outcome[] = []
      // One by one: a hundred at once would be no faster, and the service counts what one asks of it.
      for (const { identity } of able) {
        try {
          await carryOut[command](identity)
          all.push({ name: identity, refused: null })
        } catch (thrown) {
          all.push({ name: identity, refused: textOf(thrown) || words.notReached })
        }
      }
      return all
    },
    async onSuccess(all) {
      const done = all.filter(({ refused }) => refused === null).map(({ name }) => name)
      const isTold = asked.length > 1 && (done.length < all.length || unable.length > 0)
      if (isTold) setOutcomes(all)
      else {
        for (const { refused } of all) if (refused !== null) tell.failed(new Error(refused), words.notReached)
        if (done.length > 0)
          tell.done(
            words.command.told[command](done.length === 1 ? done[0]! : words.batches.count(done.length), done.length),
          )
        onEnd(done)
      }
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
  })
  const isOne = able.length === 1
  const what = isOne ? able[0]!.identity : words.batches.count(able.length)
  const sum = able.reduce((total, { totalCount }) => total + totalCount, 0)
  if (outcomes !== null) {
    const done = outcomes.filter(({ refused }) => refused === null)
    return (
      <ConfirmDialog
        isOpen
        title={words.command.outcome(done.length, asked.length)}
        text={<Lines lines={[...outcomes, ...unable]} accepted={`: ${words.command.accepted}`} />}
        isPending={false}
        onNo={() => onEnd(done.map(({ name }) => name))}
      />
    )
  }
  return (
    <ConfirmDialog
      isOpen
      title={words.command.askTitle[command](isOne ? words.command.theBatch(what) : what)}
      text={
        <>
          <p>{words.command.askText[command](sum)}</p>
          {asked.length > 1 && (
            <Lines
              lines={[...able.map(({ identity }) => ({ name: identity, refused: null })), ...unable]}
              accepted=""
            />
          )}
        </>
      }
      yes={command === 'remove' ? words.command.deleteYes(what) : words.command.askYes[command](what)}
      isPending={run.isPending}
      onYes={() => run.mutate()}
      onNo={() => onEnd([])}
    />
  )
}

const Lines = ({ lines, accepted }: { readonly lines: readonly Outcome[]; readonly accepted: string }) => (
  <ul className="outcomes">
    {lines.map(({ name, refused }) => (
      <li key={name}>
        <strong>{name}</strong>
        {refused === null ? accepted : `: ${refused}`}
      </li>
    ))}
  </ul>
)
