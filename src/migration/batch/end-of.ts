/**
 * When a batch ends by itself (exchange-semantics.md §5, "Batch end-of-life"): pure, from what was read of it. A batch
 * that nobody touches is stopped when all is synced, and removed when it is over; never without having been announced.
 */
import { LIMITS } from '#contract/limits.ts'
import type { BatchStatus } from '#contract/states.ts'
import type { BatchRow } from '#store/service/batches.ts'
import type { EndAction } from '#store/service/ends.ts'
import { type EndReason, writeWhy } from './end-why.ts'

export interface BatchEnd {
  readonly action: EndAction
  /** When it comes, as things stand. */
  readonly at: Date
  readonly why: string
  /** It was announced for `at`. */
  readonly isTold: boolean
  /** When it is to be announced. */
  readonly tellAt: Date
}

interface Rule {
  readonly action: EndAction
  /** 0: never. */
  readonly seconds: number
  readonly since: number
  readonly reason: EndReason
}

type Facts = Pick<
  BatchRow,
  'totals' | 'readAt' | 'config' | 'last_action_at' | 'stopped_at' | 'expiry_action' | 'expiry_told'
>

const RESTING: ReadonlySet<BatchStatus> = new Set([
  'Synced',
  'SyncedWithErrors',
  'IncrementalSyncing',
  'Stopped',
  'Failed',
])

const time = (at: Date | null) => at?.getTime() ?? 0

function ruleOf(batch: Facts, status: BatchStatus, isGoingOn: boolean): Rule | null {
  const { config, totals } = batch
  const touched = time(batch.last_action_at)
  const resting = Math.max(touched, time(batch.stopped_at), time(totals.changedAt))
  const remove = (seconds: number, reason: EndReason): Rule => ({ action: 'Remove', seconds, since: resting, reason })
  if (status === 'Completed' || status === 'CompletedWithErrors')
    return remove(config.removeCompletedAfterSeconds, 'completed')
  if (!RESTING.has(status)) return null
  // Some of its users may be stopped or failed: as long as others come round again, it is a synced one.
  if (isGoingOn) {
    const since = Math.max(touched, time(totals.latestInitialAt))
    return { action: 'Stop', seconds: config.stopSyncedAfterSeconds, since, reason: 'synced' }
  }
  return status === 'Failed'
    ? remove(config.removeFailedAfterSeconds, 'failed')
    : remove(config.removeStoppedAfterSeconds, 'stopped')
}

/**
 * Null: by itself it does not end.
 * @param isGoingOn it runs and has users that come round again (`goesOn`)
 */
export function endOf(batch: Facts, status: BatchStatus, isGoingOn: boolean): BatchEnd | null {
  const rule = ruleOf(batch, status, isGoingOn)
  if (rule === null || rule.seconds === 0) return null
  const due = rule.since + rule.seconds * 1000
  const notice = Math.min(rule.seconds, LIMITS.endNoticeSeconds) * 1000
  const told = batch.expiry_action === rule.action ? time(batch.expiry_told) : 0
  // Announced for an earlier day than it is due on now, somebody has been at it, or the setting is longer: told anew.
  const isTold = told >= due
  return {
    action: rule.action,
    at: new Date(isTold ? told : Math.max(due, batch.readAt.getTime() + notice)),
    why: writeWhy(rule.reason, rule.seconds),
    isTold,
    tellAt: new Date(due - notice),
  }
}
