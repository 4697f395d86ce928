import { Checkbox, Field, Input } from '@fluentui/react-components'
import type { OpenIdSetting } from '#contract/openid.ts'
import { wrongAt } from '../../forms/field-refusal.ts'
import { SecretField } from '../../forms/secret-field.tsx'
import { useWords } from '../../words/words.ts'
import { type OpenIdFields, wantsSecret } from './openid-fields.ts'

interface ClientFieldsProps {
  readonly form: OpenIdFields
  readonly there: OpenIdSetting
  readonly refused: unknown
  set(change: Partial<OpenIdFields>): void
}

/** The provider, and as what the service is known there. */
export function ClientFields({ form, there, refused, set }: ClientFieldsProps) {
  const { settings } = useWords()
  const labels = settings.openId
  const wrong = (field: string) => wrongAt(refused, field)
  const texts = [
    ['issuer', labels.issuerHint],
    ['clientId', undefined],
    ['displayName', labels.displayNameHint],
  ] as const
  return (
    <>
      {texts.map(([name, hint]) => (
        <Field
          key={name}
          label={labels.fields[name]}
          hint={hint ?? null}
          required={name === 'displayName' || form.enabled}
          validationMessage={wrong(name)}
        >
          <Input value={form[name]} autoComplete="off" onChange={(_, { value }) => set({ [name]: value })} />
        </Field>
      ))}
      {!form.isPublic && (
        <SecretField
          label={labels.fields.clientSecret}
          value={form.clientSecret}
          isStored={there.hasClientSecret}
          isRequired={wantsSecret(there, form)}
          again={there.hasClientSecret && wantsSecret(there, form) ? labels.secretAgain : null}
          wrong={wrong('clientSecret')}
          onChange={(clientSecret) => set({ clientSecret })}
        />
      )}
      <Checkbox
        label={labels.isPublic}
        checked={form.isPublic}
        onChange={(_, { checked }) => set({ isPublic: checked === true, clientSecret: '' })}
      />
    </>
  )
}
