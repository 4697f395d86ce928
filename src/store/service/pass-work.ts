/** All that a pass works from, read when it begins: settings that were changed before count. */
import type { Selectable } from 'kysely'
import type { MigrationBatchTable } from '../tables.ts'
import type { DatabaseRow } from './databases.ts'
import type { StoredEndpoint } from './endpoints.ts'
import type { ServiceStore } from './service-store.ts'
import { type UserRow, findUsers } from './users.ts'

export interface PassWork {
  readonly user: UserRow
  readonly batch: Selectable<MigrationBatchTable>
  readonly endpoint: StoredEndpoint
  readonly database: DatabaseRow
}

/** Null when the user was removed meanwhile. */
export async function readPassWork(store: ServiceStore, userId: string): Promise<PassWork | null> {
  // A row may have somebody's Guid where its address should be.
  const user = (await findUsers(store, userId, null)).find(({ id }) => id === userId)
  if (!user) return null
  return await store.retrying(async () => {
    const [batch, endpoint, database] = await Promise.all([
      store.db.selectFrom('migration_batch').selectAll().where('id', '=', user.batch_id).executeTakeFirst(),
      store.db.selectFrom('migration_endpoint').selectAll().where('id', '=', user.endpoint_id).executeTakeFirst(),
      store.db.selectFrom('mailbox_database').selectAll().where('id', '=', user.database_id).executeTakeFirst(),
    ])
    return batch && endpoint && database ? { user, batch, endpoint, database } : null
  })
}
