import { MessageBar, MessageBarBody } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { LIMITS } from '#contract/limits.ts'
import { lazily } from '../../later.tsx'
import { AdvancedFields } from '../../forms/choices/advanced-fields.tsx'
import { ExcludeFolders } from '../../forms/choices/exclude-folders.tsx'
import { wrongAt } from '../../forms/field-refusal.ts'
import { formatNumber } from '../../ui/format.ts'
import { useMay } from '../../session.ts'
import { LaterPart } from '../../ui/later-part.tsx'
import { useSpeech } from '../../words/words.ts'
import { databasesQuery, endpointsQuery } from '../batch-queries.ts'
import { ChooseStep } from './choose-step.tsx'
import type { StepProps } from './steps.ts'
import { wantsTargetLogins } from './target-logins.ts'

const DatabaseForm = lazily(() => import('../../forms/database-form.tsx'))

export function ConfigurationStep({ draft, change, refusal }: StepProps) {
  const { words, language } = useSpeech()
  const mayCreate = useMay('organization')
  const { data, error } = useQuery(databasesQuery)
  const [isCreating, setCreating] = useState(false)
  const standard = data?.items.find(({ isDefault }) => isDefault)?.identity ?? null
  useEffect(() => {
    if (standard !== null && draft.database === '') change({ database: standard })
  }, [standard, draft.database, change])
  const chosen = data?.items.find(({ identity }) => identity === draft.database)
  const lacksLogins =
    chosen !== undefined && wantsTargetLogins(chosen) && draft.uploaded?.columns.includes('TargetPassword') === false
  const { data: endpoints } = useQuery(endpointsQuery)
  const endpoint = endpoints?.items.find(({ identity }) => identity === draft.endpoint)
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
        <LaterPart isInForm place={String(isCreating)}>
          {isCreating && (
            <DatabaseForm
              onClose={() => setCreating(false)}
              onCreated={({ identity }) => change({ database: identity })}
            />
          )}
        </LaterPart>
      </ChooseStep>
      {lacksLogins && (
        <MessageBar intent="warning" layout="multiline" role="status">
          <MessageBarBody>{words.wizard.databaseLacksLogins(draft.database)}</MessageBarBody>
        </MessageBar>
      )}
      <ExcludeFolders
        value={draft.excludeFolders}
        onChange={(excludeFolders) => change({ excludeFolders })}
        wrong={wrongAt(refusal, 'excludeFolders')}
      />
      <div>
        <h3>{words.wizard.limits}</h3>
        <p className="small">
          {words.wizard.limitsSizes(
            formatNumber(language, LIMITS.messageBytes / 1_048_576),
            formatNumber(language, LIMITS.items),
          )}
          {endpoint !== undefined && (
            <>
              {' '}
              {words.wizard.limitsAtOnce(
                endpoint.identity,
                endpoint.maxConcurrentMigrations,
                endpoint.maxConcurrentIncrementalSyncs,
              )}
            </>
          )}
        </p>
      </div>
      <AdvancedFields value={draft} onChange={change} refusal={refusal} />
    </>
  )
}
