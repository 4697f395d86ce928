/** Who migrates: a CSV file, or rows that are typed; checked here first, uploaded when one goes on. */
import {
  Button,
  Checkbox,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  ProgressBar,
  Radio,
  RadioGroup,
  Spinner,
} from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { LIMITS } from '#contract/limits.ts'
import { ErrorBar, RefusalBar } from '../../ui/refusal-bar.tsx'
import { formatDate, formatNumber, formatPercent } from '../../ui/format.ts'
import { useSpeech } from '../../words/words.ts'
import { CsvDrop } from './csv-drop.tsx'
import { FaultyRows } from './faulty-rows.tsx'
import { RefusedRows } from './refused-rows.tsx'
import { textShown } from './row-numbers.ts'
import { moreRefused, serviceCheck } from './service-check.ts'
import type { StepProps } from './steps.ts'
import { TypedRows } from './typed-rows.tsx'
import type { UsersWork } from './use-users.ts'

export function UsersStep(props: StepProps) {
  const { draft, users } = props
  const { words } = useSpeech()
  return (
    <>
      <RadioGroup
        aria-label={words.wizard.usersFrom}
        layout="horizontal"
        value={draft.usersFrom}
        onChange={(_, { value }) => users.from(value === 'typed' ? 'typed' : 'file')}
      >
        <Radio value="file" label={words.wizard.usersFromFile} />
        <Radio value="typed" label={words.wizard.usersTyped} />
      </RadioGroup>
      {draft.usersFrom === 'file' ? (
        <CsvDrop
          fileName={draft.fileName}
          isThere={users.file !== null || draft.uploaded !== null}
          onTake={users.take}
        />
      ) : (
        <TypedRows draft={draft} users={users} />
      )}
      <Found {...props} />
      <Uploading users={users} />
    </>
  )
}

/** What the rules say of it, and what the service has. */
function Found({ draft, users, isTold }: StepProps) {
  const { words, language } = useSpeech()
  const { looked } = users
  const { uploaded } = draft
  const check = useQuery(serviceCheck({ ...draft, uploaded: users.isUploaded ? uploaded : null })).data ?? null
  if (users.isLooking) return <Spinner label={words.wizard.csvChecking} />
  const { refusal } = users
  if (refusal !== null) {
    return (
      <>
        <ErrorBar code={refusal.code} detail={textShown(draft.usersFrom, refusal.message)} remedy={refusal.remedy} />
        {refusal.code === 'CSV_COLUMN_UNKNOWN' && <AllowUnknown users={users} />}
      </>
    )
  }
  const found = looked ?? uploaded
  if (found === null) return null
  const more = check === null ? null : moreRefused(check, looked?.badNumbers ?? [])
  const toMigrate = check?.users ?? found.users
  return (
    <>
      <MessageBar intent={toMigrate > 0 ? 'success' : 'error'} role="status">
        <MessageBarBody>{toMigrate > 0 ? words.wizard.csvToMigrate(toMigrate) : words.wizard.csvNobody}</MessageBarBody>
      </MessageBar>
      {users.allowUnknownColumns && <AllowUnknown users={users} />}
      {[...new Set([...found.warnings, ...(uploaded?.warnings ?? [])])].map((warning) => (
        <MessageBar key={warning} intent="warning" layout="multiline">
          <MessageBarBody>{warning}</MessageBarBody>
        </MessageBar>
      ))}
      {looked !== null && looked.badCount > 0 && (
        <>
          <FaultyRows
            looked={looked}
            usersFrom={draft.usersFrom}
            lead={draft.usersFrom === 'file' ? words.wizard.csvFaultsLead : words.wizard.typedFaultsLead}
          />
          {looked.users > 0 && (
            <Accept count={looked.badCount} isAccepted={users.isAccepted} isTold={isTold} onChange={users.accept} />
          )}
        </>
      )}
      {more !== null && more.count > 0 && (
        <>
          <RefusedRows usersFrom={draft.usersFrom} rows={more.rows} count={more.count} />
          {toMigrate > 0 && (
            <Accept
              count={more.count}
              isAccepted={users.isRefusalAccepted}
              isTold={isTold}
              onChange={users.acceptRefusal}
            />
          )}
        </>
      )}
      {more === null && looked === null && uploaded !== null && uploaded.badCount > 0 && (
        <p className="small">{words.wizard.csvFaults(uploaded.badCount)}</p>
      )}
      {(found.users > 1 || users.isCountWrong) && <Split draft={draft} users={users} />}
      {users.isUploaded && uploaded !== null && (
        <p className="small">{words.wizard.keptUntil(formatDate(language, uploaded.parts[0]?.expiresAt ?? null))}</p>
      )}
    </>
  )
}

