/** How reports are mailed. */
import { Field, Input, Select } from '@fluentui/react-components'
import { LANGUAGES } from '#contract/notification-kinds.ts'
import type { NotificationSettings } from '#contract/notification.ts'
import { askTagged, type Tagged } from '../../api.ts'
import { wrongAt } from '../../forms/field-refusal.ts'
import { PortField, portFor } from '../../forms/port-field.tsx'
import { SecretField } from '../../forms/secret-field.tsx'
import { SecurityField } from '../../forms/security-field.tsx'
import { TrustField } from '../../forms/trust-field.tsx'
import { useWords } from '../../words/words.ts'
import { ChannelTest } from './channel-test.tsx'
import { isMailComplete, type MailFields, mailFields, setMail, SMTP_PORTS, wantsPassword } from './mail-fields.ts'
import { SettingsCard } from './settings-card.tsx'
import { notificationSettingsQuery } from './settings-queries.ts'
import { useSettings } from './use-settings.ts'
import { Warnings } from './warnings.tsx'

export function MailCard({ now }: { readonly now: Tagged<NotificationSettings> }) {
  const words = useWords()
  const labels = words.settings.mail
  const settings = useSettings<NotificationSettings, MailFields>({
    now,
    query: notificationSettingsQuery,
    name: labels.title,
    formOf: mailFields,
    send: ({ typed, form }, ifMatch) =>
      askTagged('updateNotificationSettings', { ifMatch, body: setMail(typed, form) }),
  })
  const { form, set, seen } = settings
  const there = seen.value
  const wrong = (field: string) => wrongAt(settings.refused, field)
  const again = there.hasPassword && wantsPassword(there, form) ? words.databases.passwordAgain : null
  const hasServer = form.smtpServer.trim() !== ''
  return (
    <SettingsCard
      title={labels.title}
      lead={labels.lead}
      settings={settings}
      isReady={isMailComplete(there, form)}
      labels={labels.fields}
      below={
        there.smtpServer !== null && (
          <ChannelTest channel="Mail" reason={settings.isChanged ? words.settings.saveFirst : null} />
        )
      }
    >
      <Field label={labels.fields.smtpServer} hint={labels.serverHint} validationMessage={wrong('smtpServer')}>
        <Input value={form.smtpServer} autoComplete="off" onChange={(_, { value }) => set({ smtpServer: value })} />
      </Field>
      {hasServer && (
        <>
          <div className="two top">
            <SecurityField
              value={form.security}
              names={labels.securities}
              wrong={wrong('security')}
              onChange={(security) => set({ security, port: portFor(form.port, form.security, security, SMTP_PORTS) })}
            />
            <PortField value={form.port} wrong={wrong('port')} onChange={(port) => set({ port })} />
          </div>
          <TrustField form={form} set={set} />
          <div className="two top">
            <Field label={labels.fields.userName} hint={labels.userNameHint} validationMessage={wrong('userName')}>
              <Input value={form.userName} autoComplete="off" onChange={(_, { value }) => set({ userName: value })} />
            </Field>
            {form.userName.trim() !== '' && (
              <SecretField
                label={labels.fields.password}
                value={form.password}
                isStored={there.hasPassword}
                isRequired={!there.hasPassword}
                again={again}
                wrong={wrong('password')}
                onChange={(password) => set({ password })}
              />
            )}
          </div>
          <div className="two top">
            <Field label={labels.fields.from} required validationMessage={wrong('from')}>
              <Input
                value={form.from}
                type="email"
                autoComplete="off"
                onChange={(_, { value }) => set({ from: value })}
              />
            </Field>
            <Field label={labels.fields.fromName} validationMessage={wrong('fromName')}>
              <Input value={form.fromName} autoComplete="off" onChange={(_, { value }) => set({ fromName: value })} />
            </Field>
          </div>
          <Field label={labels.fields.language}>
            <Select
              className="settings-number"
              value={form.language}
              onChange={(_, { value }) => set({ language: value as MailFields['language'] })}
            >
              {LANGUAGES.map((one) => (
                <option key={one} value={one}>
                  {labels.languages[one]}
                </option>
              ))}
            </Select>
          </Field>
        </>
      )}
      <Warnings texts={[!hasServer && there.smtpServer !== null && labels.noMail]} />
    </SettingsCard>
  )
}
