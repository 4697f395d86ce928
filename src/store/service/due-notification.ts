/** Which report of a batch is due: decided from its counters, so that asking twice tells nothing twice. */
import type { NotificationKind } from '#contract/notification-kinds.ts'
import type { BatchStatus } from '#contract/states.ts'
import { parseTimeSpan } from '#contract/timespan.ts'

export interface TellingState {
  readonly running: boolean
  readonly starts: number
  readonly told_start: number
  readonly told_end: number
  readonly start_after: Date | null
  readonly last_report_at: Date | null
  readonly reportInterval: string
}

/** A report every second would be an accident. */
export const LEAST_INTERVAL_MS = 60_000

const ENDED: ReadonlySet<BatchStatus> = new Set([
  'Synced',
  'SyncedWithErrors',
  'IncrementalSyncing',
  'Failed',
  'Completed',
  'CompletedWithErrors',
])
/** A command is being carried out: what comes of it is told afterwards. */
const BETWEEN: ReadonlySet<BatchStatus> = new Set(['Starting', 'Stopping', 'Removing', 'Corrupted'])

/**
 * `settle`: the start is over and nothing is told, because an administrator stopped it, who knows.
 * The end of a start is the first time that all users are past their initial sync or have failed; what the later rounds
 * bring is not told. Stopped without having been asked (AllowIncrementalSyncs is false, users were stopped one by one)
 * is an end, too.
 */
export function dueNotification(
  batch: TellingState,
  status: BatchStatus,
  now: number,
  leastIntervalMs = LEAST_INTERVAL_MS,
): NotificationKind | 'settle' | null {
  if (batch.starts <= batch.told_end || BETWEEN.has(status)) return null
  const isStopped = status === 'Stopped'
  if (isStopped && !batch.running) return 'settle'
  const isEnded = ENDED.has(status) || isStopped
  if (batch.told_start < batch.starts) {
    // A batch that waits for its StartAfter has not begun; a user with an earlier one of its own begins it.
    const waits = status === 'Waiting' && batch.start_after !== null && batch.start_after.getTime() > now
    return waits ? null : 'Started'
  }
  if (isEnded) return 'Finished'
  if (status !== 'Syncing' || !batch.running) return null
  return isReportDue(batch.last_report_at, batch.reportInterval, now, leastIntervalMs) ? 'Progress' : null
}

export function isReportDue(last: Date | null, reportInterval: string, now: number, leastIntervalMs: number): boolean {
  const interval = (parseTimeSpan(reportInterval) ?? 0) * 1000
  return interval > 0 && last !== null && now >= last.getTime() + Math.max(interval, leastIntervalMs)
}
