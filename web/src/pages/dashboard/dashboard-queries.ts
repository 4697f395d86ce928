/** What the dashboard shows, under keys that the event stream refreshes (live.ts). */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask } from '../../api.ts'
import { LIVE, RESTING_MS, RUNNING_MS } from '../../live.ts'

export const RANGES = ['hour', 'day', 'week'] as const
export type Range = (typeof RANGES)[number]

const HOUR_MS = 3_600_000
/** What is asked for, and how long a step is: 60 to 168 of them. */
const ASKED: Readonly<Record<Range, { readonly ms: number; readonly step: string }>> = {
  // Somewhat less than the two hours for which minutes are kept.
  hour: { ms: HOUR_MS, step: '00:01:00' },
  day: { ms: 24 * HOUR_MS, step: '00:15:00' },
  week: { ms: 7 * 24 * HOUR_MS, step: '01:00:00' },
}

export const dashboardQuery = queryOptions({
  queryKey: [LIVE, 'dashboard'],
  queryFn: ({ signal }) => ask('getDashboard', { signal }),
  refetchInterval: ({ state }) => (state.data?.running.length ? RUNNING_MS : RESTING_MS),
})

export const failuresQuery = queryOptions({
  queryKey: [LIVE, 'failures'],
  queryFn: ({ signal }) => ask('listFailures', { signal }),
  refetchInterval: RESTING_MS,
})

export const throughputQuery = (range: Range) =>
  queryOptions({
    queryKey: [LIVE, 'throughput', range],
    queryFn: ({ signal }) =>
      ask('getThroughput', {
        query: { from: new Date(Date.now() - ASKED[range].ms).toISOString(), step: ASKED[range].step },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: RESTING_MS / 3,
  })
