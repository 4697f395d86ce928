/** From a declared route to a handler: check, read, call, answer, in this order. */
import type { FastifyInstance } from 'fastify'
import { asFault } from '#base/fault.ts'
import type { Log } from '#base/log.ts'
import { mayCall, type Call, type SessionSeat } from '#contract/calls.ts'
import type { Route } from '#contract/routes/route.ts'
import type { KeptAnswers } from '#migration/kept-answers.ts'
import type { ApiLimits } from './api-limits.ts'
import type { BodyShares } from './body-shares.ts'
import { checkAnswer } from './check-answer.ts'
import { isKnownTo, preconditionOf, tagOf } from './entity-tag.ts'
import type { Entry, Gate } from './gate.ts'
import { keyOf, once } from './idempotency.ts'
import type { RateLimits } from './rate-limits.ts'
import { readInput } from './read-input.ts'
import { requireScope } from './require-scope.ts'
import type { SessionCookie } from './session-cookie.ts'
import { sendAnswer } from './send-answer.ts'

export interface RouteOptions {
  readonly route: Route
  readonly url: string
  readonly useCase: unknown
  readonly gate: Gate
  readonly openIdCookie: SessionCookie
  readonly limits: ApiLimits
  readonly rates: RateLimits
  readonly bodies: BodyShares
  readonly log: Log
  readonly closing: AbortSignal
  readonly checkAnswers: boolean
  readonly kept: KeptAnswers | null
}

type AnyUseCase = (call: Call<Route>) => Promise<unknown>

export function registerRoute(app: FastifyInstance, options: RouteOptions): void {
  const { route, url, gate, openIdCookie, limits, rates, bodies, log, closing, checkAnswers, kept } = options
  const useCase = options.useCase as AnyUseCase
  const read = readInput(route, limits)
  const guards = route.method === 'PATCH' || route.method === 'DELETE'
  const entries = new WeakMap<object, Entry>()

  app.route({
    method: route.method,
    url,
    config: { isPage: route.answerType === 'page' },
    // Before anything of the body is read, or asked for.
    onRequest: async (request, reply) => {
      const entry = route.scope === 'public' ? gate.greet(request.raw) : await gate.enter(request.raw)
      reply.headers(rates.request(entry.principal, route.bodyType))
      requireScope(entry.principal, route.scope)
      entries.set(request, entry)
    },
    handler: async (request, reply) => {
      const { principal, sessionId, recheck } = entries.get(request)!
      const gone = new AbortController()
      const release = route.answerType === 'events' ? rates.stream(principal) : () => {}
      const share = bodies.of(principal)
      reply.raw.once('close', () => {
        release()
        share.release()
        if (!reply.raw.writableFinished) gone.abort()
      })
      const signal = route.answerType === 'events' ? AbortSignal.any([gone.signal, closing]) : gone.signal
      const want = () => request.headers.expect !== undefined && reply.raw.writeContinue()
      const precondition = guards && route.tag ? preconditionOf(request.raw, route.tag) : undefined
      const key = kept ? keyOf(request.raw, route) : null
      const input = await read(request.raw, request.params, { want, hold: share.hold })
      const { params, query } = input
      const seat = (cookie: SessionCookie, id: string | null): SessionSeat => ({
        id,
        begin: (begun) => void reply.header('set-cookie', cookie.set(begun)),
        end: () => void reply.header('set-cookie', cookie.clear()),
      })
      const session = seat(gate.cookie, sessionId)
      const openIdSeat = seat(openIdCookie, openIdCookie.read(request.raw))
      const run = (body: unknown, newId?: string) =>
        useCase({ params, query, body, principal, session, openIdSeat, precondition, newId, signal })
      const { answer, isReplay } =
        kept && key !== null
          ? await once(kept, { route, principal, key, input }, run)
          : { answer: await run(input.body), isReplay: false }
      if (isReplay) reply.header('idempotency-replayed', 'true')
      if (checkAnswers && route.answerType === 'json') checkAnswer(route, answer)
      const tag = route.tag && typeof answer === 'object' && answer !== null ? tagOf(route.tag, answer) : null
      if (tag !== null) reply.header('etag', tag)
      if (tag !== null && route.tag?.isWhole && route.method === 'GET' && isKnownTo(request.raw, tag)) {
        return reply.code(304).send()
      }
      try {
        await sendAnswer(reply, route, answer, {
          ...limits,
          identity: (params as { identity?: string }).identity ?? route.name,
          signal,
          stop: () => gone.abort(),
          recheck: async () => {
            const now = await recheck()
            return now !== null && mayCall(now, route)
          },
        })
      } catch (thrown) {
        // With the answer begun there is no problem to be sent any more.
        if (!reply.raw.headersSent) throw thrown
        if (!signal.aborted) logBroken(log, url, thrown)
      }
      return reply
    },
  })
}

function logBroken(log: Log, route: string, thrown: unknown): void {
  const { code, scope } = asFault(thrown)
  const stack = thrown instanceof Error ? thrown.stack : String(thrown)
  if (scope === 'request') log.debug('answer broken off', { route, code })
  else log.error('answer broken off', { route, code, stack })
}
