import { Field, Select } from '@fluentui/react-components'
import type { NewEndpoint } from '#contract/endpoint.ts'
import { useWords } from '../words/words.ts'

export type Security = NewEndpoint['security']
/** Where IMAP servers listen. */
export const PORTS: Readonly<Record<Security, string>> = { Ssl: '993', Tls: '143', None: '143' }

interface SecurityFieldProps {
  readonly value: Security
  readonly wrong?: string | null
  /** Other than those of IMAP servers. */
  readonly names?: Readonly<Record<Security, string>>
  onChange(security: Security): void
}

export function SecurityField({ value, wrong = null, names, onChange }: SecurityFieldProps) {
  const words = useWords()
  return (
    <Field label={words.endpointForm.security} validationMessage={wrong}>
      <Select value={value} onChange={(_, chosen) => onChange(chosen.value as Security)}>
        {(['Ssl', 'Tls', 'None'] as const).map((one) => (
          <option key={one} value={one}>
            {(names ?? words.endpointForm.securities)[one]}
          </option>
        ))}
      </Select>
    </Field>
  )
}
