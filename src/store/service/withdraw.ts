import type { PoolClient } from 'pg'
import { STOPPED_STATUS } from './resting.ts'

/**
 * Takes the slots back from users whose passes nobody has begun: a Stop or Remove need not wait until a worker has
 * room for them. Their jobs find, when a worker takes them, that they are nobody's any more.
 */
export async function withdrawJobs(client: PoolClient, userIds: readonly string[]): Promise<void> {
  await withdraw(client, 'id = ANY($1::uuid[])', [userIds])
}

export async function withdrawJobsOfBatch(client: PoolClient, batchId: string): Promise<void> {
  await withdraw(client, 'batch_id = $1', [batchId])
}

async function withdraw(client: PoolClient, which: string, values: unknown[]): Promise<void> {
  await client.query(
    `WITH idle AS (SELECT id AS idle_id, job_id AS idle_job FROM migration_user
       WHERE ${which} AND job_id IS NOT NULL AND pass_token IS NULL FOR UPDATE),
     freed AS (DELETE FROM slot WHERE job_id IN (SELECT idle_job FROM idle))
     UPDATE migration_user u SET job_id = NULL,
       status = CASE WHEN status = 'Stopping' THEN ${STOPPED_STATUS} ELSE status END
     FROM idle WHERE u.id = idle_id`,
    values,
  )
}
