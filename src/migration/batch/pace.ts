/** Rate and estimated end of a batch, from what it carried in the last minutes and what its users have before them. */
import type { MigrationBatch } from '#contract/batch.ts'
import type { BatchStatus } from '#contract/states.ts'
import { type BatchRow, statusOf } from '#store/service/batches.ts'
import { type Carried, type Left, type Pace, readCarried, readLeft } from '#store/service/pace.ts'
import type { ServiceStore } from '#store/service/service-store.ts'

export type ShownPace = Pick<
  MigrationBatch,
  'itemsPerMinute' | 'bytesTransferredPerMinute' | 'estimatedCompletionDateTime'
>

export interface PacedBatch extends BatchRow {
  readonly pace: Pace
}

const AT_WORK: ReadonlySet<BatchStatus> = new Set(['Syncing', 'IncrementalSyncing', 'Completing'])
/** Sooner nothing is said: connections are made first. */
const LEAST_SECONDS = 10
/** An end that is further away is no estimate any more. */
const MOST_DAYS = 366
const UNKNOWN: ShownPace = {
  itemsPerMinute: null,
  bytesTransferredPerMinute: null,
  estimatedCompletionDateTime: null,
}

/** @param batchId of the one row; null: of all batches */
export async function withPace(
  store: ServiceStore,
  batches: readonly BatchRow[],
  batchId: string | null,
): Promise<PacedBatch[]> {
  const isAtWork = batches.some((batch) => AT_WORK.has(statusOf(batch)))
  const carried: Map<string, Carried> = isAtWork ? await readCarried(store, batchId) : new Map()
  const ends = batches.filter((batch) => statusOf(batch) === 'Syncing' && (carried.get(batch.id)?.initial ?? 0) > 0)
  const left = await readLeft(
    store,
    ends.map(({ id }) => id),
  )
  return batches.map((batch) => ({
    ...batch,
    pace: { carried: carried.get(batch.id) ?? null, left: left.get(batch.id) ?? null },
  }))
}

/** How many messages are left; null while no mailbox of the batch has been listed. One that was not counts as the mean of the others. */
export function itemsLeft({
  users,
  listed,
  source,
  done,
  sampled,
  sampledItems,
}: Omit<Left, 'batch_id'>): number | null {
  const unlisted = users - listed
  const known = listed + sampled
  if (unlisted > 0 && known === 0) return null
  return source - done + (unlisted === 0 ? 0 : (unlisted * (source + sampledItems)) / known)
}

/** All null where nothing runs, or not long enough. An end is only told of initial syncs: what others will find is unknown. */
export function showPace(batch: PacedBatch): ShownPace {
  const status = statusOf(batch)
  if (!AT_WORK.has(status)) return UNKNOWN
  const { carried, left } = batch.pace
  const since = Math.max(carried?.since.getTime() ?? 0, batch.last_started_at?.getTime() ?? 0)
  const seconds = (batch.readAt.getTime() - since) / 1000
  if (seconds < LEAST_SECONDS) return UNKNOWN
  const perMinute = (count: number) => (count * 60) / seconds
  const items = left === null ? null : itemsLeft(left)
  const minutes = items === null || !carried?.initial ? null : items / perMinute(carried.initial)
  return {
    itemsPerMinute: Math.round(perMinute(carried?.items ?? 0)),
    bytesTransferredPerMinute: Math.round(perMinute(carried?.bytes ?? 0)),
    estimatedCompletionDateTime:
      minutes === null || minutes > MOST_DAYS * 1440
        ? null
        : new Date(batch.readAt.getTime() + minutes * 60_000).toISOString(),
  }
}
