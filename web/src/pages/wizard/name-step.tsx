import { Field, Input } from '@fluentui/react-components'
import { LIMITS } from '#contract/limits.ts'
import { isName } from '#contract/names.ts'
import { wrongAt } from '../../forms/field-refusal.ts'
import { Facts } from '../../ui/facts.tsx'
import { useWords } from '../../words/words.ts'
import { nameOf } from './draft.ts'
import type { StepProps } from './steps.ts'

export function NameStep({ draft, change, refusal }: StepProps) {
  const words = useWords()
  const wrong = wrongAt(refusal, 'name') ?? (isName(nameOf(draft)) ? null : words.wizard.nameWrong)
  return (
    <>
      <Field
        label={words.wizard.name}
        hint={words.wizard.nameHint}
        validationMessage={wrong}
        validationState={wrong === null ? 'none' : 'error'}
      >
        <Input
          value={draft.name ?? nameOf(draft)}
          maxLength={LIMITS.nameLength}
          autoComplete="off"
          onChange={(_, { value }) => change({ name: value })}
        />
      </Field>
      <Facts
        rows={[
          [words.wizard.path, words.wizard.pathOnboarding],
          [words.wizard.type, words.wizard.typeImap],
        ]}
      />
    </>
  )
}
