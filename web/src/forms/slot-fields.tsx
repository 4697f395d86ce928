/** How many passes a server bears at once. */
import { Field, Input } from '@fluentui/react-components'
import { useWords } from '../words/words.ts'
import type { EndpointFields } from './endpoint-fields.ts'
import { wrongAt } from './field-refusal.ts'

interface SlotFieldsProps {
  readonly form: EndpointFields
  readonly isNew: boolean
  readonly refused: unknown
  set(change: Partial<EndpointFields>): void
}

const USUAL = { maxConcurrentMigrations: '20', maxConcurrentIncrementalSyncs: '10' } as const

export function SlotFields({ form, isNew, refused, set }: SlotFieldsProps) {
  const words = useWords()
  const labels = isNew
    ? [words.endpointForm.migrations, words.endpointForm.incrementals]
    : [words.endpoints.migrations, words.endpoints.incrementals]
  return (
    <div className="two">
      {(['maxConcurrentMigrations', 'maxConcurrentIncrementalSyncs'] as const).map((name, place) => (
        <Field
          key={name}
          label={labels[place]!}
          required={!isNew}
          validationMessage={!isNew && form[name] === '' ? words.endpointForm.missing : wrongAt(refused, name)}
        >
          <Input
            value={form[name]}
            inputMode="numeric"
            placeholder={isNew ? USUAL[name] : ''}
            onChange={(_, { value }) => set({ [name]: value.replace(/[^\d]/g, '') })}
          />
        </Field>
      ))}
    </div>
  )
}
