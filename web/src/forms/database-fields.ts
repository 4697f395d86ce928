/** What the form of a mailbox database shows, and what it sends. */
import type { MailboxDatabase, NewDatabase, SetDatabase } from '#contract/database.ts'
import { goesElsewhere } from './goes-elsewhere.ts'
import { isPort } from './port-field.tsx'
import { PORTS, type Security } from './security-field.tsx'

export interface DatabaseFields {
  readonly name: string
  readonly kind: NewDatabase['kind']
  readonly path: string
  readonly server: string
  readonly security: Security
  readonly port: string
  readonly acceptUntrustedCertificates: boolean
  readonly allowClearText: boolean
  /** Empty: each row of the CSV file brings its own log-in. */
  readonly loginTemplate: string
  readonly adminUserName: string
  /** Empty: none was typed. */
  readonly adminPassword: string
  readonly isDefault: boolean
}

/** Of a new one null. */
export const databaseFields = (database: MailboxDatabase | null): DatabaseFields => ({
  name: database?.identity ?? '',
  kind: database?.kind ?? 'Imap',
  path: database?.path ?? '',
  server: database?.server ?? '',
  security: database?.security ?? 'Ssl',
  port: database?.port == null ? PORTS.Ssl : String(database.port),
  acceptUntrustedCertificates: database?.acceptUntrustedCertificates ?? false,
  allowClearText: database?.allowClearText ?? false,
  loginTemplate: database?.loginTemplate ?? '',
  adminUserName: database?.adminUserName ?? '',
  adminPassword: '',
  isDefault: database?.isDefault ?? false,
})

const takesAdmin = ({ loginTemplate }: Pick<DatabaseFields, 'loginTemplate'>): boolean => loginTemplate.trim() !== ''

/** A stored password is not sent elsewhere (docs/decisions/0011): it has to come with the change. */
export const wantsPassword = (database: MailboxDatabase, form: DatabaseFields): boolean =>
  database.hasAdminPassword && takesAdmin(form) && goesElsewhere(databaseFields(database), form)

export const isComplete = (form: DatabaseFields, database: MailboxDatabase | null): boolean =>
  form.name.trim() !== '' &&
  (form.kind === 'Maildir' ? form.path.trim() !== '' : form.server.trim() !== '' && isPort(form.port)) &&
  (database === null || !wantsPassword(database, form) || form.adminPassword !== '')

/** Only what belongs to the kind, and nothing empty. */
export function newDatabase(form: DatabaseFields, skipVerification: boolean): NewDatabase {
  const { kind, isDefault } = form
  const all = { name: form.name.trim(), kind, isDefault, ...(skipVerification && { skipVerification }) }
  if (kind === 'Maildir') return { ...all, path: form.path.trim() }
  const { security, acceptUntrustedCertificates, allowClearText } = form
  return {
    ...all,
    server: form.server.trim(),
    port: Number(form.port),
    security,
    acceptUntrustedCertificates,
    allowClearText,
    ...(takesAdmin(form) && {
      loginTemplate: form.loginTemplate.trim(),
      ...(form.adminUserName.trim() !== '' && { adminUserName: form.adminUserName.trim() }),
      ...(form.adminPassword !== '' && { adminPassword: form.adminPassword }),
    }),
  }
}

/** What was typed, and nothing else: the rest may have been changed by somebody else. */
export function setDatabase(typed: Partial<DatabaseFields>, skipVerification: boolean): SetDatabase {
  const { path, server, port, security, acceptUntrustedCertificates, allowClearText, isDefault } = typed
  return {
    ...(path !== undefined && { path: path.trim() }),
    ...(server !== undefined && { server: server.trim() }),
    ...(port !== undefined && { port: Number(port) }),
    ...(security !== undefined && { security }),
    ...(acceptUntrustedCertificates !== undefined && { acceptUntrustedCertificates }),
    ...(allowClearText !== undefined && { allowClearText }),
    ...loginOf(typed),
    ...(isDefault !== undefined && { isDefault }),
    ...(skipVerification && { skipVerification }),
  }
}

function loginOf({ loginTemplate, adminUserName, adminPassword }: Partial<DatabaseFields>): SetDatabase {
  // Without a template nobody logs in as administrator: the password is not kept for nothing.
  if (loginTemplate?.trim() === '') return { loginTemplate: null, adminUserName: null, adminPassword: null }
  return {
    ...(loginTemplate !== undefined && { loginTemplate: loginTemplate.trim() }),
    ...(adminUserName !== undefined && { adminUserName: adminUserName.trim() || null }),
    ...(adminPassword !== undefined && { adminPassword }),
  }
}
