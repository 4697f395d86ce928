import { Checkbox } from '@fluentui/react-components'
import { useWords } from '../words/words.ts'

interface SkipVerificationProps {
  /** What becomes of it. */
  readonly what: string
  readonly checked: boolean
  onChange(checked: boolean): void
}

/** Offered only to who has seen why it could not be reached. */
export function SkipVerification({ what, checked, onChange }: SkipVerificationProps) {
  const words = useWords()
  return (
    <div>
      <Checkbox
        label={words.endpoints.skip}
        checked={checked}
        onChange={(_, { checked }) => onChange(checked === true)}
      />
      <p className="small">{what}</p>
    </div>
  )
}
