/** An administrator, new or changed. The user name stays: the audit log and batches tell of it. */
import { Field, Input, MessageBar, MessageBarBody, Select } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Administrator, Language, Role } from '#contract/administrator.ts'
import { ask, askTagged, type Tagged } from '../api.ts'
import { isConflict, useEdited } from '../edited.ts'
import { LIVE } from '../live.ts'
import { useSending } from '../sending.ts'
import { ConflictBar } from '../ui/conflict-bar.tsx'
import { FormDialog } from '../ui/form-dialog.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useTell } from '../ui/toasts.tsx'
import { LANGUAGES, nameOfLanguage, useWords } from '../words/words.ts'
import { beyondFields, wrongAt } from './field-refusal.ts'
import { OneTimePassword } from './one-time-password.tsx'
import { RoleField } from './role-field.tsx'

const ROLES = ['ViewOnly', 'Migration', 'OrganizationManagement'] as const satisfies readonly Role[]

interface Fields {
  readonly displayName: string
  readonly mailAddress: string
  readonly language: string
  readonly role: Role
  readonly oidcSubject: string
}

/** Of several roles the one that may most: it includes the others. */
const fieldsOf = (one: Administrator | null): Fields => ({
  displayName: one?.displayName ?? '',
  mailAddress: one?.mailAddress ?? '',
  language: one?.language ?? '',
  role: ROLES.findLast((role) => one?.roles.includes(role)) ?? 'ViewOnly',
  oidcSubject: one?.oidcSubject ?? '',
})

const orNull = (text: string) => (text.trim() === '' ? null : text.trim())

/** What of these fields is given, as the API has it; an emptied display name stays as it was. */
const bodyOf = ({ displayName, mailAddress, language, role, oidcSubject }: Partial<Fields>) => ({
  ...(displayName !== undefined && displayName.trim() !== '' && { displayName: displayName.trim() }),
  ...(mailAddress !== undefined && { mailAddress: orNull(mailAddress) }),
  ...(language !== undefined && { language: orNull(language) as Language | null }),
  ...(role !== undefined && { roles: [role] }),
  ...(oidcSubject !== undefined && { oidcSubject: orNull(oidcSubject) }),
})

interface AdministratorFormProps {
  readonly seen?: Tagged<Administrator>
  /** Nobody else may everything: a lesser role is not offered. */
  readonly isLast?: boolean
  onClose(): void
  onSaved?(administrator: Administrator): void
}

const SHOWN = ['userName', 'password', 'displayName', 'mailAddress', 'oidcSubject']

export default function AdministratorForm({ seen, isLast = false, onClose, onSaved }: AdministratorFormProps) {
  const words = useWords()
  const { administrators: labels } = words
  const client = useQueryClient()
  const tell = useTell()
  const edited = useEdited<Administrator | null, Fields>(seen ?? { value: null, etag: '*' }, fieldsOf)
  const { form, typed } = edited
  const there = edited.seen.value
  const isForeign = there?.source === 'OpenIdConnect'
  const [userName, setUserName] = useState('')
  const [password, setPassword] = useState('')
  const save = useSending({
    mutationFn: () =>
      there === null
        ? ask('createAdministrator', {
            body: {
              ...bodyOf(typed),
              userName: userName.trim(),
              roles: [form.role],
              ...(password !== '' && { password }),
            },
          })
        : ask('updateAdministrator', {
            params: { identity: there.guid },
            ifMatch: edited.seen.etag,
            body: bodyOf(typed),
          }),
    async onSuccess(saved) {
      tell.done(there === null ? labels.handOver(saved.identity) : labels.saved(saved.identity))
      await client.invalidateQueries({ queryKey: [LIVE] })
      onSaved?.(saved)
      onClose()
    },
  })
  const set = (change: Partial<Fields>) => {
    edited.set(change)
    save.reset()
  }
  // A conflict is told above the buttons, with how to go on.
  const refused = isConflict(save.error) ? null : save.error
  const isComplete =
    there === null ? userName.trim() !== '' && (password !== '' || form.oidcSubject.trim() !== '') : edited.isChanged
  const endsSessions = there !== null && ROLES.indexOf(form.role) < ROLES.indexOf(fieldsOf(there).role)
  return (
    <FormDialog
      title={there === null ? labels.new : labels.editTitle(there.identity)}
      submit={there === null ? labels.create : words.edited.save}
      isReady={isComplete && !save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {there === null && (
        <Field label={labels.columns.identity} required validationMessage={wrongAt(refused, 'userName')}>
          <Input value={userName} autoComplete="off" onChange={(_, { value }) => setUserName(value)} />
        </Field>
      )}
      <div className="two">
        <Field
          label={there === null ? labels.optional(labels.columns.displayName) : labels.columns.displayName}
          validationMessage={wrongAt(refused, 'displayName')}
        >
          <Input value={form.displayName} autoComplete="off" onChange={(_, { value }) => set({ displayName: value })} />
        </Field>
        <Field label={labels.optional(labels.mail)} validationMessage={wrongAt(refused, 'mailAddress')}>
          <Input
            type="email"
            value={form.mailAddress}
            autoComplete="off"
            onChange={(_, { value }) => set({ mailAddress: value })}
          />
        </Field>
      </div>
      <RoleField
        label={labels.role}
        names={ROLES}
        words={words.account.role}
        value={form.role}
        isDisabled={isForeign || isLast}
        hint={isForeign ? labels.roleForeign : isLast ? labels.last : undefined}
        onChange={(role) => set({ role })}
      />
      {there === null && (
        <OneTimePassword
          value={password}
          isRequired={form.oidcSubject.trim() === ''}
          wrong={wrongAt(refused, 'password')}
          onChange={setPassword}
        />
      )}
      <Field label={labels.language}>
        <Select value={form.language} onChange={(_, { value }) => set({ language: value })}>
          <option value="">{labels.asBrowser}</option>
          {LANGUAGES.map((one) => (
            <option key={one} value={one} lang={one}>
              {nameOfLanguage(one)}
            </option>
          ))}
        </Select>
      </Field>
      {!isForeign && (
        <Field
          label={labels.optional(labels.subject)}
          hint={labels.subjectHint}
          validationMessage={wrongAt(refused, 'oidcSubject')}
        >
          <Input value={form.oidcSubject} autoComplete="off" onChange={(_, { value }) => set({ oidcSubject: value })} />
        </Field>
      )}
      {endsSessions && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{labels.roleEnds}</MessageBarBody>
        </MessageBar>
      )}
      {isConflict(save.error) ? (
        <ConflictBar
          refusal={save.error}
          labelOf={(field) => labelOf(words, field)}
          renew={async () => {
            edited.see(await askTagged('getAdministrator', { params: { identity: there!.guid } }))
            save.reset()
          }}
        />
      ) : (
        <RefusalBar thrown={beyondFields(save.error, SHOWN)} />
      )}
    </FormDialog>
  )
}

function labelOf({ administrators: labels }: ReturnType<typeof useWords>, field: string): string | null {
  const known: Readonly<Record<string, string>> = {
    displayName: labels.columns.displayName,
    mailAddress: labels.mail,
    language: labels.language,
    roles: labels.role,
    enabled: labels.enabled,
    oidcSubject: labels.subject,
    mustChangePassword: labels.mustChange,
  }
  return known[field] ?? null
}
