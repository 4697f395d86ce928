/**
 * What was carried and when. It is counted where passes tell how far they are (0014-throughput.sql); here it is read,
 * merged as it grows old, and forgotten with the archive of its batch.
 */
import type { ServiceStore } from './service-store.ts'

const MINUTE = 60
const HOUR = 3_600
const DAY = 86_400

/**
 * Periods that are `afterSeconds` old become periods of `seconds`, each a multiple of the one before. A batch that is at
 * work day and night has at most some 3,500 rows of a kind.
 */
const MERGES = [
  { seconds: 5 * MINUTE, afterSeconds: 2 * HOUR },
  { seconds: HOUR, afterSeconds: 2 * DAY },
  { seconds: DAY, afterSeconds: 90 * DAY },
] as const

/** How long the periods are that begin at `from`, seconds: nothing finer can be told of that time. */
export const keptSeconds = (from: number, now: number): number =>
  MERGES.findLast(({ afterSeconds }) => now - from > afterSeconds * 1000)?.seconds ?? MINUTE

/** One statement each: a period is in one row or in the other, and never in both. */
export async function mergeThroughput(store: ServiceStore): Promise<void> {
  for (const { seconds, afterSeconds } of MERGES) {
    await store.pool.query(
      `WITH old AS (DELETE FROM throughput
           WHERE seconds < $1 AND at < date_bin($1 * interval '1 second', now() - $2 * interval '1 second', 'epoch')
           RETURNING *)
       INSERT INTO throughput AS t (at, seconds, batch_id, endpoint, kind, shard, items, bytes)
       SELECT date_bin($1 * interval '1 second', at, 'epoch'), $1, batch_id, endpoint, kind, 0, sum(items), sum(bytes)
       FROM old GROUP BY 1, 3, 4, 5
       ON CONFLICT (at, seconds, batch_id, endpoint, kind, shard) DO UPDATE
         SET items = t.items + excluded.items, bytes = t.bytes + excluded.bytes`,
      [seconds, afterSeconds],
    )
  }
}

/** Of batches that are neither there nor archived any more. */
export async function forgetThroughput(store: ServiceStore): Promise<void> {
  await store.pool.query(
    `DELETE FROM throughput t WHERE NOT EXISTS (SELECT 1 FROM migration_batch b WHERE b.id = t.batch_id)
       AND NOT EXISTS (SELECT 1 FROM archived_batch a WHERE a.id = t.batch_id)`,
  )
}

export interface ThroughputPoint {
  readonly at: Date
  readonly endpoint: string
  readonly items: number
  readonly bytes: number
}

export interface ThroughputAsked {
  readonly from: Date
  readonly to: Date
  /** At least keptSeconds of `from`. */
  readonly stepSeconds: number
  /** In any case of letters; null: all. */
  readonly endpoint: string | null
  readonly batchId: string | null
}

/** In steps that are multiples of their length in UTC; steps in which nothing was carried are absent. Oldest first. */
export async function readThroughput(store: ServiceStore, asked: ThroughputAsked): Promise<ThroughputPoint[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<ThroughputPoint>(
      `SELECT date_bin($3 * interval '1 second', at, 'epoch') AS at, endpoint, sum(items)::bigint AS items,
         sum(bytes)::bigint AS bytes
       FROM throughput
       WHERE at >= date_bin($3 * interval '1 second', $1, 'epoch') AND at < $2
         AND ($4::text IS NULL OR lower(endpoint) = lower($4)) AND ($5::uuid IS NULL OR batch_id = $5)
       GROUP BY 1, 2 ORDER BY 1, 2`,
      [asked.from, asked.to, asked.stepSeconds, asked.endpoint, asked.batchId],
    ),
  )
  return rows
}
