import { Field, Input, Select } from '@fluentui/react-components'
import { useWords } from '../../words/words.ts'
import { type Duration, secondsOf, UNITS } from './duration.ts'

interface DurationFieldProps {
  readonly label: string
  readonly hint?: string
  readonly wrong?: string | null
  readonly value: Duration
  readonly mayBeNever: boolean
  onChange(value: Duration): void
}

/** A number, and the unit beside it. */
export function DurationField({ label, hint, wrong = null, value, mayBeNever, onChange }: DurationFieldProps) {
  const words = useWords()
  const isNever = value.unit === 'never'
  return (
    <Field
      label={label}
      hint={hint ?? null}
      validationMessage={secondsOf(value) === null ? words.settings.numberWanted : wrong}
    >
      {(props) => (
        <div className="duration">
          <Input
            {...props}
            value={isNever ? '' : value.amount}
            inputMode="numeric"
            disabled={isNever}
            onChange={(_, { value: amount }) => onChange({ ...value, amount: amount.replace(/[^\d]/g, '') })}
          />
          <Select
            aria-label={words.settings.unitOf(label)}
            value={value.unit}
            onChange={(_, { value: unit }) => onChange({ ...value, unit: unit as Duration['unit'] })}
          >
            {[...UNITS, ...(mayBeNever ? (['never'] as const) : [])].map((unit) => (
              <option key={unit} value={unit}>
                {words.settings.units[unit]}
              </option>
            ))}
          </Select>
        </div>
      )}
    </Field>
  )
}
