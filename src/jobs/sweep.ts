/** Gives back what a crash left behind: slots whose job is over, workers long gone, users without a job. */
import type { PoolClient } from 'pg'
import { inTransaction } from '#store/ledger/transaction.ts'
import { addEvent } from '#store/service/events.ts'
import { STOPPED_STATUS, WAITING_STATUS } from '#store/service/resting.ts'
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

/** Nothing is touched that is younger: its commit may be under way. */
const YOUNG = `interval '10 seconds'`

export async function sweep(store: ServiceStore): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    const jobs = await sweepJobs(client)
    const users = await sweepUsers(client)
    // Of hosts that are gone; one that only was away tells of itself again.
    await client.query(`DELETE FROM worker WHERE heartbeat_at < now() - interval '10 minutes'`)
    await client.query('DELETE FROM csv_file WHERE expires_at < now()')
    if (jobs + users > 0) await wake(client, 'work')
  })
}

/** Users that a crash left at work without a job, and those that are to end while no worker takes their job. */
async function sweepUsers(client: PoolClient): Promise<number> {
  const unbegun = await client.query<{ id: string }>(
    `SELECT u.id FROM migration_user u JOIN slot s ON s.job_id = u.job_id JOIN pgboss.job j ON j.id = u.job_id AND j.name = '${PASS_QUEUE}'
     WHERE u.status IN ('Stopping', 'Removing') AND j.state::text IN ('created', 'retry') AND u.status_since < now() - ${YOUNG}
     FOR UPDATE OF u SKIP LOCKED`,
  )
  const ids = unbegun.rows.map(({ id }) => id)
  await client.query('DELETE FROM slot WHERE user_id = ANY($1)', [ids])
  await client.query('UPDATE migration_user SET job_id = NULL, pass_token = NULL WHERE id = ANY($1)', [ids])
  const left = `job_id IS NULL AND (id = ANY($1) OR
    (status IN ('Starting', 'Syncing', 'IncrementalSyncing', 'Stopping', 'Removing') AND status_since < now() - ${YOUNG}))`
  const gone = await client.query(`DELETE FROM migration_user WHERE status = 'Removing' AND ${left}`, [ids])
  const rested = await client.query(
    `UPDATE migration_user SET pass_token = NULL, next_at = CASE WHEN status = 'Stopping' THEN next_at ELSE now() END,
       status = CASE WHEN status = 'Stopping' THEN ${STOPPED_STATUS} ELSE ${WAITING_STATUS} END
     WHERE ${left} AND status IN ('Starting', 'Syncing', 'IncrementalSyncing', 'Stopping')`,
    [ids],
  )
  return (gone.rowCount ?? 0) + (rested.rowCount ?? 0)
}

/**
 * A job that pg-boss has given up (its workers died again and again) fails its user; one that is simply over, or not
 * there, only gives its slot back.
 */
async function sweepJobs(client: PoolClient): Promise<number> {
  const { rows } = await client.query<Left>(
    `SELECT s.job_id, s.user_id, s.batch_id, s.endpoint_id, s.bucket, j.state::text, j.retry_count AS deaths
       FROM slot s LEFT JOIN pgboss.job j ON j.id = s.job_id AND j.name = '${PASS_QUEUE}'
       WHERE s.taken_at < now() - ${YOUNG}
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
           status = CASE WHEN status = 'Stopping' THEN ${STOPPED_STATUS}
             WHEN $3 THEN CASE WHEN initial_synced_at IS NULL THEN 'Failed' ELSE 'IncrementalFailed' END
             ELSE ${WAITING_STATUS} END,
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
  return rows.length
}
