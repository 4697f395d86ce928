/** What went wrong, in the words of the service, and what to do about it. */
import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components'
import { useSearchParams } from 'react-router'
import { Refusal } from '../api.ts'
import { NotLoaded } from '../later.tsx'
import { faultOf, translated } from '../words/said.ts'
import { useWords } from '../words/words.ts'
import { firstPages } from './list-state.ts'

export function RefusalBar({ thrown, title }: { readonly thrown: unknown; readonly title?: string }) {
  const words = useWords()
  if (thrown === null || thrown === undefined) return null
  // The sign-in that came up has told of it.
  if (thrown instanceof Refusal && thrown.code === 'AUTH_REQUIRED') return <ErrorBar detail={words.signIn.notDone} />
  if (thrown instanceof Refusal && thrown.fields.some(({ field }) => field === 'cursor')) return <UnknownPageBar />
  if (thrown instanceof NotLoaded) return <ErrorBar detail={words.notLoaded} remedy={words.notLoadedAgain} />
  const isAway = thrown instanceof Refusal && thrown.status === 0
  const detail = isAway ? words.notReached : textOf(thrown)
  const remedy = isAway ? words.notReachedRemedy : thrown instanceof Refusal ? thrown.remedy : null
  const code = thrown instanceof Refusal ? thrown.code : undefined
  return <ErrorBar title={title} code={code} detail={detail} remedy={remedy} />
}

/** The address was cut off, or is older than the list. */
function UnknownPageBar() {
  const { pages } = useWords()
  const [, setParameters] = useSearchParams()
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>{pages.unknown}</MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={() => setParameters(firstPages, { replace: true })}>
          {pages.first}
        </Button>
      </MessageBarActions>
    </MessageBar>
  )
}

interface ErrorBarProps {
  readonly title?: string | undefined
  /** Of docs/errors.md: a language that has words for it says them first. */
  readonly code?: string | undefined
  readonly detail: string
  readonly remedy?: string | null
}

export function ErrorBar({ title, code, detail, remedy = null }: ErrorBarProps) {
  const words = useWords()
  const what = code === undefined ? null : faultOf(code)
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        {title !== undefined && <MessageBarTitle>{title}</MessageBarTitle>} {what ?? detail}
        {what !== null && (
          <span className="service-says" lang="en">
            {detail}
          </span>
        )}
        {remedy !== null && remedy !== '' && (
          <>
            {what === null && <br />}
            {words.whatToDo} {translated(remedy)}
          </>
        )}
      </MessageBarBody>
    </MessageBar>
  )
}

export const textOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : JSON.stringify(thrown))
