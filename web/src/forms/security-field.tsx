import { Field, Select } from '@fluentui/react-components'
import type { NewEndpoint } from '#contract/endpoint.ts'
import { useWords } from '../words/words.ts'

export type Security = NewEndpoint['security']
/** Where IMAP servers listen. */
export const PORTS: Readonly<Record<Security, string>> = { Ssl: '993', Tls: '143', None: '143' }

interface SecurityFieldProps {
  readonly value: Security
  onChange(security: Security): void
}

export function SecurityField({ value, onChange }: SecurityFieldProps) {
  const words = useWords()
  return (
    <Field label={words.endpointForm.security}>
      <Select value={value} onChange={(_, chosen) => onChange(chosen.value as Security)}>
        {(['Ssl', 'Tls', 'None'] as const).map((one) => (
          <option key={one} value={one}>
            {words.endpointForm.securities[one]}
          </option>
        ))}
      </Select>
    </Field>
  )
}
