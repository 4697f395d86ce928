/** GET /throughput: for charts. */
import { badValue } from '#base/request-faults.ts'
import type { Answer, Call } from '#contract/calls.ts'
import type { getThroughput as Route } from '#contract/routes/dashboard.ts'
import { formatTimeSpan, parseTimeSpan } from '#contract/timespan.ts'
import { keptSeconds, readThroughput } from '#store/service/throughput.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { anyBatch } from '../batch/find.ts'

const DAY_MS = 86_400_000
/** Lengths that a clock's face knows, seconds: from a minute to four weeks. */
const STEPS = [60, 300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_419_200]
const MOST_STEPS = 1_500

export async function getThroughput(
  { store, clock }: ServiceDeps,
  query: Call<typeof Route>['query'],
): Promise<Answer<typeof Route>> {
  const now = clock.now()
  const to = query.to === undefined ? now : Date.parse(query.to)
  const from = query.from === undefined ? to - DAY_MS : Date.parse(query.from)
  if (from >= to) throw badValue('from', 'must be before to', 'Give a time before the other one.')
  const least = Math.max(
    query.step === undefined ? 0 : (parseTimeSpan(query.step) ?? 0),
    keptSeconds(from, now),
    (to - from) / 1000 / MOST_STEPS,
  )
  const stepSeconds = STEPS.find((seconds) => seconds >= least) ?? STEPS.at(-1)!
  const points = await readThroughput(store, {
    from: new Date(from),
    to: new Date(to),
    stepSeconds,
    endpoint: query.endpoint ?? null,
    batchId: query.batch === undefined ? null : await anyBatch(store, query.batch),
  })
  return {
    from: new Date(Math.floor(from / 1000 / stepSeconds) * stepSeconds * 1000).toISOString(),
    to: new Date(to).toISOString(),
    step: formatTimeSpan(stepSeconds),
    points: points.map(({ at, endpoint, items, bytes }) => ({
      dateTime: at.toISOString(),
      endpoint,
      itemsTransferred: items,
      bytesTransferred: bytes,
    })),
  }
}
