/** One of what one may, each with what it means. */
import { Field, Radio, RadioGroup } from '@fluentui/react-components'

interface RoleFieldProps<Name extends string> {
  readonly label: string
  readonly names: readonly Name[]
  readonly words: Readonly<Record<Name, { readonly name: string; readonly may: string }>>
  readonly value: Name
  readonly isDisabled?: boolean
  readonly hint?: string | undefined
  onChange(value: Name): void
}

export function RoleField<Name extends string>({
  label,
  names,
  words,
  value,
  isDisabled = false,
  hint,
  onChange,
}: RoleFieldProps<Name>) {
  return (
    <Field label={label} hint={hint ?? null}>
      <RadioGroup value={value} disabled={isDisabled} onChange={(_, { value: chosen }) => onChange(chosen as Name)}>
        {names.map((name) => (
          <Radio
            key={name}
            value={name}
            label={
              <>
                {words[name].name}
                <br />
                <span className="small">{words[name].may}</span>
              </>
            }
          />
        ))}
      </RadioGroup>
    </Field>
  )
}
