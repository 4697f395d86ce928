/** Of a mailbox database on an IMAP server: where it is, and who logs in. */
import { Field, Input } from '@fluentui/react-components'
import type { MailboxDatabase } from '#contract/database.ts'
import { useWords } from '../words/words.ts'
import { type DatabaseFields, wantsPassword } from './database-fields.ts'
import { wrongAt } from './field-refusal.ts'
import { PortField, portFor } from './port-field.tsx'
import { SecretField } from './secret-field.tsx'
import { SecurityField } from './security-field.tsx'
import { TrustField } from './trust-field.tsx'

interface ImapFieldsProps {
  readonly form: DatabaseFields
  /** What is changed; null: a new one is made. */
  readonly there: MailboxDatabase | null
  readonly refused: unknown
  set(change: Partial<DatabaseFields>): void
}

export function ImapFields({ form, there, refused, set }: ImapFieldsProps) {
  const words = useWords()
  const wrong = (field: string) => wrongAt(refused, field)
  const hasTemplate = form.loginTemplate.trim() !== ''
  return (
    <>
      <Field label={words.databaseForm.server} required validationMessage={wrong('server')}>
        <Input value={form.server} autoComplete="off" onChange={(_, { value }) => set({ server: value })} />
      </Field>
      <div className="two">
        <SecurityField
          value={form.security}
          wrong={wrong('security')}
          onChange={(security) => set({ security, port: portFor(form.port, form.security, security) })}
        />
        <PortField value={form.port} wrong={wrong('port')} onChange={(port) => set({ port })} />
      </div>
      <TrustField form={form} set={set} />
      <Field
        label={words.databaseForm.login}
        hint={words.databaseForm.loginHint}
        validationMessage={wrong('loginTemplate')}
      >
        <Input
          value={form.loginTemplate}
          autoComplete="off"
          onChange={(_, { value }) => set({ loginTemplate: value })}
        />
      </Field>
      {hasTemplate && (
        <div className="two top">
          <Field label={words.databaseForm.admin} validationMessage={wrong('adminUserName')}>
            <Input
              value={form.adminUserName}
              autoComplete="off"
              onChange={(_, { value }) => set({ adminUserName: value })}
            />
          </Field>
          <SecretField
            label={words.databaseForm.adminPassword}
            value={form.adminPassword}
            isStored={there?.hasAdminPassword === true}
            again={there !== null && wantsPassword(there, form) ? words.databases.passwordAgain : null}
            wrong={wrong('adminPassword')}
            onChange={(adminPassword) => set({ adminPassword })}
          />
        </div>
      )}
      {!hasTemplate && there?.hasAdminPassword === true && <p className="small">{words.databases.passwordGoes}</p>}
    </>
  )
}
