/** What came of a test: the service's sentence with the server's words in it, what to do, and how long it took. */
import { MessageBar, MessageBarBody } from '@fluentui/react-components'
import type { Timed } from '../timed.ts'
import { useSpeech } from '../words/words.ts'
import { formatWholeSeconds } from './format.ts'
import { ErrorBar } from './refusal-bar.tsx'

interface Tested {
  readonly result: string
  readonly message: string
  readonly errorDetail: string
  /** It works, but. */
  readonly warnings?: readonly string[]
}

interface TestResultProps {
  /** Undefined: none was made. */
  readonly test: Timed<Tested> | undefined
  readonly bad: string
}

export function TestResult({ test, bad }: TestResultProps) {
  const { words, language } = useSpeech()
  if (test === undefined) return null
  const { answer, ms } = test
  const took = words.tested.took(ms < 1000 ? words.durations.underSecond : formatWholeSeconds(language, ms))
  if (answer.result !== 'Success')
    return <ErrorBar title={bad} detail={`${answer.message} ${took}`} remedy={answer.errorDetail} />
  return (
    <>
      <MessageBar intent="success" layout="multiline" role="status">
        <MessageBarBody>
          {answer.message} {took}
        </MessageBarBody>
      </MessageBar>
      {answer.warnings?.map((warning) => (
        <MessageBar key={warning} intent="warning" layout="multiline" role="status">
          <MessageBarBody>{warning}</MessageBarBody>
        </MessageBar>
      ))}
    </>
  )
}
