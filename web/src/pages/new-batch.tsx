/** New migration batch, step by step. Where one is stands in the address; what was entered, in the draft. */
import { Button } from '@fluentui/react-components'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { ask } from '../api.ts'
import { recipientsOf } from '../forms/choices/recipients.ts'
import { startOf } from '../forms/choices/schedule.ts'
import { LIVE } from '../live.ts'
import { paths } from '../paths.ts'
import { useSession } from '../session.ts'
import { usePageTitle } from '../ui/page-title.tsx'
import { ErrorBar, RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'
import { nameOf, useDraft } from './wizard/draft.ts'
import { DatabaseStep } from './wizard/database-step.tsx'
import { EndpointStep } from './wizard/endpoint-step.tsx'
import { ReviewStep } from './wizard/review-step.tsx'
import { StartStep } from './wizard/start-step.tsx'
import { missingIn, STEPS, type Step } from './wizard/steps.ts'
import { UsersStep } from './wizard/users-step.tsx'

const SHOWN = {
  users: UsersStep,
  endpoint: EndpointStep,
  database: DatabaseStep,
  start: StartStep,
  review: ReviewStep,
} as const

export default function NewBatchPage() {
  const words = useWords()
  usePageTitle(words.wizard.title)
  const { data: session } = useSession()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { draft, change, discard } = useDraft(session?.administrator?.guid ?? session?.identity ?? '')
  const [parameters] = useSearchParams()
  const step: Step = STEPS.find((one) => one === parameters.get('step')) ?? 'users'
  const index = STEPS.indexOf(step)
  const [isTold, setTold] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const go = async (to: number) => {
    setTold(false)
    await navigate(`${paths.newBatch()}?step=${STEPS[to] ?? 'users'}`)
    heading.current?.focus()
  }
  const create = useMutation({
    mutationFn: () =>
      ask('createBatch', {
        body: {
          name: nameOf(draft).trim(),
          sourceEndpoint: draft.endpoint,
          targetDatabases: [draft.database],
          csvFile: draft.csv?.csvFile,
          excludeFolders: [...draft.excludeFolders],
          includeFolders: draft.includeFolders,
          contentFilter: draft.contentFilter,
          allowIncrementalSyncs: draft.allowIncrementalSyncs,
          ...startOf(draft.schedule),
          notificationEmails: recipientsOf(draft.recipients),
          reportInterval: draft.reportInterval,
          skipReports: draft.skipReports,
        },
      }),
    async onSuccess(batch) {
      discard()
      await client.invalidateQueries({ queryKey: [LIVE] })
      await navigate(paths.batch(batch.identity))
    },
  })
  useEffect(() => setTold(false), [draft])
  const missing = missingIn(step, draft, words)
  const isLast = step === 'review'
  const Shown = SHOWN[step]
  return (
    <div className="page wizard">
      <h1>{words.wizard.title}</h1>
      <div className="wizard-columns">
        <ol className="steps" aria-label={words.wizard.stepsName}>
          {STEPS.map((one, place) => (
            <li key={one} aria-current={one === step ? 'step' : undefined}>
              {place < index ? (
                <Link to={`${paths.newBatch()}?step=${one}`}>{words.wizard.steps[one]}</Link>
              ) : (
                words.wizard.steps[one]
              )}
            </li>
          ))}
        </ol>
        <form
          className="form wizard-step"
          noValidate
          aria-labelledby="step"
          onSubmit={(event) => {
            event.preventDefault()
            if (missing !== null) setTold(true)
            else if (isLast) create.mutate()
            else void go(index + 1)
          }}
        >
          <h2 id="step" ref={heading} tabIndex={-1}>
            {words.wizard.steps[step]}
          </h2>
          <Shown draft={draft} change={change} refusal={create.error} isTold={isTold} />
          {isTold && missing !== null && missing !== '' && <ErrorBar detail={missing} />}
          <RefusalBar thrown={create.error} />
          <div className="wizard-buttons">
            {index > 0 && <Button onClick={() => void go(index - 1)}>{words.back}</Button>}
            <Button type="submit" appearance="primary" disabled={create.isPending}>
              {!isLast ? words.next : create.isPending ? words.wizard.creating : words.wizard.create}
            </Button>
            <Button
              appearance="subtle"
              onClick={() => {
                discard()
                create.reset()
                void go(0)
              }}
            >
              {words.wizard.discard}
            </Button>
          </div>
          <p className="small">{words.wizard.kept}</p>
        </form>
      </div>
    </div>
  )
}
