/** How much at once, and how often. */
import { Field, Input } from '@fluentui/react-components'
import type { MigrationConfig } from '#contract/organization.ts'
import { askTagged, type Tagged } from '../../api.ts'
import { wrongAt } from '../../forms/field-refusal.ts'
import { useWords } from '../../words/words.ts'
import { type Duration, readDuration, secondsOf, writeDuration } from './duration.ts'
import { DurationField } from './duration-field.tsx'
import { LimitWarnings } from './limit-warnings.tsx'
import { SettingsCard } from './settings-card.tsx'
import { configQuery } from './settings-queries.ts'
import { useSettings } from './use-settings.ts'

export interface LimitFields {
  readonly maxNumberOfBatches: string
  readonly maxConcurrentMigrations: string
  readonly incrementalSyncInterval: Duration
}

const formOf = (config: MigrationConfig): LimitFields => ({
  maxNumberOfBatches: String(config.maxNumberOfBatches),
  maxConcurrentMigrations: String(config.maxConcurrentMigrations),
  incrementalSyncInterval: readDuration(config.incrementalSyncInterval, false),
})

export function LimitsCard({ now }: { readonly now: Tagged<MigrationConfig> }) {
  const words = useWords()
  const labels = words.settings.limits
  const settings = useSettings<MigrationConfig, LimitFields>({
    now,
    query: configQuery,
    name: labels.title,
    formOf,
    send: ({ typed }, ifMatch) =>
      askTagged('updateConfig', {
        ifMatch,
        body: {
          ...(typed.maxNumberOfBatches !== undefined && { maxNumberOfBatches: Number(typed.maxNumberOfBatches) }),
          ...(typed.maxConcurrentMigrations !== undefined && {
            maxConcurrentMigrations: Number(typed.maxConcurrentMigrations),
          }),
          ...(typed.incrementalSyncInterval !== undefined && {
            incrementalSyncInterval: writeDuration(typed.incrementalSyncInterval),
          }),
        },
      }),
  })
  const { form, set, typed } = settings
  const { refused: error } = settings
  const numbers = ['maxNumberOfBatches', 'maxConcurrentMigrations'] as const
  return (
    <SettingsCard
      title={labels.title}
      settings={settings}
      labels={labels.fields}
      isReady={numbers.every((name) => form[name] !== '') && secondsOf(form.incrementalSyncInterval) !== null}
    >
      {numbers.map((name) => (
        <Field
          key={name}
          label={labels.fields[name]}
          hint={labels.hints[name]}
          required
          validationMessage={form[name] === '' ? words.settings.numberWanted : wrongAt(error, name)}
        >
          <Input
            className="settings-number"
            value={form[name]}
            inputMode="numeric"
            onChange={(_, { value }) => set({ [name]: value.replace(/[^\d]/g, '') })}
          />
        </Field>
      ))}
      <DurationField
        label={labels.fields.incrementalSyncInterval}
        hint={labels.hints.incrementalSyncInterval}
        value={form.incrementalSyncInterval}
        mayBeNever={false}
        wrong={wrongAt(error, 'incrementalSyncInterval')}
        onChange={(incrementalSyncInterval) => set({ incrementalSyncInterval })}
      />
      <LimitWarnings typed={typed} />
    </SettingsCard>
  )
}
