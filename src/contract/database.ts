/** MailboxDatabase (architecture.md §4): where target mailboxes live. */
import { z } from 'zod'
import { DateTime, HostName, MailAddress, Name, Port, Secret, Security } from './values.ts'

export const DatabaseKind = z.enum(['Imap', 'Maildir'])

export const MailboxDatabase = z.object({
  identity: z.string(),
  guid: z.uuid(),
  kind: DatabaseKind,
  /** Maildir: the folder; may hold {domain} and {local}. */
  path: z.string().nullable(),
  /** Imap. */
  server: z.string().nullable(),
  port: Port.nullable(),
  security: Security.nullable(),
  acceptUntrustedCertificates: z.boolean(),
  allowClearText: z.boolean(),
  /** Imap: `{user}`, `{local}`, `{domain}`, `{admin}` are filled in; null: each CSV row brings its own credentials. */
  loginTemplate: z.string().nullable(),
  adminUserName: z.string().nullable(),
  /** Whether an administrator's password is stored; it is never answered. */
  hasAdminPassword: z.boolean(),
  isDefault: z.boolean(),
  /** Names of the batches that use it, whole or for a row; as long as there are any, it cannot be removed. */
  batches: z.array(z.string()),
  creationDateTime: DateTime,
  lastModifiedDateTime: DateTime,
})
export type MailboxDatabase = z.infer<typeof MailboxDatabase>

const Fields = {
  path: z.string().trim().min(1).max(1000),
  server: HostName,
  port: Port,
  security: Security,
  acceptUntrustedCertificates: z.boolean(),
  allowClearText: z.boolean(),
  loginTemplate: z.string().trim().min(1).max(200).nullable(),
  adminUserName: z.string().trim().min(1).max(200).nullable(),
  adminPassword: Secret.nullable(),
  isDefault: z.boolean(),
  skipVerification: z.boolean(),
}

export const NewDatabase = z.object({ name: Name, kind: DatabaseKind, ...z.object(Fields).partial().shape })
export type NewDatabase = z.infer<typeof NewDatabase>

/** Name and kind stay as they are. */
export const SetDatabase = z.object(Fields).partial()
export type SetDatabase = z.infer<typeof SetDatabase>

export const TestDatabase = z.object({
  /** With an administrator's log-in: whose mailbox is opened to prove it. */
  testMailbox: MailAddress.optional(),
})

export const DatabaseTest = z.object({
  result: z.enum(['Success', 'Failed']),
  message: z.string(),
  errorDetail: z.string(),
  /** It works, but: one sentence each. */
  warnings: z.array(z.string()),
  /** Free where the Maildirs lie, on this machine, in bytes; null: nobody knows, or nothing was tried. */
  freeBytes: z.int().nullable(),
})
export type DatabaseTest = z.infer<typeof DatabaseTest>
