/** What a crash would have left, after a restore: nobody is at work, and what was to be told by then is not told now. */
import type { ClientBase } from 'pg'
import { STOPPED_STATUS, WAITING_STATUS } from '../service/resting.ts'
import { SEALED_COLUMNS } from '../sealed-columns.ts'

/** In the transaction of the restore, with the schema of this code. */
export async function settleRestored(client: ClientBase): Promise<void> {
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
}

/** `--without-secrets`: users say that their password is missing, and a new key is made at the next start. */
export async function dropSecrets(client: ClientBase): Promise<void> {
  for (const { table, column } of SEALED_COLUMNS) {
    // An uploaded file is nothing but its content.
    if (table !== 'csv_file') await client.query(`UPDATE ${table} SET ${column} = NULL WHERE ${column} IS NOT NULL`)
  }
  await client.query('DELETE FROM secret_key')
}
