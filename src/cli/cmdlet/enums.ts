/** Values of contract/values.ts, administrator.ts and database.ts without their schemas: completion and help load no zod. */
export const SECURITIES = ['None', 'Ssl', 'Tls'] as const
export const ROLES = ['ViewOnly', 'Migration', 'OrganizationManagement'] as const
export const LANGUAGES = ['en', 'fr'] as const
export const DATABASE_KINDS = ['Imap', 'Maildir'] as const
