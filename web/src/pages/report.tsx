/** The report of one batch, to be read, printed and handed over: what was migrated, how fast, what was not and why. */
import { Button } from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download'
import { PrintRegular } from '@fluentui/react-icons/svg/print'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import type { ArchivedBatch } from '#contract/batch.ts'
import { USER_STATUSES } from '#contract/states.ts'
import { isNotThere } from '../api.ts'
import { paths } from '../paths.ts'
import { Facts } from '../ui/facts.tsx'
import { formatBytes, formatDate, formatNumber } from '../ui/format.ts'
import { Loading } from '../ui/loading.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { formatSeconds } from '../ui/seconds.ts'
import { useSpeech, useWords } from '../words/words.ts'
import { AllUsers, FailedUsers, SkippedUsers } from './reports/report-users.tsx'
import { csvUrl, type Reported, reportedQuery } from './reports/report-queries.ts'
import { type Result, resultOf } from './reports/result.ts'
import { settingsOf } from './reports/settings-of.ts'
import '../style/reports.css'

export default function ReportPage() {
  const { report: identity = '' } = useParams()
  const { reports: words } = useWords()
  const { data: reported, error } = useQuery(reportedQuery(identity))
  const isGone = isNotThere(error)
  const result = reported === undefined ? null : resultOf(reported)
  usePageTitle(words.titleOf(result?.name ?? identity))
  return (
    <article className="page report">
      <p className="report-way">
        <Link to={paths.reports()}>{words.toList}</Link>
        {reported?.batch != null && <Link to={paths.batch(reported.batch.identity)}>{words.toBatch}</Link>}
      </p>
      <h1>{words.titleOf(result?.name ?? identity)}</h1>
      {isGone ? <p>{words.gone}</p> : <RefusalBar thrown={error} />}
      {reported === undefined && error === null && <Loading />}
      {reported !== undefined && result !== null && !isGone && <Report reported={reported} result={result} />}
    </article>
  )
}

interface ReportProps {
  readonly reported: Reported
  readonly result: Result
}

function Report({ reported: { archived }, result }: ReportProps) {
  const { words, language } = useSpeech()
  const { reports: labels } = words
  const files = [
    [`${result.guid}-users`, labels.types.BatchReport],
    ...(result.failed > 0 ? [[`${result.guid}-errors`, labels.types.BatchFailure] as const] : []),
    [`${result.guid}-waybills`, labels.types.BatchWaybills],
  ] as const
  return (
    <>
      <p>
        {archived === null
          ? labels.asOf(formatDate(language, new Date().toISOString()))
          : labels.removedOn(formatDate(language, archived.archivedDateTime))}
      </p>
      <div className="commands" role="toolbar" aria-label={words.commands}>
        <Button appearance="primary" icon={<PrintRegular />} onClick={() => print()}>
          {labels.print}
        </Button>
        {files.map(([report, name]) => (
          <Button
            key={report}
            as="a"
            appearance="subtle"
            icon={<ArrowDownloadRegular />}
            href={csvUrl(report)}
            download
            aria-label={labels.downloadOf(name, result.name)}
          >
            {name}
          </Button>
        ))}
      </div>
      <h2>{labels.totals}</h2>
      <Totals result={result} />
      <h2>{labels.times}</h2>
      <Times result={result} />
      <h2>{labels.failures}</h2>
      <FailedUsers batch={result.guid} />
      <h2>{labels.skips}</h2>
      <SkippedUsers batch={result.guid} />
      <h2>{labels.all}</h2>
      <AllUsers batch={result.guid} />
      <h2>{labels.proof}</h2>
      <p>{labels.proofText}</p>
      {archived !== null && <Archived archived={archived} result={result} />}
      {result.warnings.length > 0 && (
        <>
          <h2>{labels.warnings}</h2>
          <ul>
            {result.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function Totals({ result }: { readonly result: Result }) {
  const { words, language } = useSpeech()
  const { reports: labels } = words
  const counts = [
    [labels.requested, result.requested],
    [labels.synced, result.synced],
    [labels.finalized, result.finalized],
    [labels.failed, result.failed],
    [labels.stopped, result.stopped],
    [labels.waiting, result.waiting],
    ...(result.removedBefore > 0 ? [[labels.removedBefore, result.removedBefore] as const] : []),
    [labels.items, result.items],
    [labels.skipped, result.skipped],
  ] as const
  return (
    <dl className="counts">
      {counts.map(([name, count]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{formatNumber(language, count)}</dd>
        </div>
      ))}
      <div>
        <dt>{labels.bytes}</dt>
        <dd>{formatBytes(language, result.bytes)}</dd>
      </div>
    </dl>
  )
}

const HOUR = 3600

function Times({ result }: { readonly result: Result }) {
  const { words, language } = useSpeech()
  const { reports: labels } = words
  const { initialSeconds: seconds } = result
  const perHour = (amount: number) => (amount * HOUR) / Math.max(1, seconds ?? 1)
  return (
    <>
      <Facts
        rows={[
          [labels.created, formatDate(language, result.created)],
          [labels.createdBy, result.createdBy],
          [labels.started, formatDate(language, result.started)],
          [labels.initial, formatDate(language, result.initial)],
          [labels.last, formatDate(language, result.last)],
          ...(seconds === null
            ? []
            : ([
                [labels.initialDuration, formatSeconds(words, seconds)],
                [labels.rate, formatBytes(language, perHour(result.bytes))],
                [labels.itemRate, formatNumber(language, Math.round(perHour(result.items)))],
              ] as const)),
        ]}
      />
      {seconds !== null && <p className="small">{labels.rateNote}</p>}
    </>
  )
}

/** What is known only of a batch that was removed. */
function Archived({ archived, result }: { readonly archived: ArchivedBatch; readonly result: Result }) {
  const { words, language } = useSpeech()
  const { reports: labels } = words
  return (
    <>
      <Facts
        rows={[
          [labels.waybills, formatNumber(language, archived.waybillCount)],
          [labels.removedBy, archived.removedBy],
          archived.reason === '' ? null : [labels.reason, archived.reason],
        ]}
      />
      <h2>{labels.statuses}</h2>
      <Facts
        rows={USER_STATUSES.flatMap((status) => {
          const count = result.statuses[status] ?? 0
          return count === 0 ? [] : [[words.userStatus[status], formatNumber(language, count)] as const]
        })}
      />
      <h2>{labels.settings}</h2>
      <Facts rows={settingsOf(archived.settings)} />
    </>
  )
}
