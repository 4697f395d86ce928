/** Row types of 0006-notifications.sql (tables.ts). */
import type { Generated, JSONColumnType } from 'kysely'
import type { NotificationChannel, NotificationKind, NotificationState } from '#contract/notification-kinds.ts'
import type { ErrorRows, NotificationFacts } from './service/notification-facts.ts'
import type { TimeOrNone } from './tables.ts'

export interface NotificationSettingTable {
  id: Generated<string>
  smtp_server: string | null
  port: number | null
  security: Generated<'None' | 'Ssl' | 'Tls'>
  user_name: string | null
  password: Buffer | null
  from_address: string | null
  from_name: Generated<string>
  language: Generated<'en' | 'fr'>
  accept_untrusted: Generated<boolean>
  allow_clear_text: Generated<boolean>
  hook_url: string | null
  hook_secret: Buffer | null
  hook_events: Generated<NotificationKind[]>
  modified_at: Generated<Date>
}

export interface NotificationTable {
  id: string
  batch_id: string
  batch: string
  kind: NotificationKind
  occasion: string
  facts: JSONColumnType<NotificationFacts>
  errors: JSONColumnType<ErrorRows> | null
  created_at: Generated<Date>
}

export interface NotificationDeliveryTable {
  id: string
  notification_id: string
  channel: NotificationChannel
  recipient: string
  state: Generated<NotificationState>
  attempts: Generated<number>
  next_at: Generated<Date>
  claim: string | null
  claim_until: TimeOrNone
  tried_since: TimeOrNone
  code: string | null
  said: Generated<string>
  settled_at: TimeOrNone
}
