/** A stored batch as the API shows it. */
import type { MigrationBatch } from '#contract/batch.ts'
import { SUMMARY_OF, USER_STATUSES, type BatchStatus, type StatusSummary } from '#contract/states.ts'
import { formatTimeSpan } from '#contract/timespan.ts'
import { BATCH_COMMANDS, type BatchCommand, mayBatch, reasonAgainst } from '#contract/transitions.ts'
import { type BatchRow, type StoredBatch, statusOf } from '#store/service/batches.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { endOf } from './end-of.ts'
import { type PacedBatch, showPace, withPace } from './pace.ts'

/** Whether the batch runs, and has users that come round again by themselves. */
export const goesOn = ({ running, totals: { users } }: BatchRow): boolean =>
  running && (users.Synced ?? 0) + (users.IncrementalFailed ?? 0) + (users.IncrementalSyncing ?? 0) > 0

const STATE_OF: Readonly<Record<BatchStatus, MigrationBatch['state']>> = {
  Created: 'Waiting',
  Starting: 'Active',
  Syncing: 'Active',
  IncrementalSyncing: 'Active',
  Synced: 'Active',
  SyncedWithErrors: 'Active',
  Stopping: 'Active',
  Stopped: 'Stopped',
  Waiting: 'Waiting',
  Completing: 'Active',
  Completed: 'Completed',
  CompletedWithErrors: 'Completed',
  Failed: 'Failed',
  Removing: 'Active',
  Corrupted: 'Corrupted',
}

const iso = (at: Date | null) => at?.toISOString() ?? null

/** Why each command is not possible now; null where it is. */
export function batchCommands(batch: BatchRow): Record<BatchCommand, string | null> {
  const status = statusOf(batch)
  return Object.fromEntries(
    BATCH_COMMANDS.map((command) => [command, reasonAgainst(mayBatch(command, status, batch.type, goesOn(batch)))]),
  ) as Record<BatchCommand, string | null>
}

/** What can be changed of it: what its ETag covers (contract/tags.ts). */
export const settingsOf = (batch: StoredBatch) => ({
  batchGuid: batch.id,
  sourceEndpoint: batch.endpoint,
  ...batch.choices,
  startAfter: iso(batch.start_after),
  highestPriority: batch.priority > 0,
})

/** With its rate, for which is looked here: commands that only want to know its state do not pay for that. */
export async function showOne(store: ServiceStore, batch: BatchRow): Promise<MigrationBatch> {
  return showBatch((await withPace(store, [batch], batch.id))[0]!)
}

export function showBatch(batch: PacedBatch): MigrationBatch {
  const status = statusOf(batch)
  const { totals } = batch
  const count = (summary: StatusSummary) =>
    USER_STATUSES.reduce((sum, each) => sum + (SUMMARY_OF[each] === summary ? (totals.users[each] ?? 0) : 0), 0)
  const total = USER_STATUSES.reduce((sum, each) => sum + (totals.users[each] ?? 0), 0)
  const end = endOf(batch, status, goesOn(batch))
  return {
    identity: batch.name,
    ...settingsOf(batch),
    status,
    state: STATE_OF[status],
    flags: batch.flags,
    workflowStage: batch.was_started ? (totals.users.Validating ? 'Validation' : 'Processing') : 'Discovery',
    migrationType: batch.type,
    batchDirection: 'Onboarding',
    targetDatabases: [batch.database],
    totalCount: total,
    activeCount: count('Active'),
    stoppedCount: count('Stopped'),
    syncedCount: count('Synced'),
    finalizedCount: count('Completed'),
    failedCount: count('Failed'),
    pendingCount: (totals.users.Validating ?? 0) + (totals.users.Queued ?? 0),
    userCounts: { ...totals.users },
    percentageSynced: total === 0 ? 100 : Math.floor((totals.pastInitialSync * 1000) / total) / 10,
    itemsSynced: totals.items,
    itemsSkipped: totals.skipped,
    bytesTransferred: totals.bytes,
    ...showPace(batch),
    message: batch.message,
    validationWarningCount: batch.warnings.length,
    validationWarnings: batch.warnings,
    creationDateTime: batch.created_at.toISOString(),
    startDateTime: iso(batch.started_at),
    initialSyncDateTime: iso(totals.initialSyncedAt),
    initialSyncDuration:
      totals.initialSyncedAt && batch.started_at
        ? formatTimeSpan((totals.initialSyncedAt.getTime() - batch.started_at.getTime()) / 1000)
        : null,
    lastSyncedDateTime: iso(totals.lastSyncedAt),
    finalizedDateTime: null,
    expirationDateTime: iso(end?.at ?? null),
    expirationAction: end?.action ?? null,
    lastActionDateTime: batch.last_action_at.toISOString(),
    completeAfter: null,
    submittedByUser: batch.submitted_by,
    commands: batchCommands(batch),
  }
}
