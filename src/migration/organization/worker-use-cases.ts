/** Get-MigrationWorker. */
import type { Clock } from '#base/clock.ts'
import type { UseCases } from '#contract/calls.ts'
import type { MigrationWorker } from '#contract/worker.ts'
import { type WorkerState, listWorkers } from '#store/service/organization.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { pageByName } from '../page.ts'

/** A worker that has not been heard of for so long is taken for dead, ms. */
export const WORKER_TIMEOUT_MS = 30_000

export function workerUseCases({
  store,
  clock,
}: {
  readonly store: ServiceStore
  readonly clock: Pick<Clock, 'now'>
}): Pick<UseCases, 'listWorkers'> {
  return {
    listWorkers: async ({ query }) => pageByName(await listWorkers(store), query, (row) => show(row, clock.now())),
  }
}

const show = (worker: WorkerState, now: number): MigrationWorker => ({
  identity: worker.name,
  name: worker.name,
  host: worker.host,
  version: worker.version,
  addresses: worker.addresses,
  usedAddresses: worker.used_addresses,
  capacity: worker.capacity,
  active: worker.active,
  startDateTime: worker.started_at.toISOString(),
  lastHeartbeat: worker.heartbeat_at.toISOString(),
  isAlive: isAlive(worker, now),
})

export const isAlive = ({ heartbeat_at: at }: WorkerState, now: number): boolean =>
  now - at.getTime() < WORKER_TIMEOUT_MS
