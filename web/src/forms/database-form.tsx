/** A mailbox database, new or changed: mailboxes on an IMAP server, or Maildirs here. The service tries it before it stores it. */
import { Checkbox, Field, Input, MessageBar, MessageBarBody, Select } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { MailboxDatabase, NewDatabase } from '#contract/database.ts'
import { ask, askTagged, Refusal, type Tagged } from '../api.ts'
import { isConflict, useEdited } from '../edited.ts'
import { LIVE } from '../live.ts'
import { useSending } from '../sending.ts'
import { ConflictBar } from '../ui/conflict-bar.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'
import { type DatabaseFields, databaseFields, isComplete, newDatabase, setDatabase } from './database-fields.ts'
import { ImapFields } from './database-imap-fields.tsx'
import { beyondFields, wrongAt } from './field-refusal.ts'
import { SkipVerification } from './skip-verification.tsx'

interface DatabaseFormProps {
  /** What is changed; without it a new one is made. */
  readonly seen?: Tagged<MailboxDatabase>
  onClose(): void
  onCreated?(database: MailboxDatabase): void
}

/** What the check before storing answers; then one may insist. */
const UNREACHED = ['MIGRATION_SERVER_CONNECTION_FAILED', 'TARGET_ROOT_REFUSED']

export default function DatabaseForm({ seen, onClose, onCreated }: DatabaseFormProps) {
  const words = useWords()
  const client = useQueryClient()
  const edited = useEdited<MailboxDatabase | null, DatabaseFields>(seen ?? { value: null, etag: '*' }, databaseFields)
  const { form, typed } = edited
  const there = edited.seen.value
  const [skips, setSkips] = useState(false)
  const save = useSending({
    mutationFn: () =>
      there === null
        ? ask('createDatabase', { body: newDatabase(form, skips) })
        : ask('updateDatabase', {
            params: { identity: there.guid },
            ifMatch: edited.seen.etag,
            body: setDatabase(typed, skips),
          }),
    async onSuccess(database) {
      await client.invalidateQueries({ queryKey: [LIVE] })
      if (there === null) onCreated?.(database)
      onClose()
    },
  })
  const set = (change: Partial<DatabaseFields>) => {
    edited.set(change)
    setSkips(false)
    save.reset()
  }
  // A path that is wrong in itself, which is told at its field, would not be stored unseen either.
  const isUnreached =
    save.error instanceof Refusal && UNREACHED.includes(save.error.code) && save.error.fields.length === 0
  const isMoved = [typed.path, typed.server, typed.port].some((value) => value !== undefined)
  const place = form.kind === 'Maildir' ? form.path : `${form.server.trim()}:${form.port}`
  return (
    <FormDialog
      title={there === null ? words.databaseForm.title : words.databases.editTitle(there.identity)}
      submit={there === null ? words.databaseForm.create : words.edited.save}
      isReady={isComplete(form, there) && !save.isPending && (there === null || edited.isChanged)}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {there === null && <NewFields form={form} refused={save.error} set={set} />}
      {form.kind === 'Maildir' ? (
        <Field
          label={words.databaseForm.path}
          required
          hint={words.databaseForm.pathHint}
          validationMessage={wrongAt(save.error, 'path')}
        >
          <Input value={form.path} autoComplete="off" onChange={(_, { value }) => set({ path: value })} />
        </Field>
      ) : (
        <ImapFields form={form} there={there} refused={save.error} set={set} />
      )}
      {there?.isDefault === true ? (
        <p className="small">{words.databases.isDefault}</p>
      ) : (
        <Checkbox
          label={words.databaseForm.isDefault}
          checked={form.isDefault}
          onChange={(_, { checked }) => set({ isDefault: checked === true })}
        />
      )}
      {there !== null && isMoved && there.batches.length > 0 && (
        <MessageBar intent="warning" layout="multiline" role="status">
          <MessageBarBody>{words.databases.moves(there.batches, place)}</MessageBarBody>
        </MessageBar>
      )}
      {isConflict(save.error) ? (
        <ConflictBar
          refusal={save.error}
          labelOf={(field) => labelOf(words, field)}
          renew={async () => {
            edited.see(await askTagged('getDatabase', { params: { identity: there!.guid } }))
            save.reset()
          }}
        />
      ) : (
        <RefusalBar thrown={beyondFields(save.error, shownOf(form))} />
      )}
      {(isUnreached || skips) && (
        <SkipVerification what={words.databases.skipMeans} checked={skips} onChange={setSkips} />
      )}
    </FormDialog>
  )
}

/** Fields that can tell what is wrong with them. */
const shownOf = ({ kind, loginTemplate }: DatabaseFields): readonly string[] =>
  kind === 'Maildir'
    ? ['name', 'path']
    : [
        'name',
        'server',
        'port',
        'security',
        'loginTemplate',
        ...(loginTemplate.trim() === '' ? [] : ['adminUserName', 'adminPassword']),
      ]

interface NewFieldsProps {
  readonly form: DatabaseFields
  readonly refused: unknown
  set(change: Partial<DatabaseFields>): void
}

/** Kind and name stay as they were made. */
function NewFields({ form, refused, set }: NewFieldsProps) {
  const words = useWords()
  return (
    <>
      <Field label={words.databaseForm.kind}>
        <Select value={form.kind} onChange={(_, { value }) => set({ kind: value as NewDatabase['kind'] })}>
          {(['Imap', 'Maildir'] as const).map((kind) => (
            <option key={kind} value={kind}>
              {words.databaseForm.kinds[kind]}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={words.databaseForm.name} required validationMessage={wrongAt(refused, 'name')}>
        <Input value={form.name} autoComplete="off" onChange={(_, { value }) => set({ name: value })} />
      </Field>
    </>
  )
}

function labelOf({ databaseForm, endpointForm }: ReturnType<typeof useWords>, field: string): string | null {
  const known: Readonly<Record<string, string>> = {
    path: databaseForm.path,
    server: databaseForm.server,
    port: endpointForm.port,
    security: endpointForm.security,
    acceptUntrustedCertificates: endpointForm.untrusted,
    allowClearText: endpointForm.clearText,
    loginTemplate: databaseForm.login,
    adminUserName: databaseForm.admin,
    hasAdminPassword: databaseForm.adminPassword,
    isDefault: databaseForm.isDefault,
  }
  return known[field] ?? null
}
