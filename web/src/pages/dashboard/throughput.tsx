/** What was carried over time, as a chart and as a table, and by endpoint. */
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { parseTimeSpan } from '#contract/timespan.ts'
import { lazily } from '../../later.tsx'
import { paths } from '../../paths.ts'
import { FilterSelect } from '../../ui/filter-select.tsx'
import { formatBytes, formatDate, formatNumber, formatTime } from '../../ui/format.ts'
import { useListState } from '../../ui/list-state.ts'
import { Loading } from '../../ui/loading.tsx'
import { PlainTable } from '../../ui/plain-table.tsx'
import { LaterPart } from '../../ui/later-part.tsx'
import { RefusalBar } from '../../ui/refusal-bar.tsx'
import { useSpeech } from '../../words/words.ts'
import { ChartPlace } from './chart-place.tsx'
import { RANGES, throughputQuery } from './dashboard-queries.ts'
import { Part } from './part.tsx'
import { type Measure, sumsOf, type Told, seriesOf } from './series.ts'

const TimeChart = lazily(async () => ({ default: (await import('./charts.tsx')).TimeChart }))
const MEASURES = ['items', 'bytes'] as const

export function ThroughputPart() {
  const { words, language } = useSpeech()
  const own = words.dashboard
  const state = useListState('', '')
  const range = RANGES.find((one) => one === state.get('range')) ?? 'day'
  const measure: Measure = MEASURES.find((one) => one === state.get('measure')) ?? 'items'
  const { data, error, isPending } = useQuery(throughputQuery(range))
  return (
    <Part title={own.throughput} isWide>
      <div className="filters">
        <FilterSelect label={own.period} value={range} onChange={(value) => state.set('range', value)}>
          {RANGES.map((one) => (
            <option key={one} value={one}>
              {own.ranges[one]}
            </option>
          ))}
        </FilterSelect>
        <FilterSelect label={own.measure} value={measure} onChange={(value) => state.set('measure', value)}>
          {MEASURES.map((one) => (
            <option key={one} value={one}>
              {own.measures[one]}
            </option>
          ))}
        </FilterSelect>
      </div>
      <RefusalBar thrown={error} />
      {isPending && <Loading />}
      {data?.points.length === 0 && <p className="part-empty">{own.nothingCarried}</p>}
      {data !== undefined && data.points.length > 0 && (
        <>
          <LaterPart fallback={<ChartPlace />}>
            <TimeChart
              title={own.chartOf(own.measures[measure], own.ranges[range])}
              series={seriesOf(data, measure)}
              formatTime={(at) => formatTime(language, at, range === 'week')}
              format={(value) => (measure === 'items' ? formatNumber(language, value) : formatBytes(language, value))}
            />
          </LaterPart>
          <PlainTable
            label={own.byEndpoint}
            className="endpoint-sums"
            items={sumsOf(data)}
            keyOf={({ endpoint }) => endpoint}
            columns={[
              {
                label: own.endpoint,
                show: ({ endpoint }) => <Link to={paths.endpoint(endpoint)}>{endpoint}</Link>,
              },
              { label: own.messages, isNumber: true, show: (sum) => formatNumber(language, sum.items) },
              { label: own.bytes, isNumber: true, show: (sum) => formatBytes(language, sum.bytes) },
            ]}
          />
          <details>
            <summary>{own.asTable}</summary>
            <Steps data={data} />
          </details>
        </>
      )}
    </Part>
  )
}

function Steps({ data }: { readonly data: Told }) {
  const { words, language } = useSpeech()
  const own = words.dashboard
  return (
    <>
      <p className="small">{own.stepsOf(Math.round((parseTimeSpan(data.step) ?? 0) / 60))}</p>
      <PlainTable
        label={own.throughput}
        className="steps-table"
        items={data.points.toReversed()}
        keyOf={({ dateTime, endpoint }) => `${dateTime} ${endpoint}`}
        columns={[
          { label: own.from, show: ({ dateTime }) => formatDate(language, dateTime) },
          { label: own.endpoint, show: ({ endpoint }) => endpoint },
          { label: own.messages, isNumber: true, show: (point) => formatNumber(language, point.itemsTransferred) },
          { label: own.bytes, isNumber: true, show: (point) => formatBytes(language, point.bytesTransferred) },
        ]}
      />
    </>
  )
}
