import { Field, Input } from '@fluentui/react-components'
import { useWords } from '../words/words.ts'

interface SecretFieldProps {
  readonly label: string
  /** What was typed; a stored one is never shown. */
  readonly value: string
  readonly isStored: boolean
  readonly isRequired?: boolean
  /** Why a stored one is not enough. */
  readonly again?: string | null
  readonly wrong?: string | null
  readonly hint?: string
  onChange(value: string): void
}

/** A password or key: stored ones stay until a new one is typed. */
export function SecretField({
  label,
  value,
  isStored,
  isRequired = false,
  again = null,
  wrong = null,
  hint,
  onChange,
}: SecretFieldProps) {
  const words = useWords()
  return (
    <Field
      label={label}
      required={again !== null || isRequired}
      hint={again ?? (isStored ? words.edited.stored : (hint ?? null))}
      validationMessage={wrong}
    >
      <Input
        type="password"
        value={value}
        placeholder={isStored && again === null ? words.edited.storedPlaceholder : ''}
        autoComplete="new-password"
        onChange={(_, { value }) => onChange(value)}
      />
    </Field>
  )
}
