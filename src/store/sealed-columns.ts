/** Every column that holds a sealed secret (src/store/secrets.ts): a test compares it with the schema. */
import type { SecretPlace } from './secrets.ts'

export interface SealedColumn {
  readonly table: string
  /** The column that names the row, in the seal and here. */
  readonly key: string
  readonly column: string
}

export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'mailbox_database', key: 'id', column: 'admin_password' },
  { table: 'migration_user', key: 'id', column: 'password' },
  { table: 'migration_user', key: 'id', column: 'target_password' },
  { table: 'csv_file', key: 'id', column: 'content' },
]

export const placeOf = ({ table, column }: SealedColumn, id: string): SecretPlace => ({ table, id, column })
