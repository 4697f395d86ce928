/** How fast batches go now, and what they have before them: one look for all that are carrying. */
import { BEFORE_SYNC } from '#contract/states.ts'
import type { ServiceStore } from './service-store.ts'

/** What was carried in so many minutes is "now": shorter, and one large message makes the rate; longer, and it lags. */
const WINDOW_MINUTES = 10

/** Of the last minutes. */
export interface Carried {
  readonly batch_id: string
  readonly items: number
  readonly bytes: number
  /** By initial syncs. */
  readonly initial: number
  /** Since when it was carried; never before the window. */
  readonly since: Date
}

/** Of the users that are on their way to their initial sync, by themselves: nobody else's time is counted. */
export interface Left {
  readonly batch_id: string
  readonly users: number
  /** Those whose source has been listed: how many messages it holds, and how many of them are carried or explained. */
  readonly listed: number
  readonly source: number
  readonly done: number
  /** Synced users of the batch, and what their mailboxes hold. */
  readonly sampled: number
  readonly sampledItems: number
}

export interface Pace {
  readonly carried: Carried | null
  readonly left: Left | null
}

/** @param batchId null: all */
export async function readCarried(store: ServiceStore, batchId: string | null): Promise<Map<string, Carried>> {
  const { rows } = await store.retrying(() =>
    store.pool.query<Carried>(
      `SELECT batch_id, sum(items)::bigint AS items, sum(bytes)::bigint AS bytes,
         coalesce(sum(items) FILTER (WHERE kind = 'Initial'), 0)::bigint AS initial, min(at) AS since
       FROM throughput t JOIN migration_batch b ON b.id = t.batch_id
       WHERE t.at >= date_bin('1 minute', now(), 'epoch') - $1 * interval '1 minute'
         AND t.at >= date_bin('1 minute', coalesce(b.last_started_at, 'epoch'), 'epoch') AND ($2::uuid IS NULL OR b.id = $2)
       GROUP BY batch_id`,
      [WINDOW_MINUTES - 1, batchId],
    ),
  )
  return new Map(rows.map((row) => [row.batch_id, row]))
}

const before = 'WHERE status = ANY($2)'

/** @param batchIds of those whose users are counted */
export async function readLeft(store: ServiceStore, batchIds: readonly string[]): Promise<Map<string, Left>> {
  if (batchIds.length === 0) return new Map()
  const { rows } = await store.retrying(() =>
    store.pool.query<Left>(
      `SELECT batch_id, sum(holding) FILTER (${before})::bigint AS users, sum(listed) FILTER (${before})::bigint AS listed,
         sum(source) FILTER (${before})::bigint AS source, sum(done) FILTER (${before})::bigint AS done,
         coalesce(sum(listed) FILTER (WHERE status = 'Synced'), 0)::bigint AS sampled,
         coalesce(sum(source) FILTER (WHERE status = 'Synced'), 0)::bigint AS "sampledItems"
       FROM user_total WHERE batch_id = ANY($1) GROUP BY batch_id HAVING sum(holding) FILTER (${before}) > 0`,
      [batchIds, BEFORE_SYNC],
    ),
  )
  return new Map(rows.map((row) => [row.batch_id, row]))
}
