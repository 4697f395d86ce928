/** How reports are mailed, and the notification hook: one row. */
import type { Selectable, Updateable } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '../ledger/transaction.ts'
import type { SecretPlace } from '../secrets.ts'
import type { NotificationSettingTable } from '../notification-tables.ts'
import type { ServiceStore } from './service-store.ts'
import { wake } from './wake.ts'

export type NotificationSettingRow = Selectable<NotificationSettingTable>
export type NotificationSettingChanges = Omit<Updateable<NotificationSettingTable>, 'id' | 'modified_at'>

const ID = 'notifications'

export const settingSecret = (column: 'password' | 'hook_secret'): SecretPlace => ({
  table: 'notification_setting',
  id: ID,
  column,
})

export async function readNotificationSettings(client: Pool | PoolClient): Promise<NotificationSettingRow> {
  const { rows } = await client.query<NotificationSettingRow>('SELECT * FROM notification_setting')
  return rows[0]!
}

/** What waits is due at once: its reason may be gone. @param change sees the row as it is, locked */
export async function changeNotificationSettings(
  store: ServiceStore,
  change: (row: NotificationSettingRow) => NotificationSettingChanges,
): Promise<NotificationSettingRow> {
  return await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      const { rows } = await client.query<NotificationSettingRow>('SELECT * FROM notification_setting FOR UPDATE')
      const set = Object.entries(change(rows[0]!)).filter(([, value]) => value !== undefined)
      const columns = set.map(([column], at) => `${column} = $${at + 1}`)
      await client.query(
        `UPDATE notification_setting SET ${[...columns, 'modified_at = now()'].join(', ')}`,
        set.map(([, value]) => value),
      )
      await client.query(`UPDATE notification_delivery SET next_at = now() WHERE state = 'Waiting' AND next_at > now()`)
      await wake(client, 'reports')
      return await readNotificationSettings(client)
    }),
  )
}
