/** A new mailbox database: mailboxes on an IMAP server, or Maildirs here. The service tries it before it stores it. */
import { Checkbox, Field, Input, Select } from '@fluentui/react-components'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MailboxDatabase, NewDatabase } from '#contract/database.ts'
import { ask } from '../api.ts'
import { databasesQuery } from '../pages/batch-queries.ts'
import { FormDialog } from '../ui/form-dialog.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'
import { PORTS, type Security, SecurityField } from './security-field.tsx'

const EMPTY = {
  name: '',
  kind: 'Imap' as NewDatabase['kind'],
  path: '',
  server: '',
  port: PORTS.Ssl,
  security: 'Ssl' as Security,
  loginTemplate: '',
  adminUserName: '',
  adminPassword: '',
  isDefault: false,
}

/** What the service wants of the form: only what belongs to the kind, and nothing empty. */
function bodyOf(given: typeof EMPTY): NewDatabase {
  const { name, kind, isDefault } = given
  if (kind === 'Maildir') return { name, kind, isDefault, path: given.path }
  return {
    name,
    kind,
    isDefault,
    server: given.server.trim(),
    port: Number(given.port),
    security: given.security,
    ...(given.loginTemplate !== '' && { loginTemplate: given.loginTemplate }),
    ...(given.adminUserName !== '' && { adminUserName: given.adminUserName }),
    ...(given.adminPassword !== '' && { adminPassword: given.adminPassword }),
  }
}

interface DatabaseFormProps {
  onClose(): void
  onCreated?(database: MailboxDatabase): void
}

export default function DatabaseForm({ onClose, onCreated }: DatabaseFormProps) {
  const words = useWords()
  const client = useQueryClient()
  const [given, setGiven] = useState(EMPTY)
  const set = (change: Partial<typeof EMPTY>) => setGiven((before) => ({ ...before, ...change }))
  const create = useMutation({
    mutationFn: () => ask('createDatabase', { body: bodyOf(given) }),
    async onSuccess(database) {
      await client.invalidateQueries({ queryKey: databasesQuery.queryKey })
      onCreated?.(database)
      onClose()
    },
  })
  const isReady = given.name.trim() !== '' && (given.kind === 'Maildir' ? given.path : given.server).trim() !== ''
  return (
    <FormDialog
      title={words.databaseForm.title}
      submit={words.databaseForm.create}
      isReady={isReady && !create.isPending}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <Field label={words.databaseForm.kind}>
        <Select value={given.kind} onChange={(_, { value }) => set({ kind: value as NewDatabase['kind'] })}>
          {(['Imap', 'Maildir'] as const).map((kind) => (
            <option key={kind} value={kind}>
              {words.databaseForm.kinds[kind]}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={words.databaseForm.name} required>
        <Input value={given.name} autoComplete="off" onChange={(_, { value }) => set({ name: value })} />
      </Field>
      {given.kind === 'Maildir' ? (
        <Field label={words.databaseForm.path} required hint={words.databaseForm.pathHint}>
          <Input value={given.path} autoComplete="off" onChange={(_, { value }) => set({ path: value })} />
        </Field>
      ) : (
        <ImapFields given={given} set={set} />
      )}
      <Checkbox
        label={words.databaseForm.isDefault}
        checked={given.isDefault}
        onChange={(_, { checked }) => set({ isDefault: checked === true })}
      />
      <RefusalBar thrown={create.error} />
    </FormDialog>
  )
}

interface ImapFieldsProps {
  readonly given: typeof EMPTY
  set(change: Partial<typeof EMPTY>): void
}

function ImapFields({ given, set }: ImapFieldsProps) {
  const words = useWords()
  return (
    <>
      <Field label={words.databaseForm.server} required>
        <Input value={given.server} autoComplete="off" onChange={(_, { value }) => set({ server: value })} />
      </Field>
      <div className="two">
        <SecurityField value={given.security} onChange={(security) => set({ security, port: PORTS[security] })} />
        <Field label={words.endpointForm.port} required>
          <Input
            value={given.port}
            inputMode="numeric"
            onChange={(_, { value }) => set({ port: value.replace(/\D/g, '') })}
          />
        </Field>
      </div>
      <Field label={words.databaseForm.login} hint={words.databaseForm.loginHint}>
        <Input
          value={given.loginTemplate}
          autoComplete="off"
          onChange={(_, { value }) => set({ loginTemplate: value })}
        />
      </Field>
      <div className="two">
        <Field label={words.databaseForm.admin}>
          <Input
            value={given.adminUserName}
            autoComplete="off"
            onChange={(_, { value }) => set({ adminUserName: value })}
          />
        </Field>
        <PasswordField
          label={words.databaseForm.adminPassword}
          value={given.adminPassword}
          onChange={(adminPassword) => set({ adminPassword })}
          autoComplete="new-password"
          isRequired={false}
        />
      </div>
    </>
  )
}
