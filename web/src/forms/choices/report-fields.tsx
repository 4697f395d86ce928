/** Who hears of a batch by mail, and how often. */
import { Checkbox, Field, Input, Select } from '@fluentui/react-components'
import { useState } from 'react'
import { useWords } from '../../words/words.ts'
import { wrongRecipient } from './recipients.ts'

export interface Reports {
  /** As typed; `recipientsOf` makes the list. */
  readonly recipients: string
  readonly reportInterval: string
  readonly skipReports: boolean
}

interface ReportFieldsProps {
  readonly value: Reports
  onChange(changes: Partial<Reports>): void
  /** Whoever wanted to go on is told what is wrong; until then, whoever left the field. */
  readonly isTold?: boolean
}

export function ReportFields({ value, onChange, isTold = false }: ReportFieldsProps) {
  const words = useWords()
  const [isLeft, setLeft] = useState(false)
  const wrong = isLeft || isTold ? wrongRecipient(value.recipients) : undefined
  const intervals: Readonly<Record<string, string>> = words.choices.intervals
  const { reportInterval: chosen } = value
  const spans = Object.hasOwn(intervals, chosen) ? Object.keys(intervals) : [...Object.keys(intervals), chosen]
  return (
    <>
      <Field
        label={words.choices.recipients}
        hint={words.choices.recipientsHint}
        validationMessage={wrong === undefined ? null : words.choices.recipientsWrong(wrong)}
        validationState={wrong === undefined ? 'none' : 'error'}
      >
        <Input
          type="text"
          inputMode="email"
          value={value.recipients}
          onBlur={() => setLeft(true)}
          onChange={(_, { value: recipients }) => onChange({ recipients })}
        />
      </Field>
      <Field label={words.choices.interval}>
        <Select
          value={chosen}
          disabled={value.skipReports}
          onChange={(_, { value: reportInterval }) => onChange({ reportInterval })}
        >
          {spans.map((span) => (
            <option key={span} value={span}>
              {intervals[span] ?? words.choices.intervalOther(span)}
            </option>
          ))}
        </Select>
      </Field>
      <Checkbox
        label={words.choices.skipReports}
        checked={value.skipReports}
        onChange={(_, { checked }) => onChange({ skipReports: checked === true })}
      />
    </>
  )
}
