/** A migration endpoint, new or changed, with a test of the connection; the service tries it again before it stores it. */
import { Button, Field, Input } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MigrationEndpoint } from '#contract/endpoint.ts'
import { ask, askTagged, Refusal, type Tagged } from '../api.ts'
import { isConflict, useEdited } from '../edited.ts'
import { LIVE } from '../live.ts'
import { useSending } from '../sending.ts'
import { timed } from '../timed.ts'
import { ConflictBar } from '../ui/conflict-bar.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { TestResult } from '../ui/test-result.tsx'
import { useWords } from '../words/words.ts'
import {
  connectionOf,
  type EndpointFields,
  endpointFields,
  isComplete,
  newEndpoint,
  setEndpoint,
} from './endpoint-fields.ts'
import { EndpointWarnings } from './endpoint-warnings.tsx'
import { beyondFields, wrongAt } from './field-refusal.ts'
import { PortField, portFor } from './port-field.tsx'
import { SecurityField } from './security-field.tsx'
import { SkipVerification } from './skip-verification.tsx'
import { SlotFields } from './slot-fields.tsx'
import { TrustField } from './trust-field.tsx'

interface EndpointFormProps {
  /** What is changed; without it a new one is made. */
  readonly seen?: Tagged<MigrationEndpoint>
  onClose(): void
  onCreated?(endpoint: MigrationEndpoint): void
}

const SHOWN = Object.keys(endpointFields(null))

export default function EndpointForm({ seen, onClose, onCreated }: EndpointFormProps) {
  const words = useWords()
  const client = useQueryClient()
  const edited = useEdited<MigrationEndpoint | null, EndpointFields>(seen ?? { value: null, etag: '*' }, endpointFields)
  const { form, typed } = edited
  const there = edited.seen.value
  const [skips, setSkips] = useState(false)
  const test = useSending({
    mutationFn: () => timed(ask('testConnection', { body: connectionOf(form) })),
  })
  const save = useSending({
    mutationFn: () =>
      there === null
        ? ask('createEndpoint', { body: newEndpoint(form, skips) })
        : ask('updateEndpoint', {
            params: { identity: there.guid },
            ifMatch: edited.seen.etag,
            body: setEndpoint(typed, skips),
          }),
    async onSuccess(endpoint) {
      await client.invalidateQueries({ queryKey: [LIVE] })
      if (there === null) onCreated?.(endpoint)
      onClose()
    },
  })
  const set = (change: Partial<EndpointFields>) => {
    edited.set(change)
    save.reset()
  }
  /** What was tried is not what stands there any more. */
  const setConnection = (change: Partial<EndpointFields>) => {
    test.reset()
    setSkips(false)
    set(change)
  }
  const isReady = isComplete(form, there === null)
  const isUnreached =
    test.data?.answer.result === 'Failed' ||
    (save.error instanceof Refusal && save.error.code === 'MIGRATION_SERVER_CONNECTION_FAILED')
  return (
    <FormDialog
      title={there === null ? words.endpointForm.title : words.endpoints.editTitle(there.identity)}
      submit={there === null ? words.endpointForm.create : words.edited.save}
      isReady={isReady && !save.isPending && (there === null || edited.isChanged)}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      actions={
        <Button
          disabled={!isReady || test.isPending}
          onClick={() => {
            save.reset()
            test.mutate()
          }}
        >
          {test.isPending ? words.endpointForm.testing : words.endpointForm.test}
        </Button>
      }
    >
      <Field
        label={words.endpointForm.server}
        required
        validationMessage={wrongAt(save.error ?? test.error, 'remoteServer')}
      >
        <Input
          value={form.remoteServer}
          autoComplete="off"
          onChange={(_, { value }) => setConnection({ remoteServer: value })}
        />
      </Field>
      {there === null && (
        <Field label={words.endpointForm.name} required validationMessage={wrongAt(save.error, 'name')}>
          <Input
            value={form.name ?? form.remoteServer}
            autoComplete="off"
            onChange={(_, { value }) => set({ name: value })}
          />
        </Field>
      )}
      <div className="two">
        <SecurityField
          value={form.security}
          wrong={wrongAt(save.error ?? test.error, 'security')}
          onChange={(security) => setConnection({ security, port: portFor(form.port, form.security, security) })}
        />
        <PortField
          value={form.port}
          wrong={wrongAt(save.error ?? test.error, 'port')}
          onChange={(port) => setConnection({ port })}
        />
      </div>
      <TrustField form={form} set={setConnection} />
      <SlotFields form={form} isNew={there === null} refused={save.error} set={set} />
      {there !== null && <EndpointWarnings endpoint={there} form={form} typed={typed} />}
      {isConflict(save.error) ? (
        <ConflictBar
          refusal={save.error}
          labelOf={(field) => labelOf(words, field)}
          renew={async () => {
            edited.see(await askTagged('getEndpoint', { params: { identity: there!.guid } }))
            save.reset()
          }}
        />
      ) : (
        <RefusalBar thrown={beyondFields(save.error ?? test.error, SHOWN)} />
      )}
      {/* What saving has met is the newer of the two. */}
      <TestResult test={save.isError ? undefined : test.data} bad={words.endpointForm.testBad} />
      {(isUnreached || skips) && (
        <SkipVerification what={words.endpoints.skipMeans} checked={skips} onChange={setSkips} />
      )}
    </FormDialog>
  )
}

function labelOf({ endpointForm: labels, endpoints }: ReturnType<typeof useWords>, field: string): string | null {
  const known: Readonly<Record<string, string>> = {
    remoteServer: labels.server,
    port: labels.port,
    security: labels.security,
    acceptUntrustedCertificates: labels.untrusted,
    allowClearText: labels.clearText,
    maxConcurrentMigrations: endpoints.migrations,
    maxConcurrentIncrementalSyncs: endpoints.incrementals,
  }
  return known[field] ?? null
}
