/** Edit: what Set-MigrationBatch changes of a batch that is there. Only what differs is sent, with the tag of what was seen. */
import { Checkbox, Field, Select } from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { MigrationBatch, SetBatch } from '#contract/batch.ts'
import { ask, askTagged, isNotThere, type Tagged } from '../api.ts'
import { isConflict, useEdited } from '../edited.ts'
import { LIVE } from '../live.ts'
import { batchQuery, endpointsQuery } from '../pages/batch-queries.ts'
import { useSending } from '../sending.ts'
import { asSentence } from '../ui/command-button.tsx'
import { ConflictBar } from '../ui/conflict-bar.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'
import { ErrorBar, RefusalBar } from '../ui/refusal-bar.tsx'
import { useTell } from '../ui/toasts.tsx'
import { useWords } from '../words/words.ts'
import { type Advanced, AdvancedFields } from './choices/advanced-fields.tsx'
import { ExcludeFolders } from './choices/exclude-folders.tsx'
import { recipientsOf, wrongRecipient } from './choices/recipients.ts'
import { ReportFields, type Reports } from './choices/report-fields.tsx'
import { ScheduleFields } from './choices/schedule-fields.tsx'
import { type Schedule, scheduleOf, startAfterOf } from './choices/schedule.ts'
import { wrongAt } from './field-refusal.ts'
import { CsvChoice, type Rows } from './csv-choice.tsx'

interface BatchFormProps {
  readonly identity: string
  onClose(): void
}

interface Form extends Advanced, Reports {
  readonly sourceEndpoint: string
  readonly excludeFolders: readonly string[]
  readonly schedule: Schedule
  readonly allowUnknownColumnsInCsv: boolean
}

const formOf = (batch: MigrationBatch): Form => ({
  sourceEndpoint: batch.sourceEndpoint,
  excludeFolders: batch.excludeFolders,
  includeFolders: batch.includeFolders,
  contentFilter: batch.contentFilter,
  allowIncrementalSyncs: batch.allowIncrementalSyncs,
  schedule: scheduleOf(batch.startAfter, batch.timeZone),
  recipients: batch.notificationEmails.join(', '),
  reportInterval: batch.reportInterval,
  skipReports: batch.skipReports,
  allowUnknownColumnsInCsv: batch.allowUnknownColumnsInCsv,
})

function changeOf({ schedule, recipients, excludeFolders, ...same }: Partial<Form>): SetBatch {
  return {
    ...same,
    ...(excludeFolders && { excludeFolders: [...excludeFolders] }),
    ...(recipients !== undefined && { notificationEmails: recipientsOf(recipients) }),
    ...(schedule && {
      timeZone: schedule.zone,
      startAfter: schedule.start === 'at' ? startAfterOf(schedule) : null,
    }),
  }
}

const look = (identity: string) => askTagged('getBatch', { params: { identity } })

