/** One Fastify app for one way in: the checks in front, the routes of the contract behind them. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Log } from '#base/log.ts'
import type { UseCases } from '#contract/calls.ts'
import { ROUTES } from '#contract/routes/all.ts'
import type { KeptAnswers } from '#migration/kept-answers.ts'
import { PAGE_TYPE, problemPage, wantsPage } from './browser-page.ts'
import { addAdminCenter } from './admin-center.ts'
import type { ApiLimits } from './api-limits.ts'
import type { BodyShares } from './body-shares.ts'
import type { Proxies } from './caller-address.ts'
import { addDocsPage } from './docs-page.ts'
import { frameworkFault, malformed } from './framework-fault.ts'
import { type Gate, principalOf } from './gate.ts'
import { type HealthOptions, addHealth, isHealth } from './health.ts'
import { type Observer, observe } from './observe.ts'
import { registerRoute } from './register-route.ts'
import { openApiDocument } from './openapi.ts'
import { openServer } from './open-server.ts'
import { PROBLEM_TYPE, toProblem } from './problem.ts'
import type { RateLimits } from './rate-limits.ts'
import { requestFault } from './request-fault.ts'
import { requireScope } from './require-scope.ts'
import type { SessionCookie } from './session-cookie.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import type { TlsMaterial } from './tls.ts'

export interface AppOptions extends HealthOptions {
  readonly useCases: UseCases
  readonly gate: Gate
  readonly openIdCookie: SessionCookie
  readonly limits: ApiLimits
  readonly rates: RateLimits
  readonly bodies: BodyShares
  readonly log: Log
  readonly version: string
  readonly checkAnswers: boolean
  /** Null: without TLS. */
  readonly tls: TlsMaterial | null
  readonly proxies: Proxies
  readonly observer: Observer
  /** In the format of Prometheus. */
  metrics(): Promise<string>
  readonly kept: KeptAnswers | null
  /** Where the pages of the admin center are; null: there are none this way in. */
  readonly webFolder: string | null
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What it is asked by is a person's browser, not a program. */
    readonly isPage?: boolean
  }
}

export const API_PREFIX = '/api/v1'
const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'] as const

export function buildApp(options: AppOptions): FastifyInstance {
  const { gate, limits, rates, log, version, closing } = options
  const fail = (thrown: unknown, request: FastifyRequest, reply: FastifyReply) =>
    sendProblem(thrown, request, reply, log)
  const app = fastify({
    serverFactory: (handler) => openServer(handler, limits, options.tls, options.proxies),
    forceCloseConnections: 'idle',
    // Refused below, as a problem.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // Addresses are longer than Fastify's 100; the headers' limit holds for the path, too.
    routerOptions: { maxParamLength: limits.headerBytes },
    // Of a path such as `/migration/batches/100%`, which no browser sends but for somebody who typed it. No hook has run.
    frameworkErrors(_error, request, reply) {
      void (async () => {
        const isShown = center !== null && isMistyped(request)
        if (!isShown) return fail(malformed('the path is malformed'), request, reply)
        try {
          options.proxies.see(request.raw)
          if (closing.aborted) throw shuttingDown()
          gate.admit(request.raw)
          return await center(request, reply.headers(SECURITY_HEADERS), 404)
        } catch (thrown) {
          return fail(thrown, request, reply)
        }
      })()
    },
  })
  // Bodies are read by the routes themselves, after all checks (read-body.ts).
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  observe(app, options.observer)
  app.addHook('onRequest', async (request, reply) => {
    linger(request, reply, limits.lingerMs)
    reply.headers(SECURITY_HEADERS)
    options.proxies.see(request.raw)
    if (closing.aborted && !isHealth(request.url)) throw shuttingDown()
    gate.admit(request.raw)
  })
  app.addHook('onSend', async (request, reply) => {
    // Node closes at once what its caller wanted closed; see linger.
    if (!request.raw.complete) reply.raw.shouldKeepAlive = true
    if (closing.aborted) reply.header('connection', 'close')
  })
  app.addHook('onResponse', async (request, reply) => {
    // Of the path only its pattern: addresses of users are nobody's business in a log.
    const route = request.routeOptions.url ?? 'unknown'
    log.debug('request', { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) })
    if (closing.aborted) setImmediate(() => app.server.closeIdleConnections())
  })
  app.setErrorHandler((thrown, request, reply) => fail(frameworkFault(thrown), request, reply))
  const center = options.webFolder === null ? null : addAdminCenter(app, options.webFolder, gate)
  app.setNotFoundHandler(async (request, reply) => {
    if (center !== null && isMistyped(request)) return await center(request, reply, 404)
    await gate.enter(request.raw)
    throw unknownRoute(app, request)
  })

  for (const [name, route] of Object.entries(ROUTES)) {
    registerRoute(app, {
      ...options,
      route,
      url: API_PREFIX + route.path,
      useCase: options.useCases[name as keyof UseCases],
    })
  }
  let document: string | undefined
  app.get(`${API_PREFIX}/openapi.json`, async (request, reply) => {
    const { principal } = await gate.enter(request.raw)
    requireScope(principal, 'view')
    reply.headers(rates.request(principal, 'json'))
    document ??= JSON.stringify(openApiDocument(version))
    return reply.type('application/json; charset=utf-8').send(document)
  })
  addDocsPage(app, `${API_PREFIX}/docs`, gate)
  addHealth(app, options)
  app.get('/metrics', async (request, reply) => {
    const { principal } = await gate.enter(request.raw)
    requireScope(principal, 'view')
    reply.headers(rates.request(principal, 'json'))
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await options.metrics())
  })
  return app
}

const isMistyped = (request: FastifyRequest) =>
  request.method === 'GET' && !request.url.startsWith('/api/') && wantsPage(request.raw)

function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const { status, headers, problem, logId } = toProblem(thrown, principalOf(request.raw))
  if (logId !== null) {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause.stack : undefined
    log.error('request failed', { id: logId, method: request.method, route: request.routeOptions.url, stack, cause })
  }
  reply.code(status).headers({ ...SECURITY_HEADERS, ...headers })
  if (request.routeOptions.config.isPage === true && wantsPage(request.raw))
    return reply.type(PAGE_TYPE).send(problemPage(problem))
  return reply.type(PROBLEM_TYPE).send(JSON.stringify(problem))
}

/** A body that nobody reads is read for a moment: closing at once would reset the connection before the answer is seen. */
function linger({ raw: request }: FastifyRequest, { raw: response }: FastifyReply, ms: number): void {
  response.once('finish', () => {
    if (request.complete) return
    request.resume()
    const timer = setTimeout(() => request.complete || request.socket.destroy(), ms)
    timer.unref()
    request.once('close', () => clearTimeout(timer))
  })
}

function unknownRoute(app: FastifyInstance, request: FastifyRequest) {
  const url = request.url.replace(/\?.*$/s, '')
  const allow = METHODS.filter((method) => app.findRoute({ method, url }) !== null)
  return allow.length === 0
    ? requestFault('ROUTE_UNKNOWN', 'there is no such path', `See ${API_PREFIX}/openapi.json for those there are.`)
    : requestFault('METHOD_UNKNOWN', `the path does not take ${request.method}`, `Use ${allow.join(' or ')}.`, {
        facts: { allow: allow.join(', ') },
      })
}

const shuttingDown = () =>
  requestFault('SHUTTING_DOWN', 'the service is shutting down', 'Try again when it has been started.', {
    transient: true,
  })
