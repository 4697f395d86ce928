/** How fast batches go now, and what they have before them: one look for all that are carrying. */
import type { ServiceStore } from './service-store.ts'

/** What was carried in so many minutes is "now": shorter, and one large message makes the rate; longer, and it lags. */
const WINDOW_MINUTES = 10
/** So many synced users of a batch say what one of its mailboxes holds. */
const SAMPLE = 1_000

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

/** Statuses of users that come to their initial sync if nobody does anything. */
export const BEFORE_SYNC = `('Validating', 'Provisioning', 'ProvisionUpdating', 'Queued', 'Starting', 'Syncing')`

/** @param batchIds of those whose users are counted */
export async function readLeft(store: ServiceStore, batchIds: readonly string[]): Promise<Map<string, Left>> {
  if (batchIds.length === 0) return new Map()
  const { rows } = await store.retrying(() =>
    store.pool.query<Left>(
      `SELECT l.*, s.sampled, s."sampledItems" FROM (
         SELECT batch_id, count(*) AS users, count(source_items) AS listed,
           coalesce(sum(source_items), 0)::bigint AS source,
           coalesce(sum(least(source_items, synced_items + skipped_items)) FILTER (WHERE source_items IS NOT NULL), 0)::bigint AS done
         FROM migration_user WHERE batch_id = ANY($1) AND holds AND status IN ${BEFORE_SYNC} GROUP BY batch_id) AS l,
       LATERAL (SELECT count(*) AS sampled, coalesce(sum(source_items), 0)::bigint AS "sampledItems" FROM (
         SELECT source_items FROM migration_user
         WHERE batch_id = l.batch_id AND status = 'Synced' AND source_items IS NOT NULL LIMIT ${SAMPLE}) AS sample) AS s`,
      [batchIds],
    ),
  )
  return new Map(rows.map((row) => [row.batch_id, row]))
}
