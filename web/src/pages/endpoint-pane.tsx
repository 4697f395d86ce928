/** One endpoint: tried, changed, removed; all of its settings, and who uses it. */
import { Button } from '@fluentui/react-components'
import { EditRegular } from '@fluentui/react-icons/svg/edit'
import { PlugConnectedRegular } from '@fluentui/react-icons/svg/plug-connected'
import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { useParams } from 'react-router'
import type { MigrationEndpoint } from '#contract/endpoint.ts'
import { lazily } from '../later.tsx'
import { ask, isNotThere, type Tagged } from '../api.ts'
import { paths } from '../paths.ts'
import { useSending } from '../sending.ts'
import { useMay } from '../session.ts'
import { timed } from '../timed.ts'
import { Facts } from '../ui/facts.tsx'
import { formatDate } from '../ui/format.ts'
import { Loading } from '../ui/loading.tsx'
import { Pane } from '../ui/pane.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { TestResult } from '../ui/test-result.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { DeleteCommand } from './objects/delete-command.tsx'
import { endpointQuery } from './objects/object-queries.ts'
import { UsedBy } from './objects/used-by.tsx'

const EndpointForm = lazily(() => import('../forms/endpoint-form.tsx'))

export default function EndpointPane() {
  const { endpoint: identity = '' } = useParams()
  const words = useWords()
  const mayChange = useMay('migration')
  const { data: seen, error } = useQuery(endpointQuery(identity))
  const isGone = isNotThere(error)
  return (
    <Pane title={seen?.value.identity ?? identity} closeTo={paths.endpoints()} key={identity}>
      {isGone ? <p>{words.endpoints.gone}</p> : <RefusalBar thrown={error} />}
      {seen === undefined && error === null && <Loading />}
      {seen !== undefined && !isGone && (
        <>
          {mayChange && <Commands seen={seen} />}
          <Details endpoint={seen.value} />
        </>
      )}
    </Pane>
  )
}

function Commands({ seen }: { readonly seen: Tagged<MigrationEndpoint> }) {
  const words = useWords()
  const { identity, guid, batches } = seen.value
  // As it was when the form was opened: what others change meanwhile is told, and not taken for seen.
  const [edited, setEdited] = useState<Tagged<MigrationEndpoint> | null>(null)
  const test = useSending({ mutationFn: () => timed(ask('testConnection', { body: { endpoint: guid } })) })
  return (
    <>
      <div className="commands" role="toolbar" aria-label={words.commands}>
        <Button
          appearance="subtle"
          icon={<PlugConnectedRegular />}
          disabledFocusable={test.isPending}
          onClick={() => test.mutate()}
        >
          {test.isPending ? words.endpointForm.testing : words.tested.test}
        </Button>
        <Button appearance="subtle" icon={<EditRegular />} onClick={() => setEdited(seen)}>
          {words.usedBy.edit}
        </Button>
        <DeleteCommand
          name={identity}
          title={words.endpoints.deleteTitle(identity)}
          text={words.endpoints.deleteText}
          reason={batches.length === 0 ? null : words.usedBy.reason(batches)}
          leadTo={paths.endpoints()}
          remove={() => ask('removeEndpoint', { params: { identity: guid }, ifMatch: seen.etag })}
        />
      </div>
      <RefusalBar thrown={test.error} />
      <TestResult test={test.data} bad={words.endpointForm.testBad} />
      <Suspense>{edited !== null && <EndpointForm seen={edited} onClose={() => setEdited(null)} />}</Suspense>
    </>
  )
}

function Details({ endpoint }: { readonly endpoint: MigrationEndpoint }) {
  const { words, language } = useSpeech()
  const labels = words.endpoints
  const yes = (is: boolean) => (is ? words.yes : words.no)
  return (
    <Facts
      rows={[
        [labels.columns.type, endpoint.endpointType],
        [words.endpointForm.server, endpoint.remoteServer],
        [words.endpointForm.port, String(endpoint.port)],
        [words.endpointForm.security, labels.securities[endpoint.security]],
        [labels.authentication, endpoint.authentication],
        [labels.untrusted, yes(endpoint.acceptUntrustedCertificates)],
        [labels.clearText, yes(endpoint.allowClearText)],
        [labels.inUse, labels.slots(endpoint.activeMigrationCount, endpoint.maxConcurrentMigrations)],
        [
          labels.incrementalsInUse,
          labels.slots(endpoint.activeIncrementalSyncCount, endpoint.maxConcurrentIncrementalSyncs),
        ],
        [words.usedBy.label, <UsedBy key="" batches={endpoint.batches} />],
        [words.batch.created, formatDate(language, endpoint.creationDateTime)],
        [words.usedBy.modified, formatDate(language, endpoint.lastModifiedDateTime)],
      ]}
    />
  )
}
