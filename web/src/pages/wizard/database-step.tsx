import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { AdvancedFields } from '../../forms/choices/advanced-fields.tsx'
import { ExcludeFolders } from '../../forms/choices/exclude-folders.tsx'
import { wrongAt } from '../../forms/choices/wrong-at.ts'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/words.ts'
import { databasesQuery } from '../batch-queries.ts'
import { ChooseStep } from './choose-step.tsx'
import type { StepProps } from './steps.ts'

const DatabaseForm = lazy(() => import('../../forms/database-form.tsx'))

export function DatabaseStep({ draft, change, refusal }: StepProps) {
  const words = useWords()
  const mayCreate = useMay('organization')
  const { data, error } = useQuery(databasesQuery)
  const [isCreating, setCreating] = useState(false)
  const standard = data?.items.find(({ isDefault }) => isDefault)?.identity ?? null
  useEffect(() => {
    if (standard !== null && draft.database === '') change({ database: standard })
  }, [standard, draft.database, change])
  return (
    <>
      <ChooseStep
        label={words.wizard.database}
        lead={words.wizard.databaseLead}
        choices={data?.items.map(({ identity, kind, path, server, port }) => ({
          name: identity,
          what: kind === 'Maildir' ? `Maildir, ${path}` : `IMAP, ${server}:${port}`,
        }))}
        error={error}
        chosen={draft.database}
        onChoose={(database) => change({ database })}
        create={words.wizard.databaseNew}
        onCreate={mayCreate ? () => setCreating(true) : null}
      >
        <Suspense>
          {isCreating && (
            <DatabaseForm
              onClose={() => setCreating(false)}
              onCreated={({ identity }) => change({ database: identity })}
            />
          )}
        </Suspense>
      </ChooseStep>
      <ExcludeFolders
        value={draft.excludeFolders}
        onChange={(excludeFolders) => change({ excludeFolders })}
        wrong={wrongAt(refusal, 'excludeFolders')}
      />
      <AdvancedFields value={draft} onChange={change} refusal={refusal} />
    </>
  )
}
