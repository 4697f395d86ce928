import { Field, Input, Radio, RadioGroup } from '@fluentui/react-components'
import { useWords } from '../../words/words.ts'
import type { StepProps } from './steps.ts'

export function StartStep({ draft, change }: StepProps) {
  const words = useWords()
  return (
    <>
      <p>{words.wizard.startLead}</p>
      <Field label={words.wizard.start}>
        <RadioGroup
          value={draft.startNow ? 'now' : 'manually'}
          onChange={(_, { value }) => change({ startNow: value === 'now' })}
        >
          <Radio value="now" label={words.wizard.startNow} />
          <Radio value="manually" label={words.wizard.startManually} />
        </RadioGroup>
      </Field>
      <Field label={words.wizard.recipients} hint={words.wizard.recipientsHint}>
        <Input
          type="text"
          inputMode="email"
          value={draft.recipients}
          onChange={(_, { value }) => change({ recipients: value })}
        />
      </Field>
    </>
  )
}
