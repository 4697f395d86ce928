/** A password that somebody else gets told: seen while it is typed, or proposed. */
import { Button, Field, Input } from '@fluentui/react-components'
import { useWords } from '../words/words.ts'

/** Without what is mistaken for something else when it is read aloud; 32 signs, so that each byte's low bits choose one. */
const SIGNS = 'abcdefghjkmnpqrstuvwxyz23456789-'
const LENGTH = 20

const proposed = () => Array.from(crypto.getRandomValues(new Uint8Array(LENGTH)), (byte) => SIGNS[byte % 32]).join('')

interface OneTimePasswordProps {
  readonly value: string
  readonly isRequired: boolean
  readonly wrong: string | null
  onChange(value: string): void
}

export function OneTimePassword({ value, isRequired, wrong, onChange }: OneTimePasswordProps) {
  const { administrators: words } = useWords()
  return (
    <div className="copy-field">
      <Field label={words.oneTime} required={isRequired} hint={words.oneTimeHint} validationMessage={wrong}>
        <Input
          value={value}
          autoComplete="off"
          spellCheck={false}
          onChange={(_, { value: typed }) => onChange(typed)}
        />
      </Field>
      <Button onClick={() => onChange(proposed())}>{words.propose}</Button>
    </div>
  )
}
