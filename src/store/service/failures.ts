/** Users that have an error now, by its code. */
import { statusesOf } from '#contract/states.ts'
import type { ServiceStore } from './service-store.ts'

export interface FailureRow {
  readonly code: string
  readonly batch_id: string
  readonly batch: string
  readonly failed: number
  readonly retrying: number
  /** Of whoever met it last, and when that was. */
  readonly message: string
  readonly remedy: string
  readonly at: Date
}

/** By code and batch; without those that were stopped, or whose error is over. */
export async function readFailures(store: ServiceStore, batchId: string | null): Promise<FailureRow[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<FailureRow>(
      `SELECT c.*, b.name AS batch, last.error_message AS message, coalesce(last.error_remedy, '') AS remedy,
         last.status_since AS at
       FROM (SELECT error_code AS code, batch_id, count(*) FILTER (WHERE status = ANY($2)) AS failed,
             count(*) FILTER (WHERE status = ANY($3)) AS retrying
           FROM migration_user
           WHERE error_code IS NOT NULL AND ($1::uuid IS NULL OR batch_id = $1) AND status = ANY($2::text[] || $3::text[])
           GROUP BY error_code, batch_id) AS c
         JOIN migration_batch b ON b.id = c.batch_id,
         LATERAL (SELECT error_message, error_remedy, status_since FROM migration_user
           WHERE error_code = c.code AND batch_id = c.batch_id AND status = ANY($2::text[] || $3::text[])
           ORDER BY status_since DESC LIMIT 1) AS last
       ORDER BY c.failed DESC, c.retrying DESC, b.name_key`,
      [batchId, statusesOf('Failed'), statusesOf('Active')],
    ),
  )
  return rows
}
