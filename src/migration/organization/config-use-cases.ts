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
    async updateConfig({ body: { incrementalSyncInterval, adminAuditLogAgeLimit, ...numbers }, precondition }) {
      const changes = {
        ...numbers,
        ...(incrementalSyncInterval && { incrementalSyncIntervalSeconds: interval(incrementalSyncInterval) }),
        ...(adminAuditLogAgeLimit && { adminAuditLogAgeLimitSeconds: auditAge(adminAuditLogAgeLimit) }),
      }
      return showConfig(await changeConfig(store, changes, (now) => precondition?.check(showConfig(now))))
    },
  }
}

const DAY = 86_400

/** As New-MoveRequest has it, without the 0 that would never let a server rest. */
const LONGEST_SECONDS = 120 * DAY

function interval(text: string): number {
  const span = parseTimeSpan(text)
  if (span !== null && span >= 1 && span <= LONGEST_SECONDS) return span
  throw badValue('incrementalSyncInterval', 'must be from 00:00:01 to 120 days', 'Usual is 1.00:00:00, once a day.')
}

/** At least a day: whoever did something does not also decide that nobody sees it. At most ten years. */
function auditAge(text: string): number {
  const span = parseTimeSpan(text)
  if (span !== null && span >= DAY && span <= 3650 * DAY) return span
  throw badValue('adminAuditLogAgeLimit', 'must be from 1 to 3650 days', 'Usual is 90.00:00:00.')
}

const showConfig = (config: ServiceConfig): MigrationConfig => ({
  identity: 'Config',
  maxNumberOfBatches: config.maxNumberOfBatches,
  maxConcurrentMigrations: config.maxConcurrentMigrations,
  features: ['MultiBatch', 'Endpoints'],
  incrementalSyncInterval: formatTimeSpan(config.incrementalSyncIntervalSeconds),
  adminAuditLogAgeLimit: formatTimeSpan(config.adminAuditLogAgeLimitSeconds),
})
