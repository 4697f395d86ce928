/** Who asks. The socket is for the local administrator, TCP for whoever brings a token (architecture.md §6.2, §6.3). */
import type { IncomingMessage } from 'node:http'
import type { Account, Principal } from '#contract/calls.ts'
import { callerAddress } from './caller-address.ts'
import type { FailedTokens } from './failed-tokens.ts'
import { bareHost, checkHost } from './host-check.ts'
import { requestFault } from './request-fault.ts'

export interface Entry {
  readonly principal: Principal
  /** Who it is now; null when the token has ended since. */
  recheck(): Promise<Account | null>
}

export interface Gate {
  /** Throws a Fault for who may not even ask. */
  admit(request: IncomingMessage): void
  /** Throws AUTH_REQUIRED or TOO_MANY_REQUESTS. */
  enter(request: IncomingMessage): Promise<Entry>
}

const administrator: Principal = {
  name: 'Local administrator',
  scopes: ['organization'],
  via: 'Socket',
  address: null,
}

/** Whoever may open the socket is the local administrator: its file has mode 0600. */
export const socketGate: Gate = {
  admit() {},
  async enter() {
    return { principal: administrator, recheck: async () => administrator }
  },
}

export interface TokenGateOptions {
  authenticate(token: string): Promise<Account | null>
  readonly failed: FailedTokens
  /** Beside loopback and the address that was called. */
  readonly hostNames: readonly string[]
}

export function tokenGate({ authenticate, failed, hostNames }: TokenGateOptions): Gate {
  const names = new Set(hostNames.map(bareHost))
  return {
    admit: (request) => checkHost(request, names),
    async enter(request) {
      const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
      if (token === undefined) throw authRequired('this needs a token')
      const address = callerAddress(request)
      // What is no token of ours costs no look into the database.
      const account = /^wb_[\w-]{1,200}$/.test(token) ? await authenticate(token) : null
      if (account === null) {
        const waitMs = failed.failed(address)
        if (waitMs > 0) throw tooManyFailures(waitMs)
        throw authRequired('the token is not known, or has ended')
      }
      return { principal: { ...account, address }, recheck: () => authenticate(token) }
    },
  }
}

const authRequired = (message: string) =>
  requestFault('AUTH_REQUIRED', message, 'Send the header "Authorization: Bearer wb_…" with a token of this service.')

const tooManyFailures = (waitMs: number) =>
  requestFault('TOO_MANY_REQUESTS', 'too many wrong tokens came from this address', 'Wait, and correct the token.', {
    transient: true,
    waitMs,
  })
