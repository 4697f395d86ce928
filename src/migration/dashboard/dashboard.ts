/** GET /dashboard: what runs, waits and is to come, in one answer. */
import type { Answer } from '#contract/calls.ts'
import type { RunTime } from '#contract/dashboard.ts'
import type { getDashboard as Route } from '#contract/routes/dashboard.ts'
import { IS_RUNNING } from '#contract/states.ts'
import { formatTimeSpan } from '#contract/timespan.ts'
import { readArchivedBatches } from '#store/service/archive.ts'
import { type BatchRow, readBatches, statusOf } from '#store/service/batches.ts'
import { readQueue } from '#store/service/dashboard-figures.ts'
import { listWorkers } from '#store/service/organization.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { withPace } from '../batch/pace.ts'
import { showBatch } from '../batch/show-batch.ts'
import { isAlive } from '../organization/worker-use-cases.ts'
import { readForecast } from './forecast.ts'

const MOST_RUN_TIMES = 200

export async function getDashboard({ store, clock }: ServiceDeps): Promise<Answer<typeof Route>> {
  const batches = await readBatches(store)
  const [paced, queue, workers, forecast, runTimes] = await Promise.all([
    withPace(store, batches, null),
    readQueue(store),
    listWorkers(store),
    readForecast(store, batches, clock.now()),
    readRunTimes(store, batches),
  ])
  const alive = workers.filter((worker) => isAlive(worker, clock.now()))
  return {
    running: paced
      .filter((batch) => IS_RUNNING[statusOf(batch)])
      .map(showBatch)
      .map((batch) => ({
        identity: batch.identity,
        batchGuid: batch.batchGuid,
        status: batch.status,
        percentageSynced: batch.percentageSynced,
        totalCount: batch.totalCount,
        activeCount: batch.activeCount,
        failedCount: batch.failedCount,
        itemsPerMinute: batch.itemsPerMinute,
        bytesTransferredPerMinute: batch.bytesTransferredPerMinute,
        estimatedCompletionDateTime: batch.estimatedCompletionDateTime,
      })),
    queue: queue.map(({ endpoint, kind, waiting, used, most }) => ({
      endpoint,
      kind,
      waitingCount: waiting,
      usedSlots: used,
      maxSlots: most,
    })),
    workers: {
      count: alive.length,
      capacity: alive.reduce((sum, { capacity }) => sum + capacity, 0),
      active: alive.reduce((sum, { active }) => sum + active, 0),
    },
    forecast,
    runTimes,
  }
}

/** Of batches whose users are all past their initial sync, and of archived ones of which the same is told. */
async function readRunTimes(store: ServiceStore, batches: readonly BatchRow[]): Promise<RunTime[]> {
  const there = batches.map(({ id, name, started_at: start, totals }) => ({
    id,
    name,
    isArchived: false,
    start,
    end: totals.initialSyncedAt,
    users: Object.values(totals.users).reduce((sum, count) => sum + count, 0),
    items: totals.items,
    bytes: totals.bytes,
  }))
  const archived = (await readArchivedBatches(store)).map((batch) => ({
    id: batch.id,
    name: batch.name,
    isArchived: true,
    start: batch.started_at,
    end: batch.initial_synced_at,
    users: Object.values(batch.users).reduce<number>((sum, count) => sum + (count ?? 0), 0),
    items: batch.items,
    bytes: batch.bytes,
  }))
  return [...there, ...archived]
    .flatMap(({ start, end, id, name, isArchived, users, items, bytes }) =>
      start === null || end === null
        ? []
        : [
            {
              identity: name,
              batchGuid: id,
              isArchived,
              startDateTime: start.toISOString(),
              duration: formatTimeSpan((end.getTime() - start.getTime()) / 1000),
              totalCount: users,
              itemsSynced: items,
              bytesTransferred: bytes,
            },
          ],
    )
    .sort((a, b) => (a.startDateTime < b.startDateTime ? 1 : -1))
    .slice(0, MOST_RUN_TIMES)
}
