/**
 * The visible states of batches and users (exchange-semantics.md §2.1, §2.3), and how the one follows from the other.
 * What was asked (flags) and where each user is are stored; a batch's status never is.
 */

export const BATCH_STATUSES = [
  'Created',
  'Starting',
  'Syncing',
  'IncrementalSyncing',
  'Synced',
  'SyncedWithErrors',
  'Stopping',
  'Stopped',
  'Waiting',
  'Completing',
  'Completed',
  'CompletedWithErrors',
  'Failed',
  'Removing',
  'Corrupted',
] as const
export type BatchStatus = (typeof BATCH_STATUSES)[number]

/** Whether something happens by itself: such a batch is looked at more often, and stands on the dashboard. */
export const IS_RUNNING: Readonly<Record<BatchStatus, boolean>> = {
  Created: false,
  Starting: true,
  Syncing: true,
  IncrementalSyncing: true,
  Synced: false,
  SyncedWithErrors: false,
  Stopping: true,
  Stopped: false,
  Waiting: false,
  Completing: true,
  Completed: false,
  CompletedWithErrors: false,
  Failed: false,
  Removing: true,
  Corrupted: false,
}

export const USER_STATUSES = [
  'Validating',
  'Provisioning',
  'ProvisionUpdating',
  'Queued',
  'Starting',
  'Syncing',
  'Synced',
  'IncrementalSyncing',
  'IncrementalSynced',
  'IncrementalFailed',
  'IncrementalStopped',
  'Completing',
  'CompletionSynced',
  'CompletionFailed',
  'Completed',
  'CompletedWithWarnings',
  'Stopping',
  'Stopped',
  'Failed',
  'Corrupted',
  'Removing',
] as const
export type UserStatus = (typeof USER_STATUSES)[number]

export const STATUS_SUMMARIES = ['Active', 'Synced', 'Completed', 'Failed', 'Stopped'] as const
export type StatusSummary = (typeof STATUS_SUMMARIES)[number]

export const SUMMARY_OF: Readonly<Record<UserStatus, StatusSummary>> = {
  Validating: 'Active',
  Provisioning: 'Active',
  ProvisionUpdating: 'Active',
  Queued: 'Active',
  Starting: 'Active',
  Syncing: 'Active',
  Synced: 'Synced',
  IncrementalSyncing: 'Active',
  IncrementalSynced: 'Synced',
  IncrementalFailed: 'Failed',
  IncrementalStopped: 'Stopped',
  Completing: 'Active',
  CompletionSynced: 'Synced',
  CompletionFailed: 'Failed',
  Completed: 'Completed',
  CompletedWithWarnings: 'Completed',
  Stopping: 'Active',
  Stopped: 'Stopped',
  Failed: 'Failed',
  Corrupted: 'Failed',
  Removing: 'Active',
}

export const statusesOf = (summary: StatusSummary): readonly UserStatus[] =>
  USER_STATUSES.filter((status) => SUMMARY_OF[status] === summary)

/** The administrator's command that the service has not finished carrying out. */
export const BATCH_FLAGS = ['None', 'Start', 'Stop', 'Remove'] as const
export type BatchFlags = (typeof BATCH_FLAGS)[number]

/** What `batchStatus` decides from: one row for each batch, cheap to read for all batches at once. */
export interface BatchFacts {
  readonly flags: BatchFlags
  /** False until the first Start; from then on true. */
  readonly wasStarted: boolean
  /** How many users stand in each status; absent means none. */
  readonly users: Readonly<Partial<Record<UserStatus, number>>>
  /** Users that only a StartAfter in the future holds back, among the Queued. */
  readonly waiting: number
  readonly isCorrupted: boolean
  /** Of the stopped, those that go on in another batch: they say nothing of this one while others do. */
  readonly moved: number
}

/** Of users that come to their initial sync if nobody does anything. */
export const BEFORE_SYNC: readonly UserStatus[] = [
  'Validating',
  'Provisioning',
  'ProvisionUpdating',
  'Queued',
  'Starting',
  'Syncing',
]

/** First match wins (exchange-semantics.md §2.3, with the decisions at its top). */
export function batchStatus({ flags, wasStarted, users, waiting, isCorrupted, moved }: BatchFacts): BatchStatus {
  const count = (...statuses: readonly UserStatus[]) => statuses.reduce((sum, status) => sum + (users[status] ?? 0), 0)
  const summary = (wanted: StatusSummary) => count(...statusesOf(wanted))
  const all = count(...USER_STATUSES)
  if (flags === 'Remove') return 'Removing'
  if (isCorrupted) return 'Corrupted'
  if (flags === 'Start') return 'Starting'
  // Asked before the Start was carried out, too.
  if (flags === 'Stop') return 'Stopping'
  if (!wasStarted) return 'Created'
  if (count('Completing') > 0) return 'Completing'
  const initial = count(...BEFORE_SYNC)
  if (initial > 0) return initial === waiting ? 'Waiting' : 'Syncing'
  if (count('IncrementalSyncing') > 0) return 'IncrementalSyncing'
  // Users that are being stopped or removed one by one: the batch goes on meanwhile.
  if (summary('Active') > 0) return 'Syncing'
  if (summary('Stopped') > moved || (moved > 0 && moved === all)) return 'Stopped'
  if (all === 0) return 'Synced'
  const failed = summary('Failed')
  // A mailbox whose last incremental sync failed is past its initial one, and its syncs go on.
  if (failed === all - moved && count('IncrementalFailed') === 0) return 'Failed'
  if (summary('Completed') > 0 && summary('Synced') === 0) return failed > 0 ? 'CompletedWithErrors' : 'Completed'
  return failed > 0 ? 'SyncedWithErrors' : 'Synced'
}
