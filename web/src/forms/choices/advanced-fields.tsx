/** What few batches need: only some folders, only mail of some years, one sync and no more. */
import { Checkbox, Field, Input } from '@fluentui/react-components'
import { useState } from 'react'
import type { MigrationBatch } from '#contract/batch.ts'
import { useWords } from '../../words/words.ts'
import { wrongAt } from '../field-refusal.ts'
import { IncludeFolders } from './exclude-folders.tsx'

export type Advanced = Pick<MigrationBatch, 'includeFolders' | 'contentFilter' | 'allowIncrementalSyncs'>

interface AdvancedFieldsProps {
  readonly value: Advanced
  onChange(changes: Partial<Advanced>): void
  /** What the service refused, if it did. */
  readonly refusal?: unknown
}

export function AdvancedFields({ value, onChange, refusal }: AdvancedFieldsProps) {
  const words = useWords()
  const wrongFilter = wrongAt(refusal, 'contentFilter')
  // Open at first where something in it is not as usual; then as one likes.
  const [isOpen] = useState(
    value.includeFolders.length > 0 || value.contentFilter !== '' || !value.allowIncrementalSyncs,
  )
  return (
    <details className="more" open={isOpen}>
      <summary>{words.choices.advanced}</summary>
      <div className="form">
        <IncludeFolders
          value={value.includeFolders}
          onChange={(includeFolders) => onChange({ includeFolders })}
          wrong={wrongAt(refusal, 'includeFolders')}
        />
        <Field
          label={words.choices.filter}
          hint={words.choices.filterHint}
          validationMessage={wrongFilter}
          validationState={wrongFilter === null ? 'none' : 'error'}
        >
          <Input
            value={value.contentFilter}
            autoComplete="off"
            onChange={(_, { value: contentFilter }) => onChange({ contentFilter })}
          />
        </Field>
        <Checkbox
          label={words.choices.incremental}
          checked={value.allowIncrementalSyncs}
          onChange={(_, { checked }) => onChange({ allowIncrementalSyncs: checked === true })}
        />
      </div>
    </details>
  )
}
