/** What /metrics tells: figures of the whole service, of all its processes together, out of one look at the database. */
import type { Pool } from 'pg'

export interface OperatingFigures {
  readonly passes: readonly { kind: string; result: string; passes: number; items: number; bytes: number }[]
  /** Passes that ended with a fault, by its code. */
  readonly faults: readonly { code: string; passes: number }[]
  readonly slots: readonly { endpoint: string; bucket: string; used: number; most: number }[]
  /** Mails and hook calls that wait to be sent. */
  readonly outbox: readonly { channel: string; waiting: number }[]
  /** Users that could run if there were a slot for them. */
  readonly due: { readonly initial: number; readonly incremental: number }
}

export async function operatingFigures(pool: Pool): Promise<OperatingFigures> {
  const [passes, faults, slots, due, outbox] = await Promise.all([
    // Running passes count with what they have told of: their end adds no more than the rest.
    pool.query<OperatingFigures['passes'][number]>(
      `SELECT kind, result, sum(passes)::float8 AS passes, sum(items)::float8 AS items, sum(bytes)::float8 AS bytes FROM (
         SELECT kind, result, passes, items, bytes FROM pass_total
         UNION ALL SELECT kind, 'Running', 0, items, bytes FROM migration_pass WHERE result = 'Running') AS each
       GROUP BY kind, result`,
    ),
    pool.query<OperatingFigures['faults'][number]>(
      'SELECT code, sum(passes)::float8 AS passes FROM fault_total GROUP BY code',
    ),
    pool.query<OperatingFigures['slots'][number]>(
      `SELECT e.name AS endpoint, b.bucket, b.most, (SELECT count(*)::int FROM slot s
           WHERE s.endpoint_id = e.id AND s.bucket = b.bucket) AS used
       FROM migration_endpoint e CROSS JOIN LATERAL (VALUES ('initial', e.max_migrations), ('incremental', e.max_incremental)) AS b(bucket, most)`,
    ),
    pool.query<OperatingFigures['due']>(
      `SELECT (count(*) FILTER (WHERE u.status = 'Queued'))::int AS initial,
         (count(*) FILTER (WHERE u.status IN ('Synced', 'IncrementalFailed')))::int AS incremental
       FROM migration_user u JOIN migration_batch b ON b.id = u.batch_id
       WHERE b.running AND b.flags = 'None' AND u.holds AND u.job_id IS NULL AND u.next_at <= now()
         AND u.status IN ('Queued', 'Synced', 'IncrementalFailed')
         AND (u.status <> 'Queued' OR coalesce(u.start_after, b.start_after, '-infinity') <= now())`,
    ),
    pool.query<OperatingFigures['outbox'][number]>(
      `SELECT c.channel, (SELECT count(*)::int FROM notification_delivery d
         WHERE d.channel = c.channel AND d.state = 'Waiting') AS waiting FROM (VALUES ('Mail'), ('Hook')) AS c(channel)`,
    ),
  ])
  return { passes: passes.rows, faults: faults.rows, slots: slots.rows, due: due.rows[0]!, outbox: outbox.rows }
}
