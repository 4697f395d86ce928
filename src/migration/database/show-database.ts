import type { MailboxDatabase } from '#contract/database.ts'
import type { DatabaseRow } from '#store/service/databases.ts'

/** The administrator's password is never answered, only whether there is one. */
export const showDatabase = (row: DatabaseRow): MailboxDatabase => ({
  identity: row.name,
  guid: row.id,
  kind: row.kind,
  path: row.path,
  server: row.server,
  port: row.port,
  security: row.security,
  acceptUntrustedCertificates: row.accept_untrusted,
  allowClearText: row.allow_clear_text,
  loginTemplate: row.login_template,
  adminUserName: row.admin_user,
  hasAdminPassword: row.admin_password !== null,
  isDefault: row.is_default,
  creationDateTime: row.created_at.toISOString(),
  lastModifiedDateTime: row.modified_at.toISOString(),
})
