import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../words/words.ts'
import { databasesQuery } from '../batch-queries.ts'
import { Loading } from '../../ui/loading.tsx'
import { Checks } from './checks.tsx'
import type { StepProps } from './steps.ts'
import { useEndpoints } from './use-endpoints.ts'

export function PrerequisitesStep({ draft }: StepProps) {
  const words = useWords()
  const endpoints = useEndpoints()
  const databases = useQuery(databasesQuery)
  if (endpoints.data === undefined || databases.data === undefined) return <Loading />
  const [first] = endpoints.data
  const standard = databases.data.items.find(({ isDefault }) => isDefault)
  return (
    <>
      <p>{words.wizard.prerequisitesLead}</p>
      <Checks
        endpoint={draft.endpoint || (first?.identity ?? '')}
        database={draft.database || (standard?.identity ?? databases.data.items[0]?.identity ?? '')}
      />
      <p className="small">{words.wizard.prerequisitesAlso}</p>
    </>
  )
}
