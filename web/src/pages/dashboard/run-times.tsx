/** How long batches took by the hour at which they began: test batches of equal size tell the best time of the day. */
import { Link } from 'react-router'
import type { RunTime } from '#contract/dashboard.ts'
import { parseTimeSpan } from '#contract/timespan.ts'
import { lazily } from '../../later.tsx'
import { paths } from '../../paths.ts'
import { formatDuration } from '../../ui/duration.ts'
import { formatBytes, formatDate, formatNumber } from '../../ui/format.ts'
import { LaterPart } from '../../ui/later-part.tsx'
import { PlainTable } from '../../ui/plain-table.tsx'
import { useSpeech } from '../../words/words.ts'
import { ChartPlace } from './chart-place.tsx'
import { Part } from './part.tsx'

const HoursChart = lazily(async () => ({ default: (await import('./charts.tsx')).HoursChart }))

export function RunTimes({ runTimes }: { readonly runTimes: readonly RunTime[] }) {
  const { words, language } = useSpeech()
  const own = words.dashboard
  const seconds = runTimes.map(({ duration }) => parseTimeSpan(duration) ?? 0)
  // Minutes where all took minutes.
  const unit = Math.max(0, ...seconds) >= 2 * 3_600 ? ('hour' as const) : ('minute' as const)
  const size = unit === 'hour' ? 3_600 : 60
  return (
    <Part title={own.runTimes} isWide empty={runTimes.length === 0 ? own.noRunTimes : null}>
      <p className="small">{own.runTimesHow}</p>
      <LaterPart fallback={<ChartPlace />}>
        <HoursChart
          title={own.runTimes}
          yTitle={own.runTimeIn[unit]}
          xTitle={own.startHour}
          format={(value) => formatNumber(language, value)}
          points={runTimes.map(({ identity, startDateTime, duration, totalCount }, at) => {
            const start = new Date(startDateTime)
            return {
              hour: start.getHours() + start.getMinutes() / 60,
              value: seconds[at]! / size,
              label: `${identity}: ${words.mailboxes(totalCount)}`,
              said: formatDuration(words, duration),
            }
          })}
        />
      </LaterPart>
      <details>
        <summary>{own.asTable}</summary>
        <PlainTable
          label={own.runTimes}
          className="run-times-table"
          items={runTimes}
          keyOf={({ batchGuid }) => batchGuid}
          columns={[
            {
              label: words.batches.columns.identity,
              show: ({ identity, isArchived }) =>
                isArchived ? own.archived(identity) : <Link to={paths.batch(identity)}>{identity}</Link>,
            },
            { label: words.batch.started, show: ({ startDateTime }) => formatDate(language, startDateTime) },
            { label: words.batch.initialDuration, show: ({ duration }) => formatDuration(words, duration) },
            {
              label: words.batches.columns.totalCount,
              isNumber: true,
              show: (run) => formatNumber(language, run.totalCount),
            },
            { label: own.messages, isNumber: true, show: (run) => formatNumber(language, run.itemsSynced) },
            { label: own.bytes, isNumber: true, show: (run) => formatBytes(language, run.bytesTransferred) },
          ]}
        />
      </details>
    </Part>
  )
}
