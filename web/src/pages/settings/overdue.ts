/**
 * Which batches an age would end that nobody has touched for longer. The service decides when it comes to it
 * (src/migration/batch/end-of.ts): it also counts what the batch itself has done, and announces each end before.
 */
import type { MigrationBatch } from '#contract/batch.ts'
import type { BatchStatus } from '#contract/states.ts'

const ENDED_BY: Readonly<Record<string, readonly BatchStatus[]>> = {
  stopSyncedBatchesAfter: ['Synced', 'SyncedWithErrors', 'IncrementalSyncing'],
  removeStoppedBatchesAfter: ['Stopped'],
  removeFailedBatchesAfter: ['Failed'],
  removeCompletedBatchesAfter: ['Completed', 'CompletedWithErrors'],
}

export const overdue = (
  age: string,
  seconds: number,
  batches: readonly Pick<MigrationBatch, 'identity' | 'status' | 'lastActionDateTime'>[],
  nowMs: number,
): readonly string[] =>
  batches
    .filter(
      ({ status, lastActionDateTime }) =>
        (ENDED_BY[age] ?? []).includes(status) && Date.parse(lastActionDateTime) + seconds * 1000 <= nowMs,
    )
    .map(({ identity }) => identity)
