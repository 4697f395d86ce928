/** The whole migration at a glance: what runs, how fast, what waits, what fails, how long it takes. */
import { usePrefetchQuery, useQuery } from '@tanstack/react-query'
import { Loading } from '../ui/loading.tsx'
import { usePageTitle } from '../ui/page-title.tsx'
import { RefusalBar } from '../ui/refusal-bar.tsx'
import { useWords } from '../words/words.ts'
import { dashboardQuery, failuresQuery } from './dashboard/dashboard-queries.ts'
import { Failures } from './dashboard/failures.tsx'
import { Forecast } from './dashboard/forecast.tsx'
import { Queue } from './dashboard/queue.tsx'
import { RunTimes } from './dashboard/run-times.tsx'
import { Running } from './dashboard/running.tsx'
import { ThroughputPart } from './dashboard/throughput.tsx'
import '../style/dashboard.css'

export default function DashboardPage() {
  const { dashboard: words } = useWords()
  const { data, error, isPending } = useQuery(dashboardQuery)
  usePageTitle(words.title)
  // Asked for in the same moment, not only when its part is shown.
  usePrefetchQuery(failuresQuery)
  return (
    <div className="page">
      <h1>{words.title}</h1>
      <RefusalBar thrown={error} />
      {isPending && <Loading />}
      {data !== undefined && (
        <div className="parts">
          <Running running={data.running} />
          <Forecast forecast={data.forecast} />
          <Queue queue={data.queue} workers={data.workers} />
          <ThroughputPart />
          <Failures />
          <RunTimes runTimes={data.runTimes} />
        </div>
      )}
    </div>
  )
}
