/** What ends, and what is forgotten, by itself. */
import { useQuery } from '@tanstack/react-query'
import type { MigrationConfig } from '#contract/organization.ts'
import { parseTimeSpan } from '#contract/timespan.ts'
import { askTagged, type Tagged } from '../../api.ts'
import { wrongAt } from '../../forms/field-refusal.ts'
import { useWords } from '../../words/words.ts'
import { overdue } from './overdue.ts'
import { type Duration, readDuration, secondsOf, writeDuration } from './duration.ts'
import { DurationField } from './duration-field.tsx'
import { SettingsCard } from './settings-card.tsx'
import { allBatchesQuery, configQuery } from './settings-queries.ts'
import { useSettings } from './use-settings.ts'
import { Warnings } from './warnings.tsx'

const AGES = [
  'stopSyncedBatchesAfter',
  'removeStoppedBatchesAfter',
  'removeFailedBatchesAfter',
  'removeCompletedBatchesAfter',
  'removeArchivesAfter',
  'adminAuditLogAgeLimit',
] as const
type Age = (typeof AGES)[number]
type AgeFields = Readonly<Record<Age, Duration>>

/** The audit log is kept for a while in any case. */
const mayBeNever = (age: Age) => age !== 'adminAuditLogAgeLimit'

const formOf = (config: MigrationConfig): AgeFields =>
  Object.fromEntries(AGES.map((age) => [age, readDuration(config[age], mayBeNever(age))])) as AgeFields

export function AgesCard({ now }: { readonly now: Tagged<MigrationConfig> }) {
  const words = useWords()
  const labels = words.settings.ages
  const settings = useSettings<MigrationConfig, AgeFields>({
    now,
    query: configQuery,
    name: labels.title,
    formOf,
    send: ({ typed }, ifMatch) =>
      askTagged('updateConfig', {
        ifMatch,
        body: Object.fromEntries(Object.entries(typed).map(([age, value]) => [age, writeDuration(value)])),
      }),
  })
  const { form, set, typed, seen } = settings
  return (
    <SettingsCard
      title={labels.title}
      lead={labels.lead}
      settings={settings}
      labels={labels.fields}
      isReady={AGES.every((age) => secondsOf(form[age]) !== null)}
    >
      {AGES.map((age) => (
        <DurationField
          key={age}
          label={labels.fields[age]}
          hint={labels.hints[age]}
          value={form[age]}
          mayBeNever={mayBeNever(age)}
          wrong={wrongAt(settings.refused, age)}
          onChange={(value) => set({ [age]: value })}
        />
      ))}
      <AgeWarnings config={seen.value} typed={typed} />
    </SettingsCard>
  )
}

/** Of ages that become shorter. */
function AgeWarnings({ config, typed }: { readonly config: MigrationConfig; readonly typed: Partial<AgeFields> }) {
  const { settings } = useWords()
  const batches = useQuery({ ...allBatchesQuery, enabled: Object.keys(typed).length > 0 }).data?.items ?? []
  const texts = AGES.map((age) => {
    const seconds = typed[age] === undefined ? null : secondsOf(typed[age])
    const before = parseTimeSpan(config[age]) ?? 0
    if (seconds === null || seconds === 0 || (before !== 0 && seconds >= before)) return false
    if (age === 'adminAuditLogAgeLimit') return settings.ages.auditShorter
    if (age === 'removeArchivesAfter') return settings.ages.archivesShorter
    const names = overdue(age, seconds, batches, Date.now())
    return names.length > 0 && settings.ages.overdue(age === 'stopSyncedBatchesAfter', names)
  })
  return <Warnings texts={texts} />
}
