/** What a crash would have left, after a restore: nobody is at work, and what was to be told by then is not told now. */
import type { ClientBase } from 'pg'
import { STOPPED_STATUS, WAITING_STATUS } from '../service/resting.ts'
import { LEFT_OUT } from './tables.ts'
import { SEALED_COLUMNS } from '../sealed-columns.ts'

/** Where reports were, and where they are now. */
export interface Moved {
  readonly from: { readonly host: string; readonly dataFolder: string }
  readonly to: { readonly host: string; readonly dataFolder: string }
}

/** In the transaction of the restore, with the schema of this code. */
export async function settleRestored(client: ClientBase, moved: Moved): Promise<void> {
  await client.query(`DELETE FROM migration_user WHERE status = 'Removing'`)
  // Ends of batches are announced anew: nobody counts with what was announced for a day before the restore.
  await client.query('UPDATE migration_batch SET expiry_action = NULL, expiry_told = NULL')
  // The time between the backup and now is nobody's time at work.
  await client.query('ALTER TABLE migration_user DISABLE TRIGGER migration_user_durations')
  const atWork = `status IN ('Starting', 'Syncing', 'IncrementalSyncing', 'Stopping')`
  await client.query(
    `UPDATE migration_user SET job_id = NULL, job_attempt = 0, pass_token = NULL, restart = false,
       status_since = CASE WHEN ${atWork} THEN now() ELSE status_since END,
       next_at = CASE WHEN ${atWork} AND status <> 'Stopping' THEN now() ELSE next_at END,
       status = CASE WHEN status = 'Stopping' THEN ${STOPPED_STATUS} WHEN ${atWork} THEN ${WAITING_STATUS} ELSE status END
     WHERE job_id IS NOT NULL OR pass_token IS NOT NULL OR restart OR ${atWork}`,
  )
  await client.query('ALTER TABLE migration_user ENABLE TRIGGER migration_user_durations')
  await client.query(
    `UPDATE migration_pass SET result = 'Interrupted', ended_at = coalesce(ended_at, now()) WHERE result = 'Running'`,
  )
  // They were sent after the backup, most of them, and are news no more.
  await client.query(
    `UPDATE notification_delivery SET state = 'Failed', code = 'NOTIFICATION_RESTORED', settled_at = now(), claim = NULL,
       said = 'it was waiting in the backup that was restored, and may have been delivered since'
     WHERE state = 'Waiting'`,
  )
  await moveReports(client, moved)
}

/** Paths of waybills that lay on the host of the backup. Those of other hosts lie there still. */
async function moveReports(client: ClientBase, { from, to }: Moved): Promise<void> {
  const [before, after] = [`${from.dataFolder}/reports/`, `${to.dataFolder}/reports/`]
  await client.query(
    `UPDATE waybill SET path = $2 || substr(path, length($1) + 1), host = $4
     WHERE starts_with(path, $1) AND (host IS NULL OR host = $3)`,
    [before, after, from.host, to.host],
  )
  await client.query(
    `UPDATE migration_pass SET waybill = $2 || substr(waybill, length($1) + 1)
     WHERE starts_with(waybill, $1) AND split_part(worker, ' ', 1) = $3`,
    [before, after, from.host],
  )
}

/** `--without-secrets`: users say that their password is missing, and a new key is made at the next start. */
export async function dropSecrets(client: ClientBase): Promise<void> {
  for (const { table, column } of SEALED_COLUMNS) {
    if (!LEFT_OUT.has(table)) await client.query(`UPDATE ${table} SET ${column} = NULL WHERE ${column} IS NOT NULL`)
  }
  await client.query('DELETE FROM secret_key')
}
