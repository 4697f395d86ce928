/** What the form of the mail server shows, and what it sends. */
import type { NotificationSettings, SetNotificationSettings } from '#contract/notification.ts'
import { goesElsewhere } from '../../forms/goes-elsewhere.ts'
import { isPort } from '../../forms/port-field.tsx'
import type { Security } from '../../forms/security-field.tsx'

/** Where mail servers take mail; Tls is STARTTLS. */
export const SMTP_PORTS: Readonly<Record<Security, string>> = { Ssl: '465', Tls: '587', None: '25' }

export interface MailFields {
  /** Empty: no mail is sent. */
  readonly smtpServer: string
  readonly security: Security
  readonly port: string
  readonly acceptUntrustedCertificates: boolean
  readonly allowClearText: boolean
  /** Empty: nobody logs in. */
  readonly userName: string
  /** Empty: none was typed. */
  readonly password: string
  readonly from: string
  readonly fromName: string
  readonly language: NotificationSettings['language']
}

export const mailFields = (settings: NotificationSettings): MailFields => ({
  smtpServer: settings.smtpServer ?? '',
  security: settings.security,
  port: settings.port === null ? SMTP_PORTS[settings.security] : String(settings.port),
  acceptUntrustedCertificates: settings.acceptUntrustedCertificates,
  allowClearText: settings.allowClearText,
  userName: settings.userName ?? '',
  password: '',
  from: settings.from ?? '',
  fromName: settings.fromName,
  language: settings.language,
})

const way = (fields: MailFields) => ({ ...fields, server: fields.smtpServer })

/** A stored password is not sent elsewhere (docs/decisions/0011). */
export const wantsPassword = (there: NotificationSettings, form: MailFields): boolean =>
  form.userName.trim() !== '' && (!there.hasPassword || goesElsewhere(way(mailFields(there)), way(form)))

export const isMailComplete = (there: NotificationSettings, form: MailFields): boolean =>
  form.smtpServer.trim() === '' ||
  (isPort(form.port) && form.from.trim() !== '' && (!wantsPassword(there, form) || form.password !== ''))

const orNull = (text: string) => text.trim() || null

export function setMail(typed: Partial<MailFields>, form: MailFields): SetNotificationSettings {
  if (form.smtpServer.trim() === '') return { smtpServer: null }
  const { password, language, fromName } = typed
  const isMoved = typed.smtpServer !== undefined || typed.security !== undefined
  return {
    ...(typed.smtpServer !== undefined && { smtpServer: form.smtpServer.trim() }),
    ...(typed.security !== undefined && { security: form.security }),
    // What was said of the server that was there is said of this one anew: it is what the form shows.
    ...((isMoved || typed.port !== undefined) && { port: Number(form.port) }),
    ...((isMoved || typed.acceptUntrustedCertificates !== undefined) && {
      acceptUntrustedCertificates: form.acceptUntrustedCertificates,
    }),
    ...((isMoved || typed.allowClearText !== undefined) && { allowClearText: form.allowClearText }),
    ...(typed.userName !== undefined && { userName: orNull(form.userName) }),
    ...(password !== undefined && form.userName.trim() !== '' && { password }),
    ...(typed.from !== undefined && { from: orNull(form.from) }),
    ...(fromName !== undefined && { fromName: fromName.trim() }),
    ...(language !== undefined && { language }),
  }
}
