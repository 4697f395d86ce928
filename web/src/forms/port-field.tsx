import { Field, Input } from '@fluentui/react-components'
import { useWords } from '../words/words.ts'
import { PORTS, type Security } from './security-field.tsx'

export const isPort = (text: string): boolean =>
  /^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 65_535

/** Whoever had the usual one gets the usual one. */
export const portFor = (port: string, before: Security, after: Security, usual = PORTS): string =>
  port === usual[before] ? usual[after] : port

interface PortFieldProps {
  readonly value: string
  readonly wrong?: string | null
  onChange(port: string): void
}

export function PortField({ value, wrong = null, onChange }: PortFieldProps) {
  const words = useWords()
  return (
    <Field
      label={words.endpointForm.port}
      required
      validationMessage={isPort(value) ? wrong : words.endpointForm.portWrong}
    >
      <Input value={value} inputMode="numeric" onChange={(_, { value }) => onChange(value.replace(/[^\d]/g, ''))} />
    </Field>
  )
}
