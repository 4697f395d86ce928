/** Somebody else has changed meanwhile what one is changing: what it is now, and how to go on without losing anything. */
import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components'
import { useMutation } from '@tanstack/react-query'
import type { Refusal } from '../api.ts'
import { useWords } from '../words/words.ts'
import { RefusalBar } from './refusal-bar.tsx'

interface ConflictBarProps {
  readonly refusal: Refusal
  /** The name of a field as the form has it; null: it is of no interest to people. */
  labelOf(field: string): string | null
  /** Looks at it again. */
  renew(): Promise<void>
}

export function ConflictBar({ refusal, labelOf, renew }: ConflictBarProps) {
  const words = useWords()
  const looking = useMutation({ mutationFn: renew })
  const changed = refusal.fields.flatMap(({ field, message }) => {
    const label = labelOf(field)
    return label === null ? [] : [{ label, message }]
  })
  return (
    <>
      <MessageBar intent="warning" layout="multiline" role="alert">
        <MessageBarBody>
          <MessageBarTitle>{words.edited.conflict}</MessageBarTitle>
          {changed.length > 0 && (
            <ul>
              {changed.map(({ label, message }) => (
                <li key={label}>
                  {label} {message}
                </li>
              ))}
            </ul>
          )}
          <p>{words.edited.conflictLead}</p>
        </MessageBarBody>
        <MessageBarActions>
          <Button size="small" disabled={looking.isPending} onClick={() => looking.mutate()}>
            {words.edited.goOn}
          </Button>
        </MessageBarActions>
      </MessageBar>
      <RefusalBar thrown={looking.error} />
    </>
  )
}
