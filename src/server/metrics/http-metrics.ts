/** Requests of this process, as they end. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Observer } from '#api/observe.ts'

/** Seconds. A list takes milliseconds, a connection test up to 15 s, a CSV file of 50,000 rows about as long. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30, 120]

export function httpMetrics(registry: Registry): Observer {
  const registers = [registry]
  const requests = new Counter({
    name: 'waybill_http_requests_total',
    help: 'Requests by method, pattern of their route, and status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const seconds = new Histogram({
    name: 'waybill_http_request_seconds',
    help: 'How long requests took; without event streams.',
    labelNames: ['method', 'route'],
    buckets: BUCKETS,
    registers,
  })
  const streams = new Gauge({ name: 'waybill_event_streams', help: 'Event streams that are open.', registers })
  streams.set(0)
  return {
    requestOver({ method, route, status, seconds: took }) {
      requests.inc({ method, route, status })
      if (!route.endsWith('/event-stream')) seconds.observe({ method, route }, took)
    },
    streams: (change) => streams.inc(change),
  }
}
