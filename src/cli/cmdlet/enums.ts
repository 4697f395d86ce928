/** Values of contract/values.ts and contract/database.ts without their schemas: completion and help load no zod. */
export const SECURITIES = ['None', 'Ssl', 'Tls'] as const
export const DATABASE_KINDS = ['Imap', 'Maildir'] as const
