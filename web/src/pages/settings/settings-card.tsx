/** One part of the settings, with a Save of its own. */
import { Badge, Button } from '@fluentui/react-components'
import { type ReactNode, useId } from 'react'
import { isConflict } from '../../edited.ts'
import { beyondFields } from '../../forms/field-refusal.ts'
import { ConflictBar } from '../../ui/conflict-bar.tsx'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { useWords } from '../../words/words.ts'
import type { Saving } from './use-settings.ts'

interface SettingsCardProps {
  readonly title: string
  readonly lead?: string
  readonly settings: Saving
  readonly isReady?: boolean
  /** Names of the fields as the API has them, with their labels: those tell what is wrong with them. */
  readonly labels: Readonly<Record<string, string>>
  readonly children: ReactNode
  /** Beside the form: a test of what is saved. */
  readonly below?: ReactNode
}

export function SettingsCard({ title, lead, settings, isReady = true, labels, children, below }: SettingsCardProps) {
  const words = useWords()
  const id = useId()
  const { isChanged, isSaving, refused } = settings
  return (
    <section className="settings-card" aria-labelledby={id}>
      <h2 id={id}>
        {title} {isChanged && <Badge appearance="tint">{words.edited.unsaved}</Badge>}
      </h2>
      {lead !== undefined && <p className="small">{lead}</p>}
      <form
        noValidate
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (isChanged && isReady && !isSaving) settings.save()
        }}
      >
        {children}
        {isConflict(refused) ? (
          <ConflictBar refusal={refused} labelOf={(field) => labels[field] ?? null} renew={() => settings.renew()} />
        ) : (
          <RefusalBar thrown={beyondFields(refused, Object.keys(labels))} />
        )}
        <div className="settings-buttons">
          <Button type="submit" appearance="primary" disabled={!isChanged || !isReady || isSaving}>
            {words.edited.save}
          </Button>
          <Button disabled={!isChanged || isSaving} onClick={() => settings.discard()}>
            {words.edited.discard}
          </Button>
        </div>
      </form>
      {below}
    </section>
  )
}
