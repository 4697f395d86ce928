/** One batch: its commands, its counts, what it is made of, and the users report. */
import { MessageBar, MessageBarBody, ProgressBar, Spinner } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import { Refusal } from '../api.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import { formatDuration } from '../ui/duration.ts'
import { Facts } from '../ui/facts.tsx'
import { formatBytes, formatDate, formatNumber, formatPercent } from '../ui/format.ts'
import { Pane } from '../ui/pane.tsx'
import { ErrorBar, RefusalBar } from '../ui/refusal-bar.tsx'
import { BatchStatusBadge } from '../ui/status-badge.tsx'
import { When } from '../ui/when.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { BatchCommands } from './batch-commands.tsx'
import { batchQuery } from './batch-queries.ts'
import { formatRate } from './rate-columns.tsx'
import { UsersReport } from './users-report.tsx'

export default function BatchPane() {
  const { batch: identity = '' } = useParams()
  const words = useWords()
  const mayChange = useMay('migration')
  const { data: batch, error } = useQuery(batchQuery(identity))
  const isGone = error instanceof Refusal && error.code === 'OBJECT_NOT_FOUND'
  return (
    <Pane title={batch?.identity ?? identity} closeTo={paths.batches()} key={identity}>
      {isGone ? <p>{words.batch.gone}</p> : <RefusalBar thrown={error} />}
      {batch === undefined && error === null && <Spinner label={words.loading} delay={400} />}
      {batch !== undefined && !isGone && (
        <>
          <div className="pane-status">
            <BatchStatusBadge status={batch.status} />
            <Progress batch={batch} />
          </div>
          {mayChange && (
            <div className="commands pane-commands" role="toolbar" aria-label={words.commands}>
              <BatchCommands batches={[batch]} />
            </div>
          )}
          {batch.message !== '' && <ErrorBar detail={batch.message} />}
          {batch.validationWarningCount > 0 && <Warnings batch={batch} />}
          <Counts batch={batch} />
          <UsersReport batch={batch} />
          <h3>{words.batch.facts}</h3>
          <Details batch={batch} />
        </>
      )}
    </Pane>
  )
}

function Progress({ batch }: { readonly batch: MigrationBatch }) {
  const { words, language } = useSpeech()
  return (
    <>
      <ProgressBar
        aria-label={words.batch.progress}
        value={batch.percentageSynced / 100}
        thickness="large"
        className="pane-progress"
      />
      <span>{formatPercent(language, batch.percentageSynced)}</span>
    </>
  )
}

function Warnings({ batch }: { readonly batch: MigrationBatch }) {
  const words = useWords()
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <details>
          <summary>{words.batch.warnings(batch.validationWarningCount)}</summary>
          <ul>
            {batch.validationWarnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      </MessageBarBody>
    </MessageBar>
  )
}

function Counts({ batch }: { readonly batch: MigrationBatch }) {
  const { words, language } = useSpeech()
  const counts = [
    [words.batch.total, batch.totalCount],
    [words.batch.synced, batch.syncedCount],
    [words.batch.finalized, batch.finalizedCount],
    [words.batch.failed, batch.failedCount],
  ] as const
  return (
    <dl className="counts">
      {counts.map(([name, count]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{formatNumber(language, count)}</dd>
        </div>
      ))}
    </dl>
  )
}

function Details({ batch }: { readonly batch: MigrationBatch }) {
  const { words, language } = useSpeech()
  return (
    <Facts
      rows={[
        [words.batch.type, batch.migrationType],
        [words.batch.direction, words.batch.onboarding],
        [words.batch.endpoint, batch.sourceEndpoint],
        [words.batch.database, batch.targetDatabases.join(', ')],
        [words.batch.itemsSynced, formatNumber(language, batch.itemsSynced)],
        [words.batch.itemsSkipped, formatNumber(language, batch.itemsSkipped)],
        [words.batch.bytes, formatBytes(language, batch.bytesTransferred)],
        [words.dashboard.columns.rate, formatRate(words, language, batch)],
        [words.dashboard.columns.end, <When key="end" at={batch.estimatedCompletionDateTime} both />],
        [words.batch.createdBy, batch.submittedByUser],
        [words.batch.created, formatDate(language, batch.creationDateTime)],
        [words.batch.started, formatDate(language, batch.startDateTime)],
        [words.batch.initialSync, formatDate(language, batch.initialSyncDateTime)],
        [words.batch.initialDuration, formatDuration(words, batch.initialSyncDuration)],
        [words.batch.lastSynced, <When key="synced" at={batch.lastSyncedDateTime} both />],
        [words.batch.notifications, batch.notificationEmails.join(', ') || words.none],
      ]}
    />
  )
}
