import { Field, Input } from '@fluentui/react-components'

interface PasswordFieldProps {
  readonly label: string
  readonly value: string
  onChange(value: string): void
  readonly autoComplete: 'current-password' | 'new-password' | 'one-time-code'
  readonly hint?: string | undefined
  readonly wrong?: string | null | undefined
  readonly isRequired?: boolean
}

export const PasswordField = ({
  label,
  value,
  onChange,
  autoComplete,
  hint,
  wrong,
  isRequired = true,
}: PasswordFieldProps) => (
  <Field label={label} required={isRequired} hint={hint ?? null} validationMessage={wrong ?? null}>
    <Input type="password" value={value} autoComplete={autoComplete} onChange={(_, { value }) => onChange(value)} />
  </Field>
)
