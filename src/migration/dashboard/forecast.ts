/** When the whole migration is done, with its range: how it is made stands in contract/dashboard.ts. */
import type { Forecast } from '#contract/dashboard.ts'
import { readBatches } from '#store/service/batches.ts'
import { readPeriods } from '#store/service/dashboard-figures.ts'
import { type Left, readLeft } from '#store/service/pace.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { itemsLeft } from '../batch/pace.ts'

const HOUR = { seconds: 3_600, days: 14, least: 6 }
const FIVE_MINUTES = { seconds: 300, days: 2, least: 3 }

interface Period {
  readonly at: Date
  readonly items: number
}

export async function readForecast(store: ServiceStore, batches: Awaited<ReturnType<typeof readBatches>>, now: number) {
  const left = await readLeft(
    store,
    batches.filter(({ flags }) => flags !== 'Remove').map(({ id }) => id),
  )
  const hours = inside(await readPeriods(store, HOUR.seconds, HOUR.days), HOUR.seconds)
  if (hours.length >= HOUR.least) return forecast([...left.values()], perHour(hours, HOUR.seconds), now)
  const short = await readPeriods(store, FIVE_MINUTES.seconds, FIVE_MINUTES.days)
  const rates = short.length >= FIVE_MINUTES.least ? perHour(short, FIVE_MINUTES.seconds) : []
  return forecast([...left.values()], rates, now)
}

/** Without the first and the last one of each run: work began or ended somewhere within them. */
function inside(periods: readonly Period[], seconds: number): Period[] {
  const busy = new Set(periods.map(({ at }) => at.getTime()))
  return periods.filter(({ at }) => [-1, 1].every((way) => busy.has(at.getTime() + way * seconds * 1000)))
}

const perHour = (periods: readonly Period[], seconds: number) =>
  periods.map(({ items }) => (items * 3_600) / seconds).toSorted((a, b) => a - b)

/** @param rates messages per hour, the least first */
export function forecast(left: readonly Omit<Left, 'batch_id'>[], rates: readonly number[], now: number): Forecast {
  const sum = (pick: (of: Omit<Left, 'batch_id'>) => number) => left.reduce((all, of) => all + pick(of), 0)
  const mailboxesLeft = sum(({ users }) => users)
  // A batch of which nothing is known has mailboxes like those of the others.
  const of = (batch: Omit<Left, 'batch_id'>) => itemsLeft(batch)
  const known = sum(({ listed, sampled }) => listed + sampled)
  const mean = known === 0 ? null : sum(({ source, sampledItems }) => source + sampledItems) / known
  const itemCount = mailboxesLeft > 0 && mean === null ? null : sum((batch) => of(batch) ?? batch.users * (mean ?? 0))
  const speed = rates.length === 0 ? null : { low: at(rates, 0.25), median: at(rates, 0.5), high: at(rates, 0.75) }
  const reason =
    mailboxesLeft === 0 ? 'NothingLeft' : speed === null ? 'TooEarly' : itemCount === null ? 'NothingListed' : null
  const end = (rate: number) => new Date(now + (itemCount! / rate) * 3_600_000).toISOString()
  return {
    mailboxesLeft,
    itemsLeft: itemCount === null ? null : Math.round(itemCount),
    samples: rates.length,
    itemsPerHour: speed && {
      low: Math.round(speed.low),
      median: Math.round(speed.median),
      high: Math.round(speed.high),
    },
    earliest: reason === null ? end(speed!.high) : null,
    expected: reason === null ? end(speed!.median) : null,
    latest: reason === null ? end(speed!.low) : null,
    reason,
  }
}

/** A quantile of sorted values, between two of them where it falls between. */
function at(sorted: readonly number[], quantile: number): number {
  const place = (sorted.length - 1) * quantile
  const below = sorted[Math.floor(place)]!
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1)
}