interface AcceptProps {
  readonly count: number
  readonly isAccepted: boolean
  readonly isTold: boolean
  onChange(accepts: boolean): void
}

/** So many rows will fail, and one goes on all the same. */
function Accept({ count, isAccepted, isTold, onChange }: AcceptProps) {
  const { words } = useSpeech()
  const isMissing = isTold && !isAccepted
  return (
    <Field
      validationMessage={isMissing ? words.wizard.acceptMissing : null}
      validationState={isMissing ? 'error' : 'none'}
    >
      <Checkbox
        label={words.wizard.accept(count)}
        checked={isAccepted}
        onChange={(_, { checked }) => onChange(checked === true)}
      />
    </Field>
  )
}

function AllowUnknown({ users }: { readonly users: UsersWork }) {
  const { words } = useSpeech()
  return (
    <Checkbox
      label={words.wizard.allowUnknown}
      checked={users.allowUnknownColumns}
      onChange={(_, { checked }) => users.allow(checked === true)}
    />
  )
}

function Split({ users }: Pick<StepProps, 'draft' | 'users'>) {
  const { words, language } = useSpeech()
  const { looked, batches, fewest, most } = users
  const isFixed = looked === null
  const each = looked === null || users.isCountWrong ? 0 : Math.ceil(looked.rows / batches)
  const needed = looked !== null && fewest > 1 ? words.wizard.splitNeeded(looked.rows, LIMITS.csvRows, fewest) : ''
  const into = batches > 1 && each > 0 ? words.wizard.splitInto(batches, each) : ''
  const wrong = words.wizard.splitWrong(formatNumber(language, fewest), formatNumber(language, most))
  return (
    <Field
      label={words.wizard.split}
      hint={isFixed ? words.wizard.splitFixed : users.isCountWrong ? null : `${needed} ${into}`.trim() || null}
      validationMessage={users.isCountWrong ? `${needed} ${wrong}` : null}
      validationState={users.isCountWrong ? 'error' : 'none'}
    >
      <Input
        className="short-input"
        inputMode="numeric"
        value={users.batchesText}
        disabled={isFixed}
        onChange={(_, { value }) => users.split(value.replace(/\D/g, ''))}
      />
    </Field>
  )
}

function Uploading({ users }: { readonly users: UsersWork }) {
  const { words, language } = useSpeech()
  if (users.isUploading) {
    return (
      <Field label={words.wizard.uploading(formatPercent(language, Math.floor(users.progress * 100)))}>
        <div className="uploading">
          <ProgressBar value={users.progress} aria-label={words.wizard.uploadingName} />
          <Button size="small" onClick={users.cancel}>
            {words.cancel}
          </Button>
        </div>
      </Field>
    )
  }
  if (users.isChecking) return <Spinner label={words.wizard.refusedChecking} />
  if (users.wasCancelled) {
    return (
      <MessageBar intent="info" role="status">
        <MessageBarBody>{words.wizard.uploadCancelled}</MessageBarBody>
      </MessageBar>
    )
  }
  return <RefusalBar thrown={users.failure} />
}
