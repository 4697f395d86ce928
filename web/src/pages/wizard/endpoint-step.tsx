import { useEffect, useState } from 'react'
import { lazily } from '../../later.tsx'
import { LaterPart } from '../../ui/later-part.tsx'
import { useWords } from '../../words/words.ts'
import { ChooseStep } from './choose-step.tsx'
import type { StepProps } from './steps.ts'
import { useEndpoints } from './use-endpoints.ts'

const EndpointForm = lazily(() => import('../../forms/endpoint-form.tsx'))

export function EndpointStep({ draft, change }: StepProps) {
  const words = useWords()
  const { data, error, lastUsed } = useEndpoints()
  const [isCreating, setCreating] = useState(false)
  // The one that was used last, and of one there is nothing to choose.
  const usual = lastUsed ?? (data?.length === 1 ? data[0]!.identity : null)
  useEffect(() => {
    if (usual !== null && draft.endpoint === '') change({ endpoint: usual })
  }, [usual, draft.endpoint, change])
  return (
    <ChooseStep
      label={words.wizard.endpoint}
      lead={words.wizard.endpointLead}
      choices={data?.map(({ identity, remoteServer, port, security }) => ({
        name: identity,
        what: [`${remoteServer}:${port}`, security, ...(identity === lastUsed ? [words.wizard.endpointLast] : [])].join(
          ', ',
        ),
      }))}
      error={error}
      chosen={draft.endpoint}
      onChoose={(endpoint) => change({ endpoint })}
      create={words.wizard.endpointNew}
      onCreate={() => setCreating(true)}
    >
      <LaterPart isInForm place={String(isCreating)}>
        {isCreating && (
          <EndpointForm
            onClose={() => setCreating(false)}
            onCreated={({ identity }) => change({ endpoint: identity })}
          />
        )}
      </LaterPart>
    </ChooseStep>
  )
}
