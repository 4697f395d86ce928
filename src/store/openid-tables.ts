/** Row types of OpenID Connect; see tables.ts. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { Role } from '#contract/administrator.ts'

export interface OpenIdSettingTable {
  only_one: Generated<boolean>
  enabled: boolean
  display_name: string
  issuer: string
  client_id: string
  sealed_for: string
  client_secret: Buffer | null
  scopes: string[]
  user_name_claim: string | null
  roles_claim: string
  role_mapping: JSONColumnType<Readonly<Record<Role, readonly string[]>>>
  modified_at: Generated<Date>
}

export interface OpenIdPendingTable {
  hash: Buffer
  issuer: string
  client_id: string
  return_to: string
  network: string
  session_hash: Buffer | null
  expires_at: ColumnType<Date, Date | string, Date | string>
}
