/** What /metrics answers, in the format of Prometheus. No address of a user is a label, and nothing a caller could make up. */
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { Observer } from '#api/observe.ts'
import { version } from '#base/version.ts'
import type { Log } from '#base/log.ts'
import type { Store } from '#store/open.ts'
import { httpMetrics } from './http-metrics.ts'
import { serviceMetrics } from './service-metrics.ts'

export interface Metrics {
  readonly observer: Observer
  text(): Promise<string>
}

/** So long an answer is given again: several who ask cost the database no more than one. */
const FRESH_MS = 2_000

export function openMetrics(store: Store, log: Log, certificateEnds: () => Date | null): Metrics {
  const own = new Registry()
  const shared = new Registry()
  collectDefaultMetrics({ register: own })
  new Gauge({ name: 'waybill_info', help: 'The version that runs.', labelNames: ['version'], registers: [own] }).set(
    { version },
    1,
  )
  const up = new Gauge({ name: 'waybill_database_up', help: '1 when the database answers.', registers: [own] })
  const ends = new Gauge({
    name: 'waybill_tls_certificate_end_seconds',
    help: 'When the certificate of the API ends, seconds since 1970; 0 without one.',
    registers: [own],
  })
  const observer = httpMetrics(own)
  const fill = serviceMetrics(shared, store)
  const look = async () => {
    let counts = ''
    try {
      await fill()
      counts = await shared.metrics()
      up.set(1)
    } catch (thrown) {
      up.set(0)
      log.warn('the figures of the service could not be read', { said: thrown instanceof Error ? thrown.message : '' })
    }
    ends.set((certificateEnds()?.getTime() ?? 0) / 1000)
    return `${await own.metrics()}\n${counts}`
  }
  let last: { readonly at: number; readonly text: Promise<string> } | null = null
  return {
    observer,
    text() {
      if (last === null || performance.now() - last.at > FRESH_MS) last = { at: performance.now(), text: look() }
      return last.text
    },
  }
}
