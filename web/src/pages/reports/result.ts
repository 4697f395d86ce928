/** What a batch has come to, whether it is there or was removed: the same figures, asked for in two ways. */
import type { ArchivedBatch, MigrationBatch } from '#contract/batch.ts'
import type { UserStatus } from '#contract/states.ts'
import type { Reported } from './report-queries.ts'

export interface Result {
  readonly name: string
  readonly guid: string
  readonly requested: number
  readonly synced: number
  readonly finalized: number
  readonly failed: number
  readonly stopped: number
  /** Neither of the others. */
  readonly waiting: number
  readonly removedBefore: number
  readonly items: number
  readonly skipped: number
  readonly bytes: number
  readonly created: string
  readonly createdBy: string
  readonly started: string | null
  readonly initial: string | null
  /** Of the first sync of all users; null where not all have had it. */
  readonly initialSeconds: number | null
  readonly last: string | null
  readonly statuses: Readonly<Partial<Record<UserStatus, number>>>
  readonly warnings: readonly string[]
}

export function resultOf({ batch, archived }: Reported): Result {
  const one = (batch ?? archived) as MigrationBatch | ArchivedBatch
  const { totalCount: requested, syncedCount: synced, finalizedCount: finalized, failedCount: failed } = one
  return {
    name: one.identity,
    guid: one.batchGuid,
    requested,
    synced,
    finalized,
    failed,
    stopped: one.stoppedCount,
    waiting: Math.max(0, requested - synced - finalized - failed - one.stoppedCount),
    removedBefore: archived?.removedBeforeCount ?? 0,
    items: one.itemsSynced,
    skipped: one.itemsSkipped,
    bytes: one.bytesTransferred,
    created: one.creationDateTime,
    createdBy: one.submittedByUser,
    started: one.startDateTime,
    initial: one.initialSyncDateTime,
    initialSeconds: between(one.startDateTime, one.initialSyncDateTime),
    last: one.lastSyncedDateTime,
    statuses: one.userCounts,
    warnings: one.validationWarnings,
  }
}

const between = (from: string | null, to: string | null): number | null =>
  from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000
