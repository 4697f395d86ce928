/** What other limits would do to what is there now. */
import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../words/words.ts'
import { endpointsQuery } from '../batch-queries.ts'
import { secondsOf } from './duration.ts'
import type { LimitFields } from './limits-card.tsx'
import { allBatchesQuery, statisticsQuery } from './settings-queries.ts'
import { Warnings } from './warnings.tsx'

const HOUR_SECONDS = 3_600

export function LimitWarnings({ typed }: { readonly typed: Partial<LimitFields> }) {
  const { settings } = useWords()
  const { maxNumberOfBatches: most, maxConcurrentMigrations: atOnce, incrementalSyncInterval: interval } = typed
  const batches = useQuery({ ...allBatchesQuery, enabled: most !== undefined }).data?.total ?? 0
  const endpoints = useQuery({ ...endpointsQuery, enabled: atOnce !== undefined }).data?.items ?? []
  const synced = useQuery({ ...statisticsQuery, enabled: interval !== undefined }).data?.syncedCount ?? 0
  const active = endpoints.reduce((sum, one) => sum + one.activeMigrationCount + one.activeIncrementalSyncCount, 0)
  const seconds = interval === undefined ? null : secondsOf(interval)
  return (
    <Warnings
      texts={[
        most !== undefined &&
          most !== '' &&
          Number(most) < batches &&
          settings.limits.tooManyBatches(batches, Number(most)),
        atOnce !== undefined &&
          atOnce !== '' &&
          Number(atOnce) < active &&
          settings.limits.tooManyPasses(active, Number(atOnce)),
        seconds !== null &&
          seconds > 0 &&
          synced > 0 &&
          settings.limits.syncsAnHour(synced, Math.max(1, Math.round((synced * HOUR_SECONDS) / seconds))),
      ]}
    />
  )
}
