/** How many passes a server bears at once. */
import { Field, Input } from '@fluentui/react-components'
import { useWords } from '../words/words.ts'
import { type EndpointFields, tooManyIncrementals, USUAL_SLOTS } from './endpoint-fields.ts'
import { wrongAt } from './field-refusal.ts'

interface SlotFieldsProps {
  readonly form: EndpointFields
  readonly isNew: boolean
  readonly refused: unknown
  set(change: Partial<EndpointFields>): void
}

export function SlotFields({ form, isNew, refused, set }: SlotFieldsProps) {
  const words = useWords()
  const labels = isNew
    ? [words.endpointForm.migrations, words.endpointForm.incrementals]
    : [words.endpoints.migrations, words.endpoints.incrementals]
  const tooMany = tooManyIncrementals(form)
  const wrong = (name: keyof typeof USUAL_SLOTS) => {
    if (!isNew && form[name] === '') return words.endpointForm.missing
    if (name === 'maxConcurrentMigrations' || tooMany === null) return wrongAt(refused, name)
    return form[name] === ''
      ? words.endpointForm.tooManyUsual(USUAL_SLOTS[name], words.endpoints.migrations, tooMany.most)
      : words.endpointForm.tooMany(words.endpoints.migrations, tooMany.most)
  }
  return (
    <div className="two">
      {(['maxConcurrentMigrations', 'maxConcurrentIncrementalSyncs'] as const).map((name, place) => (
        <Field key={name} label={labels[place]!} required={!isNew} validationMessage={wrong(name)}>
          <Input
            value={form[name]}
            inputMode="numeric"
            placeholder={isNew ? USUAL_SLOTS[name] : ''}
            onChange={(_, { value }) => set({ [name]: value.replace(/[^\d]/g, '') })}
          />
        </Field>
      ))}
    </div>
  )
}
