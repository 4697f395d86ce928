/** Row types of sign-ins with a password and of sessions; see tables.ts. */
import type { ColumnType, Generated } from 'kysely'

type Time = ColumnType<Date, Date | string, Date | string>

export interface AdministratorSessionTable {
  hash: Buffer
  administrator_id: string
  created_at: Time
  last_used_at: Time
  expires_at: Time
  sign_out_url: string | null
}

export interface FirstPasswordTable {
  only_one: Generated<boolean>
  hash: Buffer
  expires_at: Time
}

export interface KnownNetworkTable {
  hash: Buffer
  administrator_id: string
  last_used_at: Time
}
