/** What waits for slots, and how much initial syncs carried in a time: for the dashboard. */
import type { ServiceStore } from './service-store.ts'

export interface QueueRow {
  readonly endpoint: string
  readonly kind: 'Initial' | 'Incremental'
  readonly waiting: number
  readonly used: number
  readonly most: number
}

/** Of all endpoints. Who waits is whom dispatch could give a slot (src/jobs/dispatch.ts). */
export async function readQueue(store: ServiceStore): Promise<QueueRow[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<QueueRow>(
      `WITH due AS (
         SELECT b.endpoint_id, CASE WHEN u.status = 'Queued' THEN 'initial' ELSE 'incremental' END AS bucket, count(*) AS n
         FROM migration_user u JOIN migration_batch b ON b.id = u.batch_id
         WHERE b.running AND b.flags = 'None' AND u.holds AND u.job_id IS NULL AND u.next_at <= now()
           AND u.status IN ('Queued', 'Synced', 'IncrementalFailed')
           AND (u.status <> 'Queued' OR coalesce(u.start_after, b.start_after, '-infinity') <= now())
         GROUP BY 1, 2)
       SELECT e.name AS endpoint, k.kind, coalesce(d.n, 0) AS waiting, k.most,
         (SELECT count(*) FROM slot s WHERE s.endpoint_id = e.id AND s.bucket = k.bucket) AS used
       FROM migration_endpoint e CROSS JOIN LATERAL (VALUES (1, 'initial', 'Initial', e.max_migrations),
           (2, 'incremental', 'Incremental', e.max_incremental)) AS k(place, bucket, kind, most)
         LEFT JOIN due d ON d.endpoint_id = e.id AND d.bucket = k.bucket
       ORDER BY e.name_key, k.place`,
    ),
  )
  return rows
}

/** Messages that initial syncs carried, in whole periods of so many seconds that are over; where none were, it is absent. */
export async function readPeriods(
  store: ServiceStore,
  seconds: number,
  days: number,
): Promise<{ at: Date; items: number }[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<{ at: Date; items: number }>(
      `SELECT date_bin($1 * interval '1 second', at, 'epoch') AS at, sum(items)::bigint AS items FROM throughput
       WHERE kind = 'Initial' AND seconds <= $1 AND at >= now() - $2 * interval '1 day'
         AND at < date_bin($1 * interval '1 second', now(), 'epoch')
       GROUP BY 1 HAVING sum(items) > 0 ORDER BY 1`,
      [seconds, days],
    ),
  )
  return rows
}
