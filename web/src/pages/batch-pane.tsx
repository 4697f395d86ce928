/** One batch: its commands, its counts, what it is made of, and the users report. */
import { MessageBar, MessageBarBody, ProgressBar, Spinner } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useParams } from 'react-router'
import type { MigrationBatch } from '#contract/batch.ts'
import type { StatusSummary } from '#contract/states.ts'
import { isNotThere } from '../api.ts'
import { paths } from '../paths.ts'
import { useMay } from '../session.ts'
import { formatNumber, formatPercent } from '../ui/format.ts'
import { Pane } from '../ui/pane.tsx'
import { ErrorBar, RefusalBar } from '../ui/refusal-bar.tsx'
import { BatchStatusBadge } from '../ui/status-badge.tsx'
import { useSpeech, useWords } from '../words/words.ts'
import { BatchCommands } from './batch-commands.tsx'
import { BatchDetails } from './batch-details.tsx'
import { batchQuery } from './batch-queries.ts'
import { UsersReport, useUsersReportAhead } from './users/users-report.tsx'

export default function BatchPane() {
  const { batch: identity = '' } = useParams()
  const words = useWords()
  const mayChange = useMay('migration')
  useUsersReportAhead(identity)
  const { data: batch, error } = useQuery(batchQuery(identity))
  const isGone = isNotThere(error)
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
          <BatchDetails batch={batch} />
          <UsersReport batch={batch} />
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
  const { search } = useLocation()
  const counts = [
    [words.batch.total, batch.totalCount, ''],
    [words.batch.synced, batch.syncedCount, 'Synced'],
    [words.batch.finalized, batch.finalizedCount, 'Completed'],
    [words.batch.failed, batch.failedCount, 'Failed'],
  ] as const
  // To the users behind the number: the filter of the users report below.
  const filtered = (show: '' | StatusSummary) => {
    const parameters = new URLSearchParams(search)
    for (const name of Array.from(parameters.keys())) if (name.startsWith('users-')) parameters.delete(name)
    if (show !== '') parameters.set('users-show', show)
    return `${paths.batch(batch.identity)}?${parameters.toString()}`
  }
  return (
    <dl className="counts">
      {counts.map(([name, count, show]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Link to={filtered(show)} aria-label={words.batch.usersBehind(name, count)}>
              {formatNumber(language, count)}
            </Link>
          </dd>
        </div>
      ))}
    </dl>
  )
}
