/** Gives back what a crash left behind: slots whose job is over, workers long gone, users without a job. */
import { inTransaction } from '#store/ledger/transaction.ts'
import { addEvent } from '#store/service/events.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { wake } from '#store/service/wake.ts'
import { PASS_QUEUE } from './boss.ts'

interface Left {
  readonly job_id: string
  readonly user_id: string
  readonly batch_id: string
  readonly endpoint_id: string
  readonly bucket: string
  readonly state: string | null
  readonly deaths: number | null
}

/**
 * A job that pg-boss has given up (its workers died again and again) fails its user; one that is simply over, or not
 * there, only gives its slot back. Nothing is touched that is younger than ten seconds: its commit may be under way.
 */
export async function sweep(store: ServiceStore): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    const { rows } = await client.query<Left>(
      `SELECT s.job_id, s.user_id, s.batch_id, s.endpoint_id, s.bucket, j.state::text, j.retry_count AS deaths
       FROM slot s LEFT JOIN pgboss.job j ON j.id = s.job_id AND j.name = '${PASS_QUEUE}'
       WHERE s.taken_at < now() - interval '10 seconds'
         AND (j.id IS NULL OR j.state::text IN ('completed', 'failed', 'cancelled'))
       FOR UPDATE OF s SKIP LOCKED`,
    )
    for (const left of rows) {
      const isPoison = left.state === 'failed'
      await addEvent(client, {
        kind: 'pass.lost',
        batchId: left.batch_id,
        userId: left.user_id,
        endpointId: left.endpoint_id,
        facts: { bucket: left.bucket, job: left.job_id, poisoned: isPoison },
      })
      const { rowCount } = await client.query(
        `UPDATE migration_user SET job_id = NULL, pass_token = NULL,
           status = CASE WHEN status = 'Stopping' THEN
               CASE WHEN initial_synced_at IS NULL THEN 'Stopped' ELSE 'IncrementalStopped' END
             WHEN $3 THEN CASE WHEN initial_synced_at IS NULL THEN 'Failed' ELSE 'IncrementalFailed' END
             WHEN initial_synced_at IS NULL THEN 'Queued' ELSE 'Synced' END,
           next_at = CASE WHEN $3 THEN 'infinity' ELSE now() END,
           error_code = CASE WHEN $3 THEN 'PASS_POISONED' ELSE error_code END,
           error_message = CASE WHEN $3 THEN $4 ELSE error_message END,
           error_remedy = CASE WHEN $3 THEN 'Look into the workers'' logs and the machine''s memory, then start the user again.' ELSE error_remedy END
         WHERE id = $1 AND job_id = $2 AND status <> 'Removing'`,
        [
          left.user_id,
          left.job_id,
          isPoison,
          `The worker died ${(left.deaths ?? 0) + 1} times while it was at this mailbox; it is not tried again by itself.`,
        ],
      )
      if (!rowCount)
        await client.query(`DELETE FROM migration_user WHERE id = $1 AND job_id = $2`, [left.user_id, left.job_id])
      await client.query(
        `UPDATE migration_pass SET result = 'Interrupted', ended_at = now() WHERE user_id = $1 AND result = 'Running'`,
        [left.user_id],
      )
      await client.query('DELETE FROM slot WHERE job_id = $1', [left.job_id])
    }
    await client.query(`DELETE FROM worker WHERE heartbeat_at < now() - interval '1 day'`)
    if (rows.length > 0) await wake(client, 'work')
  })
}
