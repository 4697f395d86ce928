/** Words of notifications without their schemas: help and completion load no zod, and neither does the store. */
export const NOTIFICATION_KINDS = ['Started', 'Progress', 'Finished', 'Stopped', 'Expiring'] as const
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number]
export const NOTIFICATION_CHANNELS = ['Mail', 'Hook'] as const
export type NotificationChannel = (typeof NOTIFICATION_CHANNELS)[number]
export const NOTIFICATION_STATES = ['Waiting', 'Sent', 'Failed'] as const
export type NotificationState = (typeof NOTIFICATION_STATES)[number]
/** Of mails. */
export const LANGUAGES = ['en', 'fr'] as const
export type Language = (typeof LANGUAGES)[number]
