/** A new batch of users that other batches have: of those that are chosen, or of all that a filter lets through. */
import { Checkbox, Field, Input, Select } from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { ask } from '../api.ts'
import { LIVE } from '../live.ts'
import { batchQuery, endpointsQuery } from '../pages/batch-queries.ts'
import { collectUsers, type UsersFilter } from '../pages/users/user-queries.ts'
import { paths } from '../paths.ts'
import { useSending } from '../sending.ts'
import { FormDialog } from '../ui/form-dialog.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'
import { type Schedule, startOf, usualSchedule } from './choices/schedule.ts'
import { ScheduleFields } from './choices/schedule-fields.tsx'

interface BatchFromUsersFormProps {
  /** Guids; null: all that `filter` lets through. */
  readonly users: readonly string[] | null
  readonly filter: UsersFilter
  readonly count: number
  onClose(): void
}

/** Of such users no other batch runs one: nothing needs to be taken out of it. */
const REST = ['Failed', 'Stopped']

export default function BatchFromUsersForm({ users, filter, count, onClose }: BatchFromUsersFormProps) {
  const words = useWords()
  const client = useQueryClient()
  const navigate = useNavigate()
  const endpoints = useQuery(endpointsQuery)
  const batch = useQuery({ ...batchQuery(filter.batch ?? ''), enabled: filter.batch !== undefined })
  const [ownName, setName] = useState<string | null>(null)
  const [ownEndpoint, setEndpoint] = useState<string | null>(null)
  const [schedule, setSchedule] = useState<Schedule>(() => ({ ...usualSchedule(), start: 'now' }))
  const [disableOnCopy, setDisable] = useState(false)
  const [collected, setCollected] = useState<readonly [number, number] | null>(null)
  const known = endpoints.data?.items ?? []
  const name = ownName ?? (filter.batch === undefined ? '' : words.copies.suggested(filter.batch))
  const only = known.length === 1 ? known[0]?.identity : undefined
  const endpoint = ownEndpoint ?? batch.data?.sourceEndpoint ?? only ?? ''
  const create = useSending({
    async mutationFn() {
      const collecting = new AbortController()
      const told = (done: number, all: number) => setCollected([done, all])
      const guids = users ?? (await collectUsers(filter, told, collecting.signal))
      return await ask('createBatch', {
        body: { name: name.trim(), sourceEndpoint: endpoint, users: [...guids], disableOnCopy, ...startOf(schedule) },
      })
    },
    async onSuccess({ identity }) {
      await client.invalidateQueries({ queryKey: [LIVE] })
      onClose()
      await navigate(paths.batch(identity))
    },
  })
  const isResting = REST.includes(filter.statusSummary ?? filter.status ?? '')
  return (
    <FormDialog
      title={words.copies.title(count)}
      submit={create.isPending ? words.copies.creating : words.copies.create}
      isReady={name.trim() !== '' && endpoint !== '' && !create.isPending}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <p>{words.copies.lead}</p>
      <Field label={words.copies.name} required>
        <Input value={name} onChange={(_, { value }) => setName(value)} />
      </Field>
      <Field label={words.copies.endpoint} hint={words.copies.endpointHint} required>
        <Select value={endpoint} onChange={(_, { value }) => setEndpoint(value)}>
          {endpoint === '' && <option value="" />}
          {known.map(({ identity }) => (
            <option key={identity} value={identity}>
              {identity}
            </option>
          ))}
        </Select>
      </Field>
      {!isResting && (
        <Checkbox
          label={words.copies.disable}
          checked={disableOnCopy}
          onChange={(_, { checked }) => setDisable(checked === true)}
        />
      )}
      <ScheduleFields value={schedule} onChange={(changes) => setSchedule({ ...schedule, ...changes })} />
      {create.isPending && collected !== null && <p role="status">{words.copies.collecting(...collected)}</p>}
      <RefusalBar thrown={create.error} />
    </FormDialog>
  )
}
