/** New migration batch, step by step. Where one is stands in the address; what was entered, in the draft. */
import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components'
import { useCallback, useEffect, useRef, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { Refusal } from '../api.ts'
import { paths } from '../paths.ts'
import { useSending } from '../sending.ts'
import { useSession } from '../session.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { ErrorBar, RefusalBar } from '../ui/refusal-bar.tsx'
import { useTell } from '../ui/toasts.tsx'
import { useWords } from '../words/words.ts'
import { ConfigurationStep } from './wizard/configuration-step.tsx'
import { type Changes, createdOf, type Draft, useDraft } from './wizard/draft.ts'
import { EndpointStep } from './wizard/endpoint-step.tsx'
import { NameStep } from './wizard/name-step.tsx'
import { PrerequisitesStep } from './wizard/prerequisites-step.tsx'
import { ReviewStep } from './wizard/review-step.tsx'
import { ScheduleStep } from './wizard/schedule-step.tsx'
import { firstMissing, missingIn, STEPS, type Step, stepOf } from './wizard/steps.ts'
import { useCreate } from './wizard/use-create.ts'
import { UsersStep } from './wizard/users-step.tsx'
import { useDroppedFiles } from './wizard/use-dropped-files.ts'
import { useUsers, type UsersWork } from './wizard/use-users.ts'

const SHOWN = {
  name: NameStep,
  prerequisites: PrerequisitesStep,
  endpoint: EndpointStep,
  users: UsersStep,
  configuration: ConfigurationStep,
  schedule: ScheduleStep,
  review: ReviewStep,
} as const

const at = (step: Step) => `${paths.newBatch()}?step=${step}`

export default function NewBatchPage() {
  const words = useWords()
  usePageTitle(words.wizard.title)
  const { data: session } = useSession()
  const navigate = useNavigate()
  const tell = useTell()
  const { draft, change, discard } = useDraft(session?.administrator?.guid ?? session?.identity ?? '')
  const users = useUsers(draft, change)
  const [parameters] = useSearchParams()
  const asked = STEPS.find((one) => one === parameters.get('step')) ?? 'name'
  // Back after a batch was created, or an old bookmark: nothing of it is there, and one begins at the beginning.
  const [isLost, setLost] = useState(() => draft.endpoint === '' && STEPS.indexOf(asked) > STEPS.indexOf('endpoint'))
  const step: Step = isLost ? 'name' : asked
  const index = STEPS.indexOf(step)
  // Where no file is wanted, one that is dropped takes nobody away from here.
  useDroppedFiles(step === 'users' && draft.usersFrom === 'file' ? undefined : null)
  useEffect(() => {
    if (!isLost) return
    if (asked === 'name') setLost(false)
    else void navigate(at('name'), { replace: true })
  }, [isLost, asked, navigate])
  const [isTold, setTold] = useState(false)
  const [isDiscarding, setDiscarding] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const go = async (to: Step) => {
    setTold(false)
    await navigate(at(to))
    heading.current?.focus()
  }
  const create = useCreate(draft, change, (names) => {
    discard()
    if (names.length > 1) tell.done(words.wizard.createdAll(names.length))
    void navigate(names.length === 1 ? paths.batch(names[0]!) : paths.batches(), { replace: true })
  })
  const { reset } = create
  // What the service has refused is not what stands there any more.
  const edit = useCallback(
    (changes: Changes) => {
      reset()
      change(changes)
    },
    [change, reset],
  )
  useEffect(() => setTold(false), [draft])
  const missing = missingIn(step, draft, words)
  const isLast = step === 'review'
  const created = createdOf(draft)
  const parts = draft.uploaded?.parts.length ?? 1
  const goOn = useSending({
    async mutationFn() {
      // Whoever comes here uploads what was chosen; what stands in the way is shown.
      const isThrough = step === 'users' ? await users.finish() : missing === null
      if (!isThrough) setTold(true)
      else if (isLast) create.mutate()
      else await go(STEPS[index + 1]!)
    },
  })
  const Shown = SHOWN[step]
  return (
    <div className="page wizard">
      <h1>{words.wizard.title}</h1>
      <div className="wizard-columns">
        <ol className="steps" aria-label={words.wizard.stepsName}>
          {STEPS.map((one, place) => (
            <li key={one} aria-current={one === step ? 'step' : undefined}>
              {place < index ? <Link to={at(one)}>{words.wizard.steps[one]}</Link> : words.wizard.steps[one]}
            </li>
          ))}
        </ol>
        <form
          className="form wizard-step"
          noValidate
          aria-labelledby="step"
          onSubmit={(event) => {
            event.preventDefault()
            goOn.mutate()
          }}
        >
          <h2 id="step" ref={heading} tabIndex={-1}>
            {words.wizard.steps[step]}
          </h2>
          {created.length > 0 && (
            <MessageBar intent="info" layout="multiline">
              <MessageBarBody>{words.wizard.createdSome(created.join(', '), parts - created.length)}</MessageBarBody>
            </MessageBar>
          )}
          <Shown draft={draft} change={edit} users={users} refusal={create.error} isTold={isTold} />
          {isTold && (
            <Missing step={step} draft={draft} missing={step === 'users' ? missingUsers(users, missing) : missing} />
          )}
          {isLast && <Refused thrown={create.error} created={created.length} of={parts} />}
          <div className="wizard-buttons">
            {index > 0 && <Button onClick={() => void go(STEPS[index - 1]!)}>{words.back}</Button>}
            <Button
              type="submit"
              appearance="primary"
              disabledFocusable={create.isPending || users.isLooking || users.isUploading || users.isChecking}
            >
              {!isLast
                ? words.next
                : create.isPending
                  ? words.wizard.creating(created.length + 1, parts)
                  : words.wizard.create(parts - created.length)}
            </Button>
            <Button appearance="subtle" onClick={() => setDiscarding(true)}>
              {words.wizard.discard}
            </Button>
          </div>
          <p className="small">{words.wizard.kept}</p>
        </form>
        <ConfirmDialog
          isOpen={isDiscarding}
          title={words.wizard.discardTitle}
          text={words.wizard.discardText}
          yes={words.wizard.discardYes}
          isPending={false}
          onYes={() => {
            setDiscarding(false)
            discard()
            users.reset()
            create.reset()
            void go('name')
          }}
          onNo={() => setDiscarding(false)}
        />
      </div>
    </div>
  )
}

/** Nothing, where a field or a bar says it already. */
function missingUsers({ looked, refusal, failure, wasCancelled }: UsersWork, missing: string | null): string | null {
  return looked !== null || refusal !== null || failure !== null || wasCancelled ? null : missing
}

interface MissingProps {
  readonly step: Step
  readonly draft: Draft
  readonly missing: string | null
}

function Missing({ step, draft, missing }: MissingProps) {
  const words = useWords()
  if (missing === null) return null
  const where = step === 'review' ? firstMissing(draft, words) : null
  return (
    <>
      {missing !== '' && <ErrorBar detail={missing} />}
      <ToStep step={where} />
    </>
  )
}

interface RefusedProps {
  readonly thrown: unknown
  readonly created: number
  readonly of: number
}

function Refused({ thrown, created, of }: RefusedProps) {
  const words = useWords()
  // A name that is taken is no fault of a field.
  const fields =
    thrown instanceof Refusal
      ? [...thrown.fields.map(({ field }) => field), ...(thrown.code === 'NAME_TAKEN' ? ['name'] : [])]
      : []
  return (
    <>
      <RefusalBar thrown={thrown} {...(of > 1 && { title: words.wizard.createFailed(created, of) })} />
      <ToStep step={fields.map(stepOf).find((one) => one !== null) ?? null} />
    </>
  )
}

function ToStep({ step }: { readonly step: Step | null }) {
  const words = useWords()
  return step === null ? null : <Link to={at(step)}>{words.wizard.toStep(words.wizard.steps[step])}</Link>
}
