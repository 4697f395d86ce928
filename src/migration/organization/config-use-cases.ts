/** Get- and Set-MigrationConfig. */
import { badValue } from '#base/request-faults.ts'
import type { UseCases } from '#contract/calls.ts'
import type { MigrationConfig } from '#contract/organization.ts'
import { formatTimeSpan, parseTimeSpan } from '#contract/timespan.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { type ServiceConfig, changeConfig, freshConfig } from '#store/service/settings.ts'

export function configUseCases({
  store,
}: {
  readonly store: ServiceStore
}): Pick<UseCases, 'getConfig' | 'updateConfig'> {
  return {
    getConfig: async () => showConfig(await freshConfig(store)),
    async updateConfig({ body, precondition }) {
      const { maxNumberOfBatches, maxConcurrentMigrations, incrementalSyncInterval, adminAuditLogAgeLimit } = body
      const changes = {
        maxNumberOfBatches,
        maxConcurrentMigrations,
        incrementalSyncIntervalSeconds: interval(incrementalSyncInterval),
        adminAuditLogAgeLimitSeconds: auditAge(adminAuditLogAgeLimit),
        stopSyncedAfterSeconds: lifetime('stopSyncedBatchesAfter', body.stopSyncedBatchesAfter),
        removeStoppedAfterSeconds: lifetime('removeStoppedBatchesAfter', body.removeStoppedBatchesAfter),
        removeFailedAfterSeconds: lifetime('removeFailedBatchesAfter', body.removeFailedBatchesAfter),
        removeCompletedAfterSeconds: lifetime('removeCompletedBatchesAfter', body.removeCompletedBatchesAfter),
        removeArchivesAfterSeconds: archiveAge(body.removeArchivesAfter),
      }
      return showConfig(await changeConfig(store, changes, (now) => precondition?.check(showConfig(now))))
    },
  }
}

const DAY = 86_400

/** As New-MoveRequest has it, without the 0 that would never let a server rest. */
const LONGEST_SECONDS = 120 * DAY

function interval(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const span = parseTimeSpan(text)
  if (span !== null && span >= 1 && span <= LONGEST_SECONDS) return span
  throw badValue('incrementalSyncInterval', 'must be from 00:00:01 to 120 days', 'Usual is 1.00:00:00, once a day.')
}

/** At least a day: whoever did something does not also decide that nobody sees it. At most ten years. */
function auditAge(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const span = parseTimeSpan(text)
  if (span !== null && span >= DAY && span <= 3650 * DAY) return span
  throw badValue('adminAuditLogAgeLimit', 'must be from 1 to 3650 days', 'Usual is 90.00:00:00.')
}

/** A date behind it must be one. */
const LONGEST_LIFETIME_SECONDS = 36_500 * DAY

function lifetime(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const span = parseTimeSpan(text)
  if (span !== null && span <= LONGEST_LIFETIME_SECONDS) return span
  throw badValue(name, 'must be from 00:00:00, which is never, to 36500 days', 'Write days as 60.00:00:00.')
}

/** Archives are the proof of what was done: a slip of the keyboard does not take them. */
function archiveAge(text: string | undefined): number | undefined {
  const seconds = lifetime('removeArchivesAfter', text)
  if (seconds === undefined || seconds === 0 || seconds >= 30 * DAY) return seconds
  throw badValue('removeArchivesAfter', 'must be 00:00:00, which is never, or at least 30 days')
}

const showConfig = (config: ServiceConfig): MigrationConfig => ({
  identity: 'Config',
  maxNumberOfBatches: config.maxNumberOfBatches,
  maxConcurrentMigrations: config.maxConcurrentMigrations,
  features: ['MultiBatch', 'Endpoints'],
  incrementalSyncInterval: formatTimeSpan(config.incrementalSyncIntervalSeconds),
  adminAuditLogAgeLimit: formatTimeSpan(config.adminAuditLogAgeLimitSeconds),
  stopSyncedBatchesAfter: formatTimeSpan(config.stopSyncedAfterSeconds),
  removeStoppedBatchesAfter: formatTimeSpan(config.removeStoppedAfterSeconds),
  removeFailedBatchesAfter: formatTimeSpan(config.removeFailedAfterSeconds),
  removeCompletedBatchesAfter: formatTimeSpan(config.removeCompletedAfterSeconds),
  removeArchivesAfter: formatTimeSpan(config.removeArchivesAfterSeconds),
})
