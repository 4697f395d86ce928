import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useWords } from '../../words/words.ts'
import { endpointsQuery } from '../batch-queries.ts'
import { ChooseStep } from './choose-step.tsx'
import type { StepProps } from './steps.ts'

const EndpointForm = lazy(() => import('../../forms/endpoint-form.tsx'))

export function EndpointStep({ draft, change }: StepProps) {
  const words = useWords()
  const { data, error } = useQuery(endpointsQuery)
  const [isCreating, setCreating] = useState(false)
  // Of one there is nothing to choose.
  const only = data?.items.length === 1 ? data.items[0]!.identity : null
  useEffect(() => {
    if (only !== null && draft.endpoint === '') change({ endpoint: only })
  }, [only, draft.endpoint, change])
  return (
    <ChooseStep
      label={words.wizard.endpoint}
      lead={words.wizard.endpointLead}
      choices={data?.items.map(({ identity, remoteServer, port, security }) => ({
        name: identity,
        what: `${remoteServer}:${port}, ${security}`,
      }))}
      error={error}
      chosen={draft.endpoint}
      onChoose={(endpoint) => change({ endpoint })}
      create={words.wizard.endpointNew}
      onCreate={() => setCreating(true)}
    >
      <Suspense>
        {isCreating && (
          <EndpointForm
            onClose={() => setCreating(false)}
            onCreated={({ identity }) => change({ endpoint: identity })}
          />
        )}
      </Suspense>
    </ChooseStep>
  )
}
