/** Tells of every request that is over, for /metrics: by the pattern of its route, never by its path. */
import type { FastifyInstance } from 'fastify'

export interface SeenRequest {
  readonly method: string
  /** `/api/v1/batches/:identity`; `unknown` for what is no route. */
  readonly route: string
  /** `aborted` when the caller went before it was answered. */
  readonly status: string
  readonly seconds: number
}

export interface Observer {
  requestOver(seen: SeenRequest): void
  /** +1 and -1 */
  streams(change: number): void
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'])
const isStream = (route: string) => route.endsWith('/event-stream')

export function observe(app: FastifyInstance, observer: Observer): void {
  app.addHook('onRequest', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown'
    const from = performance.now()
    if (isStream(route)) observer.streams(1)
    // Not onResponse, which is not called for who has gone.
    reply.raw.once('close', () => {
      if (isStream(route)) observer.streams(-1)
      observer.requestOver({
        method: METHODS.has(request.method) ? request.method : 'other',
        route,
        status: reply.raw.headersSent ? String(reply.raw.statusCode) : 'aborted',
        seconds: (performance.now() - from) / 1000,
      })
    })
  })
}
