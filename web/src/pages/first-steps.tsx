/** What an empty list says: where mail goes to, where it comes from, which mailboxes; each a button. */
import { Button, Spinner } from '@fluentui/react-components'
import { CheckmarkCircleRegular } from '@fluentui/react-icons/svg/checkmark-circle'
import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { useNavigate } from 'react-router'
import { lazily } from '../later.tsx'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import { CommandButton } from '../ui/command-button.tsx'
import { useWords } from '../words/words.ts'
import { databasesQuery, endpointsQuery } from './batch-queries.ts'

const EndpointForm = lazily(() => import('../forms/endpoint-form.tsx'))
const DatabaseForm = lazily(() => import('../forms/database-form.tsx'))

const namesOf = (items: readonly { readonly identity: string }[] | undefined) =>
  items?.map(({ identity }) => identity).join(', ') ?? ''

export function FirstSteps() {
  const words = useWords()
  const navigate = useNavigate()
  const mayChange = useMay('migration')
  const mayOrganize = useMay('organization')
  const endpoints = useQuery(endpointsQuery)
  const databases = useQuery(databasesQuery)
  const [form, setForm] = useState<'endpoint' | 'database' | null>(null)
  if (!mayChange) return <p>{words.firstSteps.viewOnly}</p>
  if (endpoints.data === undefined || databases.data === undefined) return <Spinner delay={400} label={words.loading} />
  const [sources, targets] = [namesOf(endpoints.data.items), namesOf(databases.data.items)]
  return (
    <section className="first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">{words.firstSteps.title}</h2>
      <p>{words.firstSteps.lead}</p>
      <ol>
        <Step title={words.firstSteps.database} there={targets && words.firstSteps.databaseThere(targets)}>
          <CommandButton
            label={words.firstSteps.databaseButton}
            reason={mayOrganize ? null : words.firstSteps.databaseNotYou}
            onPress={() => setForm('database')}
          />
        </Step>
        <Step title={words.firstSteps.endpoint} there={sources && words.firstSteps.endpointThere(sources)}>
          <Button appearance={sources === '' ? 'primary' : 'secondary'} onClick={() => setForm('endpoint')}>
            {words.firstSteps.endpointButton}
          </Button>
        </Step>
        <Step title={words.firstSteps.batch} there="">
          <Button appearance={sources === '' ? 'secondary' : 'primary'} onClick={() => void navigate(paths.newBatch())}>
            {words.firstSteps.batchButton}
          </Button>
        </Step>
      </ol>
      <Suspense>
        {form === 'endpoint' && <EndpointForm onClose={() => setForm(null)} />}
        {form === 'database' && <DatabaseForm onClose={() => setForm(null)} />}
      </Suspense>
    </section>
  )
}

interface StepProps {
  readonly title: string
  /** Empty: nothing yet. */
  readonly there: string
  readonly children: React.ReactNode
}

function Step({ title, there, children }: StepProps) {
  const words = useWords()
  return (
    <li>
      <h3>{title}</h3>
      {there !== '' && (
        <p className="done">
          <CheckmarkCircleRegular aria-hidden /> {words.firstSteps.done}. {there}
        </p>
      )}
      {children}
    </li>
  )
}
