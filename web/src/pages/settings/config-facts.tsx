/** The settings of the migration for those who only look on. */
import type { MigrationConfig } from '#contract/organization.ts'
import { parseTimeSpan } from '#contract/timespan.ts'
import { formatDuration } from '../../ui/duration.ts'
import { Facts } from '../../ui/facts.tsx'
import { formatNumber } from '../../ui/format.ts'
import { useSpeech } from '../../words/words.ts'

export function ConfigFacts({ config }: { readonly config: MigrationConfig }) {
  const { words, language } = useSpeech()
  const { limits, ages, units } = words.settings
  const span = (text: string) => (parseTimeSpan(text) === 0 ? units.never : formatDuration(words, text))
  return (
    <section className="settings-card" aria-label={words.settings.parts.migration}>
      <p className="small">{words.settings.lookOnly}</p>
      <Facts
        rows={[
          [limits.fields.maxNumberOfBatches, formatNumber(language, config.maxNumberOfBatches)],
          [limits.fields.maxConcurrentMigrations, formatNumber(language, config.maxConcurrentMigrations)],
          [limits.fields.incrementalSyncInterval, span(config.incrementalSyncInterval)],
          [ages.fields.stopSyncedBatchesAfter, span(config.stopSyncedBatchesAfter)],
          [ages.fields.removeStoppedBatchesAfter, span(config.removeStoppedBatchesAfter)],
          [ages.fields.removeFailedBatchesAfter, span(config.removeFailedBatchesAfter)],
          [ages.fields.removeCompletedBatchesAfter, span(config.removeCompletedBatchesAfter)],
          [ages.fields.removeArchivesAfter, span(config.removeArchivesAfter)],
          [ages.fields.adminAuditLogAgeLimit, span(config.adminAuditLogAgeLimit)],
        ]}
      />
    </section>
  )
}
