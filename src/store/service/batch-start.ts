/** When a batch began: at its Start, or with its first pass where it waited for a StartAfter. */
import type { ServiceStore } from './service-store.ts'

/** When a batch that is started now begins. With a StartAfter to come it has not: its first pass says when. */
export const STARTED_AT = 'CASE WHEN start_after > now() THEN started_at ELSE coalesce(started_at, now()) END'

/** By a pass of it that has begun, where nothing has said it yet. */
export async function tellStart(store: ServiceStore, batchId: string, passId: string): Promise<void> {
  await store.retrying(() =>
    store.pool.query(
      `UPDATE migration_batch SET started_at = p.started_at FROM migration_pass p
       WHERE migration_batch.id = $1 AND migration_batch.started_at IS NULL AND p.id = $2`,
      [batchId, passId],
    ),
  )
}
