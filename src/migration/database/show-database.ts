import type { MailboxDatabase } from '#contract/database.ts'
import { type DatabaseRow, batchesByDatabase } from '#store/service/databases.ts'
import type { ServiceStore } from '#store/service/service-store.ts'

/** With who uses it. */
export async function showUsed(store: ServiceStore, row: DatabaseRow): Promise<MailboxDatabase> {
  const batches = (await batchesByDatabase(store)).get(row.id) ?? []
  return { ...showDatabase(row), batches: batches.map(({ name }) => name) }
}

/**
 * As it is while it is locked: nobody asks then who uses it. The administrator's password is never answered, only
 * whether there is one.
 */
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
  batches: [],
  creationDateTime: row.created_at.toISOString(),
  lastModifiedDateTime: row.modified_at.toISOString(),
})
