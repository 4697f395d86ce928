import type { Administrator } from '#contract/administrator.ts'
import type { AdministratorRow } from '#store/service/administrators.ts'

export const showAdministrator = (row: AdministratorRow): Administrator => ({
  identity: row.name,
  guid: row.id,
  displayName: row.display_name,
  mailAddress: row.mail_address,
  language: row.language,
  roles: row.roles,
  enabled: row.enabled,
  hasPassword: row.password_hash !== null,
  mustChangePassword: row.must_change_password,
  oidcSubject: row.oidc_subject,
  source: row.source,
  lastSignInTime: row.last_sign_in_at?.toISOString() ?? null,
  creationDateTime: row.created_at.toISOString(),
  lastModifiedDateTime: row.modified_at.toISOString(),
})
