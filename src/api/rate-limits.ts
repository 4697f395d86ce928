/**
 * How much one caller may ask. The numbers (api-limits.ts) are such that neither the admin center nor a pipe of cmdlets
 * meets them; a program that runs wild does. Whoever comes over the socket is not counted.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '#base/clock.ts'
import { networkOf } from '#base/failures.ts'
import { Fault } from '#base/fault.ts'
import type { Principal } from '#contract/calls.ts'
import type { Route } from '#contract/routes/route.ts'
import type { ApiLimits } from './api-limits.ts'
import { Buckets } from './buckets.ts'
import { callerAddress } from './caller-address.ts'
import { callerKey } from './caller-key.ts'
import type { Gate } from './gate.ts'

/** Credentials that were good, as digests: a neighbour behind the same address locks nobody out who is in. */
const KNOWN = 1_000

export type RateHeaders = Readonly<Record<string, string>>

export class RateLimits {
  readonly #strangers: Buckets
  readonly #requests: Buckets
  readonly #uploads: Buckets
  readonly #mostStreams: number
  readonly #streams = new Map<string, number>()
  readonly #known = new Set<string>()

  constructor(limits: ApiLimits, clock: Pick<Clock, 'monotonic'>) {
    this.#strangers = new Buckets(limits.strangersPerMinute, clock)
    this.#requests = new Buckets(limits.requestsPerMinute, clock)
    this.#uploads = new Buckets(limits.uploadsPerMinute, clock)
    this.#mostStreams = limits.streams
  }

  /** A gate before which an address may stand so often without being let in. */
  guard(gate: Gate): Gate {
    return {
      cookie: gate.cookie,
      admit: (request) => gate.admit(request),
      greet: (request) => {
        this.stranger(request)
        return gate.greet(request)
      },
      enter: async (request) => {
        const credentials = digest(request)
        const network = networkOf(callerAddress(request))
        const isKnown = credentials !== null && this.#known.has(credentials)
        if (!isKnown) this.stranger(request)
        try {
          const entry = await gate.enter(request)
          if (!isKnown) this.#strangers.giveBack(network)
          if (credentials !== null) remember(this.#known, credentials)
          return entry
        } catch (thrown) {
          if (isKnown) {
            this.#known.delete(credentials)
            this.#strangers.take(network)
          }
          throw thrown
        }
      },
    }
  }

  /** Counts a request that nobody has signed in for. Throws RATE_LIMITED. */
  stranger(request: IncomingMessage): void {
    const waitMs = this.#strangers.take(networkOf(callerAddress(request)))
    if (waitMs > 0) throw limited('too many requests without a sign-in came from this address', waitMs)
  }

  /** Counts a request; answers header fields of draft-ietf-httpapi-ratelimit-headers. Throws RATE_LIMITED. */
  request(principal: Principal, bodyType: Route['bodyType']): RateHeaders {
    // Of strangers the gate has counted each by its address.
    if (principal.via === 'Socket' || principal.via === 'Public') return {}
    const [name, buckets] = bodyType === 'csv' ? ['uploads', this.#uploads] : ['requests', this.#requests]
    const caller = callerKey(principal)
    const waitMs = buckets.take(caller)
    if (waitMs > 0) {
      throw limited(`${principal.name} has asked more than ${buckets.perMinute} ${name} in a minute`, waitMs)
    }
    return {
      'ratelimit-policy': `"${name}";q=${buckets.perMinute};w=60`,
      ratelimit: `"${name}";r=${Math.floor(buckets.left(caller))};t=${Math.ceil(60 / buckets.perMinute)}`,
    }
  }

  /** Counts an event stream until the answer is called. Throws RATE_LIMITED. */
  stream(principal: Principal): () => void {
    if (principal.via === 'Socket') return () => {}
    const caller = callerKey(principal)
    const open = this.#streams.get(caller) ?? 0
    if (open >= this.#mostStreams) {
      throw limited(`${principal.name} has ${open} event streams open, and more it may not have at once`, 5_000)
    }
    this.#streams.set(caller, open + 1)
    return () => {
      const left = (this.#streams.get(caller) ?? 1) - 1
      if (left > 0) this.#streams.set(caller, left)
      else this.#streams.delete(caller)
    }
  }
}

/** Null when there are none. */
function digest({ headers: { authorization, cookie } }: IncomingMessage): string | null {
  if (authorization === undefined && cookie === undefined) return null
  return createHash('sha256')
    .update(JSON.stringify([authorization, cookie]))
    .digest('base64')
}

function remember(known: Set<string>, credentials: string): void {
  known.delete(credentials)
  known.add(credentials)
  for (const oldest of known) {
    if (known.size <= KNOWN) return
    known.delete(oldest)
  }
}

function limited(message: string, waitMs: number): Fault {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new Fault({
    code: 'RATE_LIMITED',
    scope: 'request',
    transient: true,
    message,
    remedy: `Ask again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, and more slowly.`,
    waitMs,
  })
}
