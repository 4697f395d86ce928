/** Get-MigrationStatistics: totals over all batches, and who works. */
import type { MigrationStatistics } from '#contract/organization.ts'
import { SUMMARY_OF, USER_STATUSES, type BatchStatus, type StatusSummary } from '#contract/states.ts'
import { readBatches, statusOf } from '#store/service/batches.ts'
import { listWorkers } from '#store/service/organization.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { isAlive } from './worker-use-cases.ts'

export async function getStatistics({ store, clock }: ServiceDeps): Promise<MigrationStatistics> {
  const [batches, workers] = await Promise.all([readBatches(store), listWorkers(store)])
  const users = (status: (typeof USER_STATUSES)[number]) =>
    batches.reduce((sum, { totals }) => sum + (totals.users[status] ?? 0), 0)
  const count = (summary: StatusSummary) =>
    USER_STATUSES.reduce((sum, status) => sum + (SUMMARY_OF[status] === summary ? users(status) : 0), 0)
  const byStatus: Partial<Record<BatchStatus, number>> = {}
  for (const batch of batches) {
    const status = statusOf(batch)
    byStatus[status] = (byStatus[status] ?? 0) + 1
  }
  return {
    identity: 'Statistics',
    migrationType: 'IMAP',
    totalCount: USER_STATUSES.reduce((sum, status) => sum + users(status), 0),
    activeCount: count('Active'),
    stoppedCount: count('Stopped'),
    syncedCount: count('Synced'),
    finalizedCount: count('Completed'),
    failedCount: count('Failed'),
    pendingCount: users('Validating') + users('Queued'),
    batches: byStatus,
    workers: workers.map((worker) => ({
      name: worker.name,
      capacity: worker.capacity,
      active: worker.active,
      lastHeartbeat: worker.heartbeat_at.toISOString(),
      isAlive: isAlive(worker, clock.now()),
    })),
  }
}
