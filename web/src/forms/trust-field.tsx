import { Checkbox } from '@fluentui/react-components'
import { useWords } from '../words/words.ts'
import type { Security } from './security-field.tsx'

interface TrustFieldProps {
  readonly form: {
    readonly security: Security
    readonly acceptUntrustedCertificates: boolean
    readonly allowClearText: boolean
  }
  set(change: { readonly acceptUntrustedCertificates: boolean } | { readonly allowClearText: boolean }): void
}

/** What must be allowed on purpose, by the encryption that was chosen. */
export function TrustField({ form, set }: TrustFieldProps) {
  const words = useWords()
  return form.security === 'None' ? (
    <Checkbox
      label={words.endpointForm.clearText}
      checked={form.allowClearText}
      onChange={(_, { checked }) => set({ allowClearText: checked === true })}
    />
  ) : (
    <Checkbox
      label={words.endpointForm.untrusted}
      checked={form.acceptUntrustedCertificates}
      onChange={(_, { checked }) => set({ acceptUntrustedCertificates: checked === true })}
    />
  )
}
