/** Reports by mail and the notification hook (exchange-semantics.md §2.5): their settings, and what became of each. */
import { z } from 'zod'
import { LANGUAGES, NOTIFICATION_CHANNELS, NOTIFICATION_KINDS, NOTIFICATION_STATES } from './notification-kinds.ts'
import { DateTime, HostName, Identity, MailAddress, PageQuery, PlainText, Port, Secret, Security } from './values.ts'

const Kinds = z.array(z.enum(NOTIFICATION_KINDS))

export const NotificationSettings = z.object({
  identity: z.string(),
  /** Null: no mail is sent. */
  smtpServer: z.string().nullable(),
  port: Port.nullable(),
  /** Tls is STARTTLS, and compulsory. */
  security: Security,
  userName: z.string().nullable(),
  hasPassword: z.boolean(),
  from: z.string().nullable(),
  fromName: z.string(),
  language: z.enum(LANGUAGES),
  acceptUntrustedCertificates: z.boolean(),
  allowClearText: z.boolean(),
  /** Null: no hook is called. */
  hookUrl: z.string().nullable(),
  hasHookSecret: z.boolean(),
  hookEvents: Kinds,
  lastModifiedDateTime: DateTime,
})
export type NotificationSettings = z.infer<typeof NotificationSettings>

/** What is absent stays, secrets too; null takes away. */
export const SetNotificationSettings = z
  .object({
    smtpServer: HostName.nullable(),
    /** Null: 465 with Ssl, 587 with Tls, 25 with None. */
    port: Port.nullable(),
    security: Security,
    userName: z.string().trim().min(1).max(320).nullable(),
    password: Secret.nullable(),
    from: MailAddress.nullable(),
    fromName: PlainText.max(100),
    language: z.enum(LANGUAGES),
    acceptUntrustedCertificates: z.boolean(),
    /** A password with security None to anything but loopback. */
    allowClearText: z.boolean(),
    hookUrl: z.string().trim().max(2000).nullable(),
    /** `whsec_` and 24 to 64 bytes in base64 (Standard Webhooks). */
    hookSecret: Secret.nullable(),
    hookEvents: Kinds,
  })
  .partial()
export type SetNotificationSettings = z.infer<typeof SetNotificationSettings>

export const TestNotifications = z.object({
  /** Who gets the test mail; left out: the sender's own address. */
  recipient: MailAddress.optional(),
  /** Left out: both. */
  channel: z.enum(NOTIFICATION_CHANNELS).optional(),
})

const ChannelTest = z.object({
  channel: z.enum(NOTIFICATION_CHANNELS),
  result: z.enum(['Success', 'Failed', 'NotConfigured']),
  message: z.string(),
  /** What to do about it; empty when nothing is wrong. */
  errorDetail: z.string(),
})
export type ChannelTest = z.infer<typeof ChannelTest>
/** A failure is a result. */
export const NotificationTest = z.object({ results: z.array(ChannelTest) })
export type NotificationTest = z.infer<typeof NotificationTest>

/** One report to one recipient: what was sent, what waits, what failed and why. */
export const Notification = z.object({
  identity: z.uuid(),
  batchId: z.string(),
  batchGuid: z.uuid(),
  kind: z.enum(NOTIFICATION_KINDS),
  channel: z.enum(NOTIFICATION_CHANNELS),
  /** An address, or where the hook is. */
  recipient: z.string(),
  status: z.enum(NOTIFICATION_STATES),
  attempts: z.int(),
  creationDateTime: DateTime,
  sentDateTime: DateTime.nullable(),
  nextAttemptDateTime: DateTime.nullable(),
  /** A code of docs/errors.md; null when nothing is wrong. */
  errorCode: z.string().nullable(),
  message: z.string(),
})
export type Notification = z.infer<typeof Notification>

/** Newest first. */
export const NotificationQuery = PageQuery.omit({ sort: true }).extend({
  batch: Identity.optional(),
  status: z.enum(NOTIFICATION_STATES).optional(),
  channel: z.enum(NOTIFICATION_CHANNELS).optional(),
})
