import type { MailboxDatabase } from '#contract/database.ts'

/** Where the service has no log-in of its own, each row brings one. */
export const wantsTargetLogins = ({ kind, loginTemplate, hasAdminPassword }: MailboxDatabase): boolean =>
  kind === 'Imap' && (loginTemplate === null || !hasAdminPassword)
