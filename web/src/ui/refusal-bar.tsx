/** What went wrong, in the words of the service, and what to do about it. */
import { MessageBar, MessageBarBody, MessageBarTitle } from '@fluentui/react-components'
import { Refusal } from '../api.ts'
import { useWords } from '../words/words.ts'

export function RefusalBar({ thrown, title }: { readonly thrown: unknown; readonly title?: string }) {
  const words = useWords()
  if (thrown === null || thrown === undefined) return null
  const isAway = thrown instanceof Refusal && thrown.status === 0
  const detail = isAway ? words.notReached : textOf(thrown)
  const remedy = isAway ? words.notReachedRemedy : thrown instanceof Refusal ? thrown.remedy : null
  return <ErrorBar title={title} detail={detail} remedy={remedy} />
}

interface ErrorBarProps {
  readonly title?: string | undefined
  readonly detail: string
  readonly remedy?: string | null
}

export function ErrorBar({ title, detail, remedy = null }: ErrorBarProps) {
  const words = useWords()
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        {title !== undefined && <MessageBarTitle>{title}</MessageBarTitle>} {detail}
        {remedy !== null && remedy !== '' && (
          <>
            <br />
            {words.whatToDo} {remedy}
          </>
        )}
      </MessageBarBody>
    </MessageBar>
  )
}

export const textOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : JSON.stringify(thrown))
