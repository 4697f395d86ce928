/** A stored user as the API shows it. */
import { exchangeName } from '#contract/exchange-errors.ts'
import { SUMMARY_OF } from '#contract/states.ts'
import { formatTimeSpan } from '#contract/timespan.ts'
import { USER_COMMANDS, type UserCommand, mayUser, reasonAgainst } from '#contract/transitions.ts'
import type { MigrationUser, MigrationUserStatistics } from '#contract/user.ts'
import type { UserRow } from '#store/service/users.ts'

const iso = (at: Date | null) => (at instanceof Date ? at.toISOString() : null)

const STAGES = ['Discovery', 'Validation', 'Injection', 'Processing'] as const

export function userCommands({ status }: UserRow): Record<UserCommand, string | null> {
  return Object.fromEntries(
    USER_COMMANDS.map((command) => [command, reasonAgainst(mayUser(command, status))]),
  ) as Record<UserCommand, string | null>
}

/** Of the messages in the source, how many are done: carried or explained. */
function percentage(user: UserRow): number {
  if (user.initial_synced_at !== null) return 100
  if (user.source_items === null) return 0
  if (user.source_items === 0) return 100
  const done = Math.min(user.source_items, user.synced_items + user.skipped_items)
  return Math.floor((done * 1000) / user.source_items) / 10
}

export function showUser(user: UserRow): MigrationUser {
  const isSettled = user.status === 'Synced' || user.status === 'IncrementalFailed'
  return {
    identity: user.address,
    guid: user.id,
    mailboxEmailAddress: user.address,
    mailboxIdentifier: user.target_user_name ?? user.address,
    remoteIdentifier: user.user_name,
    batchId: user.batch,
    batchGuid: user.batch_id,
    rowNumber: user.row_number,
    targetDatabase: user.database,
    migrationType: 'IMAP',
    recipientType: 'Mailbox',
    status: user.status,
    statusSummary: SUMMARY_OF[user.status],
    workflowStage: STAGES.find((stage) => stage === user.stage) ?? 'Discovery',
    workflowStep: user.stage === 'Processing' ? 'DataMigration' : 'Initialization',
    requestGuid: user.job_id,
    estimatedTotalTransferCount: user.source_items,
    syncedItemCount: user.synced_items,
    transferredItemCount: user.transferred_items,
    skippedItemCount: user.skipped_items,
    syncedFolderCount: user.synced_folders,
    bytesTransferred: user.transferred_bytes,
    bytesTransferredPerMinute:
      user.transfer_ms > 0 ? Math.round((user.transferred_bytes * 60_000) / user.transfer_ms) : 0,
    percentageSynced: percentage(user),
    errorSummary: user.error_message ?? '',
    creationDateTime: user.created_at.toISOString(),
    lastSuccessfulSyncTime: iso(user.last_synced_at),
    lastSubscriptionCheckTime: iso(user.last_check_at),
    nextSyncTime: isSettled ? iso(user.next_at) : null,
    startAfter: iso(user.start_after),
    completeAfter: null,
    commands: userCommands(user),
  }
}

/** Durations run on to `now` in the state that the user is in. */
export function showStatistics(user: UserRow, now: number): MigrationUserStatistics {
  const isWaiting = user.status === 'Queued' || user.status === 'Starting'
  // As 0019-queued-since.sql counts: from when it may run.
  const startAfter = isWaiting ? (user.start_after ?? user.batch_start_after) : null
  const since = Math.max(0, now - Math.max(user.status_since.getTime(), startAfter?.getTime() ?? 0))
  const isStalled = isWaiting && user.error_code !== null
  const isSynced = SUMMARY_OF[user.status] === 'Synced'
  const isAtWork = SUMMARY_OF[user.status] === 'Active' && !isWaiting && user.status !== 'Validating'
  const span = (ms: number, goesOn: boolean) => formatTimeSpan((ms + (goesOn ? since : 0)) / 1000)
  return {
    ...showUser(user),
    error: user.error_message ?? '',
    errorType: user.error_code === null ? '' : exchangeName(user.error_code),
    errorRemedy: user.error_remedy ?? '',
    queuedDuration: span(user.queued_ms, isWaiting && !isStalled),
    inProgressDuration: span(user.in_progress_ms, isAtWork),
    syncedDuration: span(user.synced_ms, isSynced),
    stalledDuration: span(user.stalled_ms, isStalled),
  }
}
