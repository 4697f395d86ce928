/** A form that stays open over settings that others may change, too. */
import { type FetchQueryOptions, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Tagged } from '../../api.ts'
import { type Edited, useEdited } from '../../edited.ts'
import { useSending } from '../../sending.ts'
import { useTell } from '../../ui/toasts.tsx'
import { useWords } from '../../words/words.ts'

export interface Saving {
  readonly isChanged: boolean
  readonly isSaving: boolean
  /** Why it was not saved. */
  readonly refused: Error | null
  save(): void
  discard(): void
  /** Looks at it again, after a conflict. */
  renew(): Promise<void>
}
export type Settings<Value, Form extends object> = Edited<Value, Form> & Saving

interface SettingsAsk<Value, Form extends object> {
  readonly now: Tagged<Value>
  readonly query: FetchQueryOptions<Tagged<Value>, Error, Tagged<Value>, string[]>
  /** In the sentence that says it is saved. */
  readonly name: string
  formOf(value: Value): Form
  send(edited: Pick<Edited<Value, Form>, 'typed' | 'form' | 'seen'>, ifMatch: string): Promise<Tagged<Value>>
}

export function useSettings<Value, Form extends object>(asked: SettingsAsk<Value, Form>): Settings<Value, Form> {
  const { now, formOf } = asked
  const words = useWords()
  const client = useQueryClient()
  const tell = useTell()
  const edited = useEdited(now, formOf)
  const { seen, isChanged, see } = edited
  const save = useSending({
    mutationFn: () => asked.send(edited, seen.etag),
    onSuccess(saved) {
      see(saved)
      edited.discard()
      client.setQueryData(asked.query.queryKey, saved)
      tell.done(words.edited.saved(asked.name))
    },
  })
  // Another card of the same settings was saved, or somebody else has saved something: where nobody has typed over it,
  // nobody has to be asked.
  const isSame = JSON.stringify(formOf(now.value)) === JSON.stringify(formOf(seen.value))
  useEffect(() => {
    if (now.etag !== seen.etag && (isSame || !isChanged) && !save.isPending) see(now)
  }, [now, seen.etag, isSame, isChanged, save.isPending, see])
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => isChanged && event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [isChanged])
  return {
    ...edited,
    set(change) {
      if (save.isError) save.reset()
      edited.set(change)
    },
    discard() {
      save.reset()
      edited.discard()
      see(now)
    },
    isSaving: save.isPending,
    refused: save.error,
    save: () => save.mutate(),
    async renew() {
      // A look that is under way may have been answered before the change.
      await client.cancelQueries({ queryKey: asked.query.queryKey })
      see(await client.fetchQuery({ ...asked.query, staleTime: 0 }))
      save.reset()
    },
  }
}
