/** Who asks. The socket is for the local administrator, TCP for tokens and sessions (architecture.md §6.2, §6.3). */
import type { IncomingMessage } from 'node:http'
import type { Account, Principal } from '#contract/calls.ts'
import { callerAddress } from './caller-address.ts'
import type { FailedTokens } from './failed-tokens.ts'
import { bareHost, checkHost } from './host-check.ts'
import { type OwnPages, checkOwnPage } from './own-page.ts'
import { requestFault } from './request-fault.ts'
import type { SessionCookie } from './session-cookie.ts'

export interface Entry {
  readonly principal: Principal
  readonly sessionId: string | null
  /** Who it is now; null when the token or session has ended since. */
  recheck(): Promise<Account | null>
}

export interface Gate {
  readonly cookie: SessionCookie
  /** Throws a Fault for who may not even ask. */
  admit(request: IncomingMessage): void
  /** Throws AUTH_REQUIRED, TOO_MANY_REQUESTS or ORIGIN_REFUSED. */
  enter(request: IncomingMessage): Promise<Entry>
  /** For public routes, where nobody is asked who they are. Throws ORIGIN_REFUSED. */
  greet(request: IncomingMessage): Entry
}

const letIn = new WeakMap<IncomingMessage, Principal>()

/** Null: nobody, or nobody yet. */
export const principalOf = (request: IncomingMessage): Principal | null => letIn.get(request) ?? null

/** A gate whose `principalOf` knows who was let in. */
export function remembering(gate: Gate): Gate {
  const seen = (request: IncomingMessage, entry: Entry) => {
    letIn.set(request, entry.principal)
    return entry
  }
  return {
    cookie: gate.cookie,
    admit: (request) => gate.admit(request),
    enter: async (request) => seen(request, await gate.enter(request)),
    greet: (request) => seen(request, gate.greet(request)),
  }
}

const administrator: Principal = {
  name: 'Local administrator',
  scopes: ['organization'],
  via: 'Socket',
  address: null,
  administratorId: null,
}

/** Whoever may open the socket is the local administrator: its file has mode 0600. */
export function socketGate(cookie: SessionCookie): Gate {
  const entry: Entry = { principal: administrator, sessionId: null, recheck: async () => administrator }
  return { cookie, admit() {}, enter: async () => entry, greet: () => entry }
}

/** Whose token or session it is; null when it is not known or has ended. */
export interface Authenticators {
  authenticate(token: string): Promise<Account | null>
  /** `isUse`: a request of its own, which moves the idle end; else a look whether it is still good. */
  authenticateSession(id: string, isUse: boolean): Promise<Account | null>
}

export interface NetworkGateOptions extends Authenticators, OwnPages {
  readonly cookie: SessionCookie
  readonly failed: FailedTokens
  /** Beside loopback and the address that was called. */
  readonly hostNames: readonly string[]
}

export function networkGate(options: NetworkGateOptions): Gate {
  const { cookie, failed, authenticate, authenticateSession } = options
  const names = new Set(options.hostNames.map(bareHost))
  return {
    cookie,
    admit: (request) => checkHost(request, names),
    async enter(request) {
      const { authorization } = request.headers
      // What a caller says expressly counts more than what its browser adds.
      if (authorization === undefined) return enterBySession(request)
      const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
      if (token === undefined) throw authRequired('this needs a token')
      const address = callerAddress(request)
      // What is no token of ours costs no look into the database.
      const account = /^wb_[\w-]{1,200}$/.test(token) ? await authenticate(token) : null
      if (account === null) {
        const waitMs = failed.failed(address)
        if (waitMs > 0) throw tooManyFailures(waitMs)
        throw authRequired('the token is not known, or has ended')
      }
      return { principal: { ...account, address }, sessionId: null, recheck: () => authenticate(token) }
    },
    greet(request) {
      checkOwnPage(request, options, false)
      const principal: Principal = {
        name: 'anonymous',
        scopes: [],
        via: 'Public',
        address: callerAddress(request),
        administratorId: null,
      }
      return { principal, sessionId: cookie.read(request), recheck: async () => principal }
    },
  }

  async function enterBySession(request: IncomingMessage): Promise<Entry> {
    const sessionId = cookie.read(request)
    if (sessionId === null) throw authRequired('this needs a sign-in or a token')
    checkOwnPage(request, options, true)
    const account = await authenticateSession(sessionId, true)
    if (account === null) throw authRequired('the session is not known, or has ended')
    return {
      principal: { ...account, address: callerAddress(request) },
      sessionId,
      recheck: () => authenticateSession(sessionId, false),
    }
  }
}

const authRequired = (message: string) =>
  requestFault(
    'AUTH_REQUIRED',
    message,
    'Sign in, or send the header "Authorization: Bearer wb_…" with a token of this service.',
  )

const tooManyFailures = (waitMs: number) =>
  requestFault('TOO_MANY_REQUESTS', 'too many wrong tokens came from this address', 'Wait, and correct the token.', {
    transient: true,
    waitMs,
  })
