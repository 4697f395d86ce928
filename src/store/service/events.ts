/** The event log: what happened to which object, for people, for pages that watch, and as proof. */
import type { Pool, PoolClient } from 'pg'
import type { EventFacts } from '../tables.ts'
import type { ServiceStore } from './service-store.ts'

/** Objects are named as they are called now: the log outlives them. */
export interface NewEvent {
  readonly kind: string
  readonly batchId?: string | null
  readonly userId?: string | null
  readonly endpointId?: string | null
  readonly worker?: string | null
  readonly facts?: EventFacts
}

/** Within the transaction of what it tells of. */
export async function addEvent(client: Pool | PoolClient, event: NewEvent): Promise<void> {
  await client.query(
    `INSERT INTO event (kind, batch_id, batch, user_id, address, endpoint, worker, facts)
     SELECT $1, $2, (SELECT name FROM migration_batch WHERE id = $2), $3,
       (SELECT address FROM migration_user WHERE id = $3), (SELECT name FROM migration_endpoint WHERE id = $4), $5, $6`,
    [
      event.kind,
      event.batchId ?? null,
      event.userId ?? null,
      event.endpointId ?? null,
      event.worker ?? null,
      JSON.stringify(event.facts ?? {}),
    ],
  )
}

export interface EventRow {
  readonly id: number
  readonly at: Date
  readonly kind: string
  readonly batch: string | null
  readonly address: string | null
  readonly endpoint: string | null
  readonly worker: string | null
  readonly facts: EventFacts
}

/**
 * Events after `after`, oldest first. One that an open transaction could still put before them waits for it: who reads
 * on from the last id misses none.
 */
export async function readEvents(
  store: ServiceStore,
  after: number,
  limit: number,
  batchId: string | null,
): Promise<EventRow[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<EventRow>(
      `SELECT id, at, kind, batch, address, endpoint, worker, facts FROM event
       WHERE id > $1 AND ($2::uuid IS NULL OR batch_id = $2) AND xid < pg_snapshot_xmin(pg_current_snapshot())
       ORDER BY id LIMIT $3`,
      [after, batchId, limit],
    ),
  )
  return rows
}

/** The newest id that `readEvents` would answer; 0 when there is none. */
export async function lastEvent(store: ServiceStore): Promise<number> {
  const { rows } = await store.retrying(() =>
    store.pool.query<{ last: number | null }>(
      'SELECT max(id) AS last FROM event WHERE xid < pg_snapshot_xmin(pg_current_snapshot())',
    ),
  )
  return rows[0]?.last ?? 0
}
