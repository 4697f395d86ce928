/** What the service does with batches that nobody touches: announces their end, and then ends them. Any process, repeatable. */
import type { Log } from '#base/log.ts'
import { LIMITS } from '#contract/limits.ts'
import { pruneArchives } from '#store/service/archive.ts'
import { readBatches, statusOf } from '#store/service/batches.ts'
import { announceEnd, endBatch, restingBatches } from '#store/service/ends.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { freshConfig } from '#store/service/settings.ts'
import { endOf } from './end-of.ts'
import { goesOn } from './show-batch.ts'

export async function hygiene(store: ServiceStore, log: Log): Promise<void> {
  const config = await freshConfig(store)
  const spans = [
    config.stopSyncedAfterSeconds,
    config.removeStoppedAfterSeconds,
    config.removeFailedAfterSeconds,
    config.removeCompletedAfterSeconds,
  ].filter((seconds) => seconds > 0)
  if (spans.length > 0) {
    // Touched later than this, none is near its end: their users need not be counted.
    const resting = Math.min(...spans.map((seconds) => Math.max(0, seconds - LIMITS.endNoticeSeconds)))
    for (const id of await restingBatches(store, resting)) {
      try {
        await look(store, id)
      } catch (thrown) {
        log.warn('a batch could not be looked at', { batch: id, said: thrown instanceof Error ? thrown.message : '' })
      }
    }
  }
  if (config.removeArchivesAfterSeconds > 0) await pruneArchives(store, config.removeArchivesAfterSeconds)
}

async function look(store: ServiceStore, id: string): Promise<void> {
  const [batch] = await readBatches(store, id)
  const end = batch && endOf(batch, statusOf(batch), goesOn(batch))
  if (!end || end.tellAt > batch.readAt) return
  if (!end.isTold) await announceEnd(store, batch, end)
  else if (end.at <= batch.readAt) await endBatch(store, batch, end)
}
