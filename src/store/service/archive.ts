/** What stays of batches that were removed. Their users come there by themselves (archive_users in 0007-hygiene.sql). */
import type { PoolClient } from 'pg'
import type { Selectable } from 'kysely'
import { inTransaction } from '../ledger/transaction.ts'
import type { ArchivedBatchTable } from '../tables.ts'
import { isGuid, nameKey } from './named.ts'
import { addServiceAct } from './service-acts.ts'
import type { ServiceStore } from './service-store.ts'

export type ArchivedBatch = Selectable<ArchivedBatchTable>

/** Within the transaction that deletes the batch, after its last user. */
export async function archiveBatch(client: PoolClient, id: string): Promise<void> {
  await client.query(
    `INSERT INTO archived_batch (id, name, name_key, type, settings, columns, warnings, submitted_by, created_at,
       started_at, initial_synced_at, last_synced_at, last_action_at, removed_by, reason, users, removed_before, items,
       skipped, bytes, waybills)
     SELECT b.id, b.name, b.name_key, b.type,
       b.choices || jsonb_build_object('startAfter', b.start_after, 'sourceEndpoint', jsonb_build_object('name', e.name,
         'type', e.type, 'remoteServer', e.remote_server, 'port', e.port, 'security', e.security),
         'targetDatabase', jsonb_build_object('name', d.name, 'kind', d.kind, 'path', d.path, 'server', d.server)),
       b.columns, b.warnings, b.submitted_by, b.created_at, b.started_at, u.initial, u.last, b.last_action_at,
       b.asked_by, b.asked_why, u.users, u.alone, u.items, u.skipped, u.bytes, u.waybills
     FROM migration_batch b JOIN migration_endpoint e ON e.id = b.endpoint_id
       JOIN mailbox_database d ON d.id = b.database_id, LATERAL (
         SELECT coalesce(jsonb_object_agg(status, n) FILTER (WHERE NOT removed_alone), '{}') AS users,
           CASE WHEN sum(past) = sum(n) THEN max(initial) END AS initial, max(last) AS last,
           coalesce(sum(n) FILTER (WHERE removed_alone), 0) AS alone, coalesce(sum(items), 0) AS items,
           coalesce(sum(skipped), 0) AS skipped, coalesce(sum(bytes), 0) AS bytes, coalesce(sum(waybills), 0) AS waybills
         FROM (SELECT status, removed_alone, count(*) AS n, count(initial_synced_at) AS past,
             max(initial_synced_at) AS initial, max(last_synced_at) AS last, sum(synced_items) AS items,
             sum(skipped_items) AS skipped, sum(transferred_bytes) AS bytes, sum(waybills) AS waybills
           FROM archived_user WHERE batch_id = b.id GROUP BY status, removed_alone) AS counted) AS u
     WHERE b.id = $1 ON CONFLICT (id) DO NOTHING`,
    [id],
  )
}

/** Newest first: those of a name or a Guid, or all. */
export async function readArchivedBatches(
  store: ServiceStore,
  identity: string | null = null,
): Promise<ArchivedBatch[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<ArchivedBatch>(
      `SELECT * FROM archived_batch WHERE $1::text IS NULL OR name_key = $1 OR id = $2::uuid
       ORDER BY archived_at DESC, id`,
      [identity === null ? null : nameKey(identity), identity !== null && isGuid(identity) ? identity : null],
    ),
  )
  return rows
}

/** So many users at once: nothing is locked for long. */
const CHUNK = 5_000

/** Forgets archives older than that; waybill files stay, whatever their age. */
export async function pruneArchives(store: ServiceStore, seconds: number): Promise<void> {
  const { rows } = await store.pool.query<{ id: string; name: string; archived_at: Date }>(
    `SELECT id, name, archived_at FROM archived_batch WHERE archived_at < now() - $1 * interval '1 second' ORDER BY archived_at`,
    [seconds],
  )
  for (const { id, name, archived_at: archivedAt } of rows) {
    for (let left = CHUNK; left === CHUNK;) {
      const { rowCount } = await store.pool.query(
        `DELETE FROM archived_user WHERE id IN (SELECT id FROM archived_user WHERE batch_id = $1 LIMIT ${CHUNK})`,
        [id],
      )
      left = rowCount ?? 0
    }
    await inTransaction(store.pool, async (client) => {
      const { rowCount } = await client.query('DELETE FROM archived_batch WHERE id = $1', [id])
      // Another process was faster.
      if (rowCount === 0) return
      const parameters = { Archived: archivedAt, Because: `it is older than RemoveArchivesAfter` }
      await addServiceAct(client, { cmdlet: 'Remove-MigrationBatchArchive', object: name, objectGuid: id, parameters })
    })
  }
}
