/** Every column that holds a sealed secret (src/store/secrets.ts): a test compares it with the schema. */

export interface SealedColumn {
  readonly table: string
  readonly column: string
  /** Id of the row as the seal names it; and its way back, as SQL over the table `s` and ids in `t`. */
  readonly id: string
  readonly key: string
  readonly keyOfId: string
}

const byId = { id: 'id::text', key: 's.id', keyOfId: 't.id::uuid' } as const
const byName = { id: 'id', key: 's.id', keyOfId: 't.id' } as const

export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'mailbox_database', column: 'admin_password', ...byId },
  { table: 'migration_user', column: 'password', ...byId },
  { table: 'migration_user', column: 'target_password', ...byId },
  { table: 'csv_file', column: 'content', ...byId },
  { table: 'notification_setting', column: 'password', ...byName },
  { table: 'notification_setting', column: 'hook_secret', ...byName },
  { table: 'openid_setting', column: 'client_secret', id: 'sealed_for', key: 's.sealed_for', keyOfId: 't.id' },
  {
    table: 'idempotency_key',
    column: 'content',
    id: `encode(key, 'hex')`,
    key: 's.key',
    keyOfId: `decode(t.id, 'hex')`,
  },
]
