/** A command on one batch, told in the corner; what it changes is looked at anew. */
import { useQueryClient } from '@tanstack/react-query'
import type { MigrationBatch, SetBatch } from '#contract/batch.ts'
import { ask } from '../api.ts'
import { LIVE } from '../live.ts'
import { useSending } from '../sending.ts'
import { useTell } from '../ui/toasts.tsx'
import { useWords } from '../words/words.ts'
import { type Command, carryOut } from './batch-command.ts'

export function useBatchCommand() {
  const words = useWords()
  const client = useQueryClient()
  const tell = useTell()
  return useSending({
    mutationFn: ({ name, identity }: { readonly name: Command; readonly identity: string }) => carryOut[name](identity),
    async onSuccess(_, { name, identity }) {
      tell.done(words.command.told[name](identity, 1))
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
    onError: (thrown) => tell.failed(thrown, words.notReached),
  })
}

interface Change {
  readonly batch: MigrationBatch
  readonly change: SetBatch
  told(identity: string): string
}

/** A change of one setting by one press: nothing else of the batch is sent, and nobody's change is undone. */
export function useSetBatch() {
  const words = useWords()
  const client = useQueryClient()
  const tell = useTell()
  return useSending({
    mutationFn: ({ batch, change }: Change) =>
      ask('updateBatch', { params: { identity: batch.identity }, body: change }),
    async onSuccess(_, { batch, told }) {
      tell.done(told(batch.identity))
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
    onError: (thrown) => tell.failed(thrown, words.notReached),
  })
}
