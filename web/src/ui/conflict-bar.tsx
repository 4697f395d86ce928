/** Somebody else has changed meanwhile what one is changing: what it is now, and how to go on without losing anything. */
import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components'
import type { Refusal } from '../api.ts'
import { useSending } from '../sending.ts'
import { valueNow } from '../words/said.ts'
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
  const looking = useSending({ mutationFn: renew })
  const changed = refusal.fields.flatMap(({ field, message }) => {
    const label = labelOf(field)
    if (label === null) return []
    const value = valueNow(message)
    return [value === null ? `${label} ${message}` : words.edited.isNow(label, value)]
  })
  return (
    <>
      <MessageBar intent="warning" layout="multiline" role="alert">
        <MessageBarBody>
          <MessageBarTitle>{words.edited.conflict}</MessageBarTitle>
          {changed.length > 0 && (
            <ul>
              {changed.map((text) => (
                <li key={text}>{text}</li>
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
