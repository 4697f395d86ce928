/** A new migration endpoint, with a test of the connection; the service tries it again before it stores it. */
import { Button, Checkbox, Field, Input, MessageBar, MessageBarBody } from '@fluentui/react-components'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MigrationEndpoint } from '#contract/endpoint.ts'
import { ask } from '../api.ts'
import { endpointsQuery } from '../pages/batch-queries.ts'
import { FormDialog } from '../ui/form-dialog.tsx'
import { ErrorBar, RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'
import { PORTS, type Security, SecurityField } from './security-field.tsx'

interface EndpointFormProps {
  onClose(): void
  onCreated?(endpoint: MigrationEndpoint): void
}

export default function EndpointForm({ onClose, onCreated }: EndpointFormProps) {
  const words = useWords()
  const client = useQueryClient()
  const [server, setServer] = useState('')
  const [name, setName] = useState<string | null>(null)
  const [security, setSecurity] = useState<Security>('Ssl')
  const [port, setPort] = useState<string | null>(null)
  const [acceptUntrustedCertificates, setUntrusted] = useState(false)
  const [allowClearText, setClearText] = useState(false)
  const [migrations, setMigrations] = useState('')
  const [incrementals, setIncrementals] = useState('')
  const portText = port ?? PORTS[security]
  const portNumber = /^\d{1,5}$/.test(portText.trim()) ? Number(portText) : 0
  const isPort = portNumber >= 1 && portNumber <= 65_535
  const connection = () => ({
    remoteServer: server.trim(),
    port: portNumber,
    security,
    acceptUntrustedCertificates,
    allowClearText,
  })
  const test = useMutation({ mutationFn: () => ask('testConnection', { body: connection() }) })
  const create = useMutation({
    mutationFn: () =>
      ask('createEndpoint', {
        body: {
          ...connection(),
          name: (name ?? server).trim(),
          ...(migrations.trim() !== '' && { maxConcurrentMigrations: Number(migrations) }),
          ...(incrementals.trim() !== '' && { maxConcurrentIncrementalSyncs: Number(incrementals) }),
        },
      }),
    async onSuccess(endpoint) {
      await client.invalidateQueries({ queryKey: endpointsQuery.queryKey })
      onCreated?.(endpoint)
      onClose()
    },
  })
  // What was tried is not what stands there any more.
  const changed = () => {
    test.reset()
    create.reset()
  }
  const isReady = server.trim() !== '' && isPort && (name ?? server).trim() !== ''
  const refusal = create.error ?? test.error
  return (
    <FormDialog
      title={words.endpointForm.title}
      submit={words.endpointForm.create}
      isReady={isReady && !create.isPending}
      onSubmit={() => {
        test.reset()
        create.mutate()
      }}
      onClose={onClose}
      actions={
        <Button
          disabled={!isReady || test.isPending}
          onClick={() => {
            create.reset()
            test.mutate()
          }}
        >
          {test.isPending ? words.endpointForm.testing : words.endpointForm.test}
        </Button>
      }
    >
      <Field label={words.endpointForm.server} required>
        <Input
          value={server}
          autoComplete="off"
          onChange={(_, { value }) => {
            changed()
            setServer(value)
          }}
        />
      </Field>
      <Field label={words.endpointForm.name} required>
        <Input value={name ?? server} autoComplete="off" onChange={(_, { value }) => setName(value)} />
      </Field>
      <div className="two">
        <SecurityField
          value={security}
          onChange={(chosen) => {
            changed()
            setSecurity(chosen)
          }}
        />
        <Field
          label={words.endpointForm.port}
          required
          validationMessage={isPort ? null : words.endpointForm.portWrong}
        >
          <Input
            value={portText}
            inputMode="numeric"
            onChange={(_, { value }) => {
              changed()
              setPort(value)
            }}
          />
        </Field>
      </div>
      {security === 'None' ? (
        <Checkbox
          label={words.endpointForm.clearText}
          checked={allowClearText}
          onChange={(_, { checked }) => setClearText(checked === true)}
        />
      ) : (
        <Checkbox
          label={words.endpointForm.untrusted}
          checked={acceptUntrustedCertificates}
          onChange={(_, { checked }) => setUntrusted(checked === true)}
        />
      )}
      <div className="two">
        <Field label={words.endpointForm.migrations}>
          <Input
            value={migrations}
            inputMode="numeric"
            placeholder="20"
            onChange={(_, { value }) => setMigrations(value.replace(/\D/g, ''))}
          />
        </Field>
        <Field label={words.endpointForm.incrementals}>
          <Input
            value={incrementals}
            inputMode="numeric"
            placeholder="10"
            onChange={(_, { value }) => setIncrementals(value.replace(/\D/g, ''))}
          />
        </Field>
      </div>
      <RefusalBar thrown={refusal} />
      {test.data?.result === 'Failed' && (
        <ErrorBar title={words.endpointForm.testBad} detail={test.data.message} remedy={test.data.errorDetail} />
      )}
      {test.data?.result === 'Success' && (
        <MessageBar intent="success" role="status">
          <MessageBarBody>{words.endpointForm.testGood}</MessageBarBody>
        </MessageBar>
      )}
    </FormDialog>
  )
}
