/** Row types of the durable tables, for kysely. What src/store/sql creates is the truth; these follow it. */
import type { Generated } from 'kysely'

export interface SchemaMigrationTable {
  number: number
  name: string
  /** Of the SQL file as it was when it was applied. */
  sha256: string
  applied_at: Generated<Date>
}

export interface SecretKeyTable {
  id: string
  created_at: Generated<Date>
}

export interface Tables {
  schema_migration: SchemaMigrationTable
  secret_key: SecretKeyTable
}
