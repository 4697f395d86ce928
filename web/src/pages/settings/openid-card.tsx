/** Sign-in with OpenID Connect: the provider, the client, and which of its groups give which role here. */
import { Field, Input, Switch, Textarea } from '@fluentui/react-components'
import type { OpenIdSetting } from '#contract/openid.ts'
import { askTagged, type Tagged } from '../../api.ts'
import { wrongAt } from '../../forms/field-refusal.ts'
import { useWords } from '../../words/words.ts'
import { ClientFields } from './openid-client-fields.tsx'
import { type OpenIdFields, isOpenIdComplete, openIdFields, ROLES, setOpenId } from './openid-fields.ts'
import { OpenIdTest } from './openid-test.tsx'
import { SettingsCard } from './settings-card.tsx'
import { openIdQuery } from './settings-queries.ts'
import { useSettings } from './use-settings.ts'
import { Warnings } from './warnings.tsx'

export function OpenIdCard({ now }: { readonly now: Tagged<OpenIdSetting> }) {
  const words = useWords()
  const labels = words.settings.openId
  const settings = useSettings<OpenIdSetting, OpenIdFields>({
    now,
    query: openIdQuery,
    name: labels.title,
    formOf: openIdFields,
    send: ({ typed, form, seen: { value } }, ifMatch) =>
      askTagged('updateOpenIdSettings', { ifMatch, body: setOpenId(typed, form, value) }),
  })
  const { form, set, typed, seen } = settings
  const there = seen.value
  const wrong = (field: string) => wrongAt(settings.refused, field)
  const isMapped = ROLES.some((role) => typed[role] !== undefined) || typed.rolesClaim !== undefined
  return (
    <SettingsCard
      title={labels.title}
      lead={labels.lead}
      settings={settings}
      labels={labels.fields}
      isReady={isOpenIdComplete(there, form)}
      below={there.issuer !== null && <OpenIdTest reason={settings.isChanged ? words.settings.saveFirst : null} />}
    >
      <Field label={labels.redirectUri} hint={labels.redirectUriHint}>
        <Input
          readOnly
          value={there.redirectUri ?? labels.noPublicUrl}
          onFocus={(event) => event.currentTarget.select()}
        />
      </Field>
      <ClientFields form={form} there={there} refused={settings.refused} set={set} />
      <div className="two top">
        <Field label={labels.fields.scopes} hint={labels.scopesHint} validationMessage={wrong('scopes')}>
          <Input value={form.scopes} autoComplete="off" onChange={(_, { value }) => set({ scopes: value })} />
        </Field>
        <Field
          label={labels.fields.userNameClaim}
          hint={labels.userNameClaimHint}
          validationMessage={wrong('userNameClaim')}
        >
          <Input
            value={form.userNameClaim}
            autoComplete="off"
            onChange={(_, { value }) => set({ userNameClaim: value })}
          />
        </Field>
      </div>
      <Field
        label={labels.fields.rolesClaim}
        hint={labels.rolesClaimHint}
        required
        validationMessage={wrong('rolesClaim')}
      >
        <Input value={form.rolesClaim} autoComplete="off" onChange={(_, { value }) => set({ rolesClaim: value })} />
      </Field>
      <fieldset className="choices">
        <legend>{labels.fields.roleMapping}</legend>
        <p className="small">{labels.mappingHint}</p>
        <div className="three">
          {ROLES.map((role) => (
            <Field key={role} label={words.account.role[role].name}>
              <Textarea
                value={form[role]}
                resize="vertical"
                spellCheck={false}
                onChange={(_, { value }) => set({ [role]: value })}
              />
            </Field>
          ))}
        </div>
        {wrong('roleMapping') !== null && <p role="alert">{wrong('roleMapping')}</p>}
      </fieldset>
      <Switch
        label={labels.fields.enabled}
        checked={form.enabled}
        onChange={(_, { checked }) => set({ enabled: checked })}
      />
      {wrong('enabled') !== null && <p role="alert">{wrong('enabled')}</p>}
      <Warnings
        texts={[
          there.enabled && !form.enabled && labels.goesOff,
          there.enabled && isMapped && labels.mappingChanges,
          form.enabled && ROLES.every((role) => form[role].trim() === '') && labels.nobody,
        ]}
      />
    </SettingsCard>
  )
}
