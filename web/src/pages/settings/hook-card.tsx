/** The notification hook: a program of one's own that is told. */
import { Button, Checkbox, Field, Input } from '@fluentui/react-components'
import { KeyRegular } from '@fluentui/react-icons/svg/key'
import { useState } from 'react'
import { NOTIFICATION_KINDS, type NotificationKind } from '#contract/notification-kinds.ts'
import type { NotificationSettings } from '#contract/notification.ts'
import { askTagged, type Tagged } from '../../api.ts'
import { wrongAt } from '../../forms/field-refusal.ts'
import { SecretField } from '../../forms/secret-field.tsx'
import { useWords } from '../../words/words.ts'
import { ChannelTest } from './channel-test.tsx'
import { SettingsCard } from './settings-card.tsx'
import { notificationSettingsQuery } from './settings-queries.ts'
import { useSettings } from './use-settings.ts'
import { Warnings } from './warnings.tsx'

interface HookFields {
  /** Empty: none is called. */
  readonly hookUrl: string
  /** Empty: none was typed. */
  readonly hookSecret: string
  readonly hookEvents: readonly NotificationKind[]
}

const formOf = ({ hookUrl, hookEvents }: NotificationSettings): HookFields => ({
  hookUrl: hookUrl ?? '',
  hookSecret: '',
  hookEvents: NOTIFICATION_KINDS.filter((kind) => hookEvents.includes(kind)),
})

/** As Standard Webhooks want it. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return `whsec_${btoa(String.fromCharCode(...bytes))}`
}

export function HookCard({ now }: { readonly now: Tagged<NotificationSettings> }) {
  const words = useWords()
  const labels = words.settings.hook
  const settings = useSettings<NotificationSettings, HookFields>({
    now,
    query: notificationSettingsQuery,
    name: labels.title,
    formOf,
    send: ({ typed, form }, ifMatch) =>
      askTagged('updateNotificationSettings', {
        ifMatch,
        body:
          form.hookUrl.trim() === ''
            ? { hookUrl: null }
            : {
                ...(typed.hookUrl !== undefined && { hookUrl: typed.hookUrl.trim() }),
                ...(typed.hookSecret !== undefined && { hookSecret: typed.hookSecret }),
                ...(typed.hookEvents !== undefined && { hookEvents: [...typed.hookEvents] }),
              },
      }),
  })
  const { form, set, seen } = settings
  const there = seen.value
  const [made, setMade] = useState('')
  const hasUrl = form.hookUrl.trim() !== ''
  const wrong = (field: string) => wrongAt(settings.refused, field)
  return (
    <SettingsCard
      title={labels.title}
      lead={labels.lead}
      settings={settings}
      labels={labels.fields}
      isReady={!hasUrl || there.hasHookSecret || form.hookSecret !== ''}
      below={
        there.hookUrl !== null && (
          <ChannelTest channel="Hook" reason={settings.isChanged ? words.settings.saveFirst : null} />
        )
      }
    >
      <Field label={labels.fields.hookUrl} hint={labels.urlHint} validationMessage={wrong('hookUrl')}>
        <Input
          type="url"
          value={form.hookUrl}
          autoComplete="off"
          onChange={(_, { value }) => set({ hookUrl: value })}
        />
      </Field>
      {hasUrl && (
        <>
          <div className="test-line">
            <div className="test-field">
              <SecretField
                label={labels.fields.hookSecret}
                value={form.hookSecret}
                isStored={there.hasHookSecret}
                isRequired={!there.hasHookSecret}
                hint={labels.secretHint}
                wrong={wrong('hookSecret')}
                onChange={(hookSecret) => {
                  setMade('')
                  set({ hookSecret })
                }}
              />
            </div>
            <Button
              icon={<KeyRegular />}
              onClick={() => {
                const secret = newSecret()
                setMade(secret)
                set({ hookSecret: secret })
              }}
            >
              {labels.makeSecret}
            </Button>
          </div>
          {made !== '' && made === form.hookSecret && (
            <Field label={labels.made} hint={labels.madeHint}>
              <Input readOnly value={made} onFocus={(event) => event.currentTarget.select()} />
            </Field>
          )}
          <fieldset className="choices">
            <legend>{labels.fields.hookEvents}</legend>
            {NOTIFICATION_KINDS.map((kind) => (
              <Checkbox
                key={kind}
                label={words.settings.kinds[kind]}
                checked={form.hookEvents.includes(kind)}
                onChange={(_, { checked }) =>
                  set({
                    hookEvents: NOTIFICATION_KINDS.filter((one) =>
                      one === kind ? checked === true : form.hookEvents.includes(one),
                    ),
                  })
                }
              />
            ))}
          </fieldset>
        </>
      )}
      <Warnings texts={[!hasUrl && there.hookUrl !== null && labels.noHook]} />
    </SettingsCard>
  )
}
