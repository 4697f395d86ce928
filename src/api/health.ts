/** What machines ask without signing in: whether the process lives, and whether it can serve. They are told no more. */
import type { FastifyInstance } from 'fastify'

/** Why the service is not ready, in words that machines know. */
export type Unready = 'closing' | 'database' | 'schema'

export interface HealthOptions {
  /** Aborted when the service closes. */
  readonly closing: AbortSignal
  /** Asked at most once a second, however often callers ask. */
  ready(): Promise<readonly Unready[]>
}

const FRESH_MS = 1_000
const PATHS = new Set(['/healthz', '/readyz'])

/** Answered while the service closes, too. */
export const isHealth = (url: string): boolean => PATHS.has(url.replace(/\?.*$/s, ''))

export function addHealth(app: FastifyInstance, { closing, ready }: HealthOptions): void {
  let looked: { readonly at: number; readonly reasons: Promise<readonly Unready[]> } | null = null
  const look = () => {
    if (looked === null || performance.now() - looked.at > FRESH_MS)
      looked = { at: performance.now(), reasons: ready() }
    return looked.reasons
  }
  app.route({ method: ['GET', 'HEAD'], url: '/healthz', handler: async () => ({ status: 'ok' }) })
  app.route({
    method: ['GET', 'HEAD'],
    url: '/readyz',
    handler: async (_request, reply) => {
      const reasons: readonly Unready[] = closing.aborted ? ['closing'] : await look()
      if (reasons.length === 0) return { status: 'ready' }
      return reply.code(503).send({ status: 'not ready', reasons })
    },
  })
}
