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
    async updateConfig({ body: { incrementalSyncInterval, ...numbers }, precondition }) {
      const interval = incrementalSyncInterval === undefined ? null : seconds(incrementalSyncInterval)
      const changes = {
        ...numbers,
        ...(interval === null ? {} : { incrementalSyncIntervalSeconds: interval }),
      }
      return showConfig(await changeConfig(store, changes, (now) => precondition?.check(showConfig(now))))
    },
  }
}

/** As New-MoveRequest has it, without the 0 that would never let a server rest. */
const LONGEST_SECONDS = 120 * 86_400

function seconds(text: string): number {
  const span = parseTimeSpan(text)
  if (span !== null && span >= 1 && span <= LONGEST_SECONDS) return span
  throw badValue('incrementalSyncInterval', 'must be from 00:00:01 to 120 days', 'Usual is 1.00:00:00, once a day.')
}

const showConfig = (config: ServiceConfig): MigrationConfig => ({
  identity: 'Config',
  maxNumberOfBatches: config.maxNumberOfBatches,
  maxConcurrentMigrations: config.maxConcurrentMigrations,
  features: ['MultiBatch', 'Endpoints'],
  incrementalSyncInterval: formatTimeSpan(config.incrementalSyncIntervalSeconds),
})
