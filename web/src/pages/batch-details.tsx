/** What a batch is made of: what one looks for first, and all of it below. */
import { Link } from 'react-router'
import type { ReactNode } from 'react'
import type { MigrationBatch } from '#contract/batch.ts'
import { paths } from '../paths.ts'
import { formatDuration } from '../ui/duration.ts'
import { Facts } from '../ui/facts.tsx'
import { formatBytes, formatDate, formatNumber } from '../ui/format.ts'
import { When } from '../ui/when.tsx'
import { useSpeech } from '../words/words.ts'
import { formatRate } from './rate-columns.tsx'

type Row = readonly [string, ReactNode]

export function BatchDetails({ batch }: { readonly batch: MigrationBatch }) {
  const { words, language } = useSpeech()
  const { batch: labels } = words
  const intervals: Readonly<Record<string, string>> = words.choices.intervals
  const count = (value: number) => formatNumber(language, value)
  const list = (names: readonly string[]) => (names.length === 0 ? words.none : <Lines lines={names} />)
  const when = (at: string | null) => <When at={at} both />
  const startAfter =
    batch.startAfter === null
      ? words.none
      : labels.inZone(formatDate(language, batch.startAfter, batch.timeZone), batch.timeZone)
  const first: readonly (Row | null)[] = [
    [labels.endpoint, <Link to={paths.endpoint(batch.sourceEndpoint)}>{batch.sourceEndpoint}</Link>],
    [
      labels.database,
      batch.targetDatabases.map((name) => (
        <Link key={name} to={paths.database(name)}>
          {name}
        </Link>
      )),
    ],
    [words.dashboard.columns.rate, formatRate(words, language, batch)],
    [words.dashboard.columns.end, when(batch.estimatedCompletionDateTime)],
    // What a batch waits for is looked for first.
    batch.status === 'Waiting' ? [labels.startAfter, startAfter] : null,
    [labels.started, when(batch.startDateTime)],
    [labels.lastSynced, when(batch.lastSyncedDateTime)],
  ]
  const more: readonly Row[] = [
    [labels.type, batch.migrationType],
    [labels.direction, labels.onboarding],
    [labels.active, count(batch.activeCount)],
    [labels.stopped, count(batch.stoppedCount)],
    [labels.itemsSynced, count(batch.itemsSynced)],
    [labels.itemsSkipped, count(batch.itemsSkipped)],
    [labels.bytes, formatBytes(language, batch.bytesTransferred)],
    [labels.createdBy, batch.submittedByUser],
    [labels.created, when(batch.creationDateTime)],
    [labels.lastAction, when(batch.lastActionDateTime)],
    [labels.initialSync, when(batch.initialSyncDateTime)],
    [labels.initialDuration, formatDuration(words, batch.initialSyncDuration)],
    [
      batch.expirationAction === null ? labels.expires : labels.expiresBy[batch.expirationAction],
      batch.expirationDateTime === null ? labels.expiresNever : when(batch.expirationDateTime),
    ],
  ]
  const settings: readonly Row[] = [
    [labels.highest, batch.highestPriority ? words.yes : words.no],
    [labels.startAfter, startAfter],
    [labels.exclude, list(batch.excludeFolders)],
    [labels.include, batch.includeFolders.length === 0 ? labels.includeAll : list(batch.includeFolders)],
    [labels.filter, batch.contentFilter || words.none],
    [labels.incremental, batch.allowIncrementalSyncs ? words.yes : words.no],
    [labels.notifications, list(batch.notificationEmails)],
    [
      labels.interval,
      batch.skipReports
        ? labels.noReports
        : (intervals[batch.reportInterval] ?? words.choices.intervalOther(formatDuration(words, batch.reportInterval))),
    ],
    [labels.unknownColumns, batch.allowUnknownColumnsInCsv ? labels.leftOut : labels.refused],
  ]
  return (
    <section aria-label={labels.facts} className="batch-details">
      <Facts rows={first} />
      <details className="more">
        <summary>{labels.facts}</summary>
        <Facts rows={more} />
        <h3>{labels.settings}</h3>
        <Facts rows={settings} />
      </details>
    </section>
  )
}

const Lines = ({ lines }: { readonly lines: readonly string[] }) => (
  <>
    {lines.map((line) => (
      <div key={line}>{line}</div>
    ))}
  </>
)
