/** Opens the service to callers: over a socket for the local administrator, over TCP for those with a token. */
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { systemClock } from '#base/clock.ts'
import type { Log } from '#base/log.ts'
import type { UseCases } from '#contract/calls.ts'
import type { KeptAnswers } from '#migration/kept-answers.ts'
import { API_LIMITS, type ApiLimits } from './api-limits.ts'
import { BodyShares } from './body-shares.ts'
import { buildApp } from './build-app.ts'
import { believeProxies } from './caller-address.ts'
import { FailedTokens } from './failed-tokens.ts'
import { type Authenticators, type Gate, networkGate, remembering, socketGate } from './gate.ts'
import type { Unready } from './health.ts'
import type { Observer } from './observe.ts'
import { checkPlainHttp, listenFault, type Listen } from './open-port.ts'
import { openSocket } from './open-socket.ts'
import { RateLimits } from './rate-limits.ts'
import { type SessionCookie, openIdCookie, sessionCookie } from './session-cookie.ts'
import { renewTls, type TlsMaterial } from './tls.ts'

export interface ApiOptions extends Authenticators {
  readonly useCases: UseCases
  /** `<data>/run/api.sock`; null: no socket. */
  readonly socketPath: string | null
  /** Null: no TCP. */
  readonly listen: Listen | null
  /** Whether a host that is not loopback may be listened on. */
  readonly allowPlainHttp: boolean
  /** Names under which callers reach this service, beside loopback and `listen.host`: those of a proxy. */
  readonly hostNames?: readonly string[]
  /** Where people reach the service; null: as it is called. */
  readonly publicUrl?: string | null
  /** Addresses and networks of proxies that are believed whom they were called by. */
  readonly trustedProxies?: readonly string[]
  /** Null: TLS is none of our business. */
  readonly tls?: TlsMaterial | null
  /** Why the service could not serve now; empty when it can. */
  ready?(): Promise<readonly Unready[]>
  readonly observer?: Observer
  /** Figures in the format of Prometheus. */
  metrics?(): Promise<string>
  readonly log: Log
  /** Of Waybill, for the OpenAPI document. */
  readonly version: string
  /** Answers of requests with an Idempotency-Key; without it the header does not count. */
  readonly kept?: KeptAnswers
  /** The built admin center (web/dist), served over TCP. */
  readonly webFolder?: string
  /** For tests: an answer that the contract does not know is a 500. */
  readonly checkAnswers?: boolean
  readonly limits?: Partial<ApiLimits>
}

export interface Api extends AsyncDisposable {
  readonly socketPath: string | null
  /** Where TCP listens, with the port that was free when 0 was asked for. */
  readonly address: (Listen & { readonly url: string }) | null
  /** A new certificate for connections that come from now on. Throws what OpenSSL does not take. */
  renewTls(material: TlsMaterial): void
  /**
   * Takes no new requests, ends event streams and waits up to 10 s for what runs; then cuts it off. Never throws; a second
   * call waits for the first.
   */
  close(): Promise<void>
}

/** Throws a Fault of scope `instance` when the socket or the port cannot be had; then neither is open. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { listen, socketPath, hostNames = [], tls = null } = options
  if (listen && tls === null) checkPlainHttp(listen, options.allowPlainHttp)
  const limits = { ...API_LIMITS, ...options.limits }
  const rates = new RateLimits(limits, systemClock)
  const bodies = new BodyShares(limits)
  const cookie = sessionCookie(isSecure(options))
  const closing = new AbortController()
  const apps: FastifyInstance[] = []
  const proxies = believeProxies(options.trustedProxies ?? [])
  const open = (gate: Gate, encryption: TlsMaterial | null = null, webFolder: string | null = null) => {
    const app = buildApp({
      ...options,
      checkAnswers: options.checkAnswers ?? false,
      kept: options.kept ?? null,
      limits,
      rates,
      bodies,
      gate: remembering(gate),
      openIdCookie: openIdCookie(isSecure(options)),
      closing: closing.signal,
      tls: encryption,
      webFolder,
      proxies,
      ready: options.ready ?? (async () => []),
      observer: options.observer ?? { requestOver() {}, streams() {} },
      metrics: options.metrics ?? (async () => ''),
    })
    apps.push(app)
    return app
  }
  let removeSocket = () => {}
  let closed: Promise<void> | undefined
  const close = () => (closed ??= closeAll(apps, closing, limits.closeMs).finally(removeSocket))

  try {
    if (socketPath !== null) {
      const app = open(socketGate(cookie))
      removeSocket = await openSocket(socketPath, (path) => app.listen({ path }))
    }
    const gate = (at: Listen) => rates.guard(networkGate(gateOptions(options, cookie, limits, [at.host, ...hostNames])))
    const address = listen && (await openPort(open(gate(listen), tls, options.webFolder), listen, tls !== null))
    return {
      socketPath,
      address,
      renewTls: (material) => renewTls(apps.at(-1)!.server, material),
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/** By TLS, ours or that of a proxy in front. */
const isSecure = ({ tls, publicUrl }: ApiOptions) => tls != null || URL.parse(publicUrl ?? '')?.protocol === 'https:'

const gateOptions = (options: ApiOptions, cookie: SessionCookie, limits: ApiLimits, hostNames: readonly string[]) => ({
  authenticate: options.authenticate,
  authenticateSession: options.authenticateSession,
  cookie,
  failed: new FailedTokens(limits.failuresPerMinute, systemClock),
  hostNames,
  secure: isSecure(options),
  publicUrl: options.publicUrl ?? null,
})

async function openPort(app: FastifyInstance, listen: Listen, isTls: boolean): Promise<Listen & { url: string }> {
  try {
    // What "localhost" is called in some hosts file is not what was checked to be loopback.
    await app.listen({ ...listen, host: listen.host.toLowerCase() === 'localhost' ? '127.0.0.1' : listen.host })
  } catch (thrown) {
    throw listenFault(listen, thrown)
  }
  const { address, port, family } = app.server.address() as AddressInfo
  return {
    host: address,
    port,
    url: `${isTls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
  }
}

async function closeAll(apps: readonly FastifyInstance[], closing: AbortController, closeMs: number): Promise<void> {
  closing.abort()
  const cut = setTimeout(() => apps.forEach((app) => app.server.closeAllConnections()), closeMs)
  await Promise.allSettled(apps.map((app) => app.close()))
  clearTimeout(cut)
}