/** As it is at this moment; what happens while somebody types does not change the form under their hands. */
export default function BatchForm({ identity, onClose }: BatchFormProps) {
  const words = useWords()
  const { data, error } = useQuery({
    queryKey: ['edit-batch', identity],
    queryFn: () => look(identity),
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  if (data !== undefined) return <Fields first={data} onClose={onClose} />
  if (error === null) return null
  return (
    <FormDialog
      title={words.editBatch.title(identity)}
      submit={words.save}
      isReady={false}
      onSubmit={onClose}
      onClose={onClose}
    >
      <RefusalBar thrown={error} />
    </FormDialog>
  )
}

interface FieldsProps extends Pick<BatchFormProps, 'onClose'> {
  readonly first: Tagged<MigrationBatch>
}

function Fields({ first, onClose }: FieldsProps) {
  const words = useWords()
  const client = useQueryClient()
  const tell = useTell()
  const edited = useEdited(first, formOf)
  const { form, typed, set, seen } = edited
  const [rows, setRows] = useState<Rows>({ kind: 'none', csv: null })
  const identity = seen.value.batchGuid
  const save = useSending({
    mutationFn: () =>
      ask('updateBatch', {
        params: { identity },
        body: {
          ...changeOf(typed),
          ...(rows.csv !== null && { csvFile: rows.csv.csvFile, addUsers: rows.kind === 'add' }),
        },
        ifMatch: seen.etag,
      }),
    async onSuccess(batch) {
      tell.done(words.editBatch.saved(batch.identity))
      onClose()
      await client.invalidateQueries({ queryKey: [LIVE] })
    },
  })
  const isComplete =
    (form.schedule.start !== 'at' || startAfterOf(form.schedule) !== null) &&
    wrongRecipient(form.recipients) === undefined &&
    (rows.kind === 'none' || rows.csv !== null)
  const fields: Readonly<Record<string, string>> = words.editBatch.fields
  const { error } = save
  const told = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (error !== null) told.current?.scrollIntoView()
  }, [error])
  return (
    <FormDialog
      title={words.editBatch.title(seen.value.identity)}
      submit={words.save}
      isReady={(edited.isChanged || rows.csv !== null) && isComplete && !save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {/* The fields are many: whoever saves must not miss it. */}
      <div ref={told}>
        {isNotThere(error) && error.message.includes(identity) ? (
          <ErrorBar detail={words.editBatch.gone(seen.value.identity)} />
        ) : isConflict(error) ? (
          <ConflictBar
            refusal={error}
            labelOf={(field) => fields[field] ?? null}
            renew={async () => {
              edited.see(await look(identity))
              save.reset()
            }}
          />
        ) : (
          <RefusalBar thrown={error} />
        )}
      </div>
      {/* What was seen anew is shown anew, also where a field keeps what is typed for itself. */}
      <div className="form" key={seen.etag}>
        <EndpointField
          batch={seen.value}
          value={form.sourceEndpoint}
          onChange={(sourceEndpoint) => set({ sourceEndpoint })}
        />
        <ScheduleFields
          value={form.schedule}
          offers={['at', 'manually']}
          onChange={(changes) => set({ schedule: { ...form.schedule, ...changes } })}
        />
        <ExcludeFolders
          value={form.excludeFolders}
          onChange={(excludeFolders) => set({ excludeFolders })}
          wrong={wrongAt(error, 'excludeFolders')}
        />
        <AdvancedFields value={form} onChange={set} refusal={error} />
        <ReportFields value={form} onChange={set} />
        <CsvChoice value={rows} onChange={setRows} allowUnknownColumns={form.allowUnknownColumnsInCsv} />
        <Checkbox
          label={words.editBatch.unknownColumns}
          checked={form.allowUnknownColumnsInCsv}
          onChange={(_, { checked }) => {
            set({ allowUnknownColumnsInCsv: checked === true })
            // Checked by the other rule, a file may be good or bad.
            setRows({ kind: rows.kind, csv: null })
          }}
        />
      </div>
    </FormDialog>
  )
}

interface EndpointFieldProps {
  readonly batch: MigrationBatch
  readonly value: string
  onChange(endpoint: string): void
}

function EndpointField({ batch, value, onChange }: EndpointFieldProps) {
  const words = useWords()
  const { data } = useQuery(endpointsQuery)
  // Whether it may be changed is looked at while the form is open: batches are started and stopped meanwhile.
  const { data: now } = useQuery(batchQuery(batch.identity))
  const reason = (now ?? batch).commands.SetSourceEndpoint ?? null
  const names = data?.items.map(({ identity }) => identity) ?? []
  return (
    <Field label={words.editBatch.endpoint} hint={reason === null ? null : asSentence(reason)}>
      <Select value={value} disabled={reason !== null} onChange={(_, { value: chosen }) => onChange(chosen)}>
        {(names.includes(value) ? names : [value, ...names]).map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  )
}
