/** Connection tests of endpoints and databases: bounded in time and in number, for each one makes us knock at a door. */
import { type Clock, systemClock } from '#base/clock.ts'
import { Fault } from '#base/fault.ts'
import { sentence } from '#base/sentence.ts'
import { tooManyRequests } from '#base/request-faults.ts'
import type { Principal } from '#contract/calls.ts'
import type { ConnectionTest } from '#contract/endpoint.ts'
import { LIMITS } from '#contract/limits.ts'
import { type OutgoingRules, probeServer } from '#mailbox/imap/reach.ts'
import { imapSecurity } from './imap-security.ts'

export type TestedSettings = Pick<
  ConnectionTest['connectionSettings'],
  'remoteServer' | 'port' | 'security' | 'acceptUntrustedCertificates'
>

/** In the words of a sentence. */
export type ServerKind = 'migration server' | 'mail server'

export interface Asker {
  readonly principal: Principal
  readonly signal: AbortSignal
}

export interface ConnectionTester {
  /** Counts a test against its asker. @throws Fault TOO_MANY_REQUESTS */
  admit(principal: Principal): void
  /**
   * Connects, and answers what the server offers; admits first.
   * @throws Fault MIGRATION_SERVER_CONNECTION_FAILED, TOO_MANY_REQUESTS
   */
  test(settings: TestedSettings, asker: Asker, kind?: ServerKind): Promise<ReadonlySet<string>>
}

const TESTS = 10
const WINDOW_MS = 60_000

export function connectionTester({
  outgoing,
  clock = systemClock,
  deadlineMs = LIMITS.connectionTestMs,
}: {
  readonly outgoing: OutgoingRules
  readonly clock?: Pick<Clock, 'monotonic'>
  readonly deadlineMs?: number
}): ConnectionTester {
  const times = new Map<string, number[]>()
  const admit = ({ name }: Principal) => {
    const now = clock.monotonic()
    for (const [each, at] of times) if (at.at(-1)! <= now - WINDOW_MS) times.delete(each)
    const recent = (times.get(name) ?? []).filter((at) => at > now - WINDOW_MS)
    if (recent.length >= TESTS) {
      throw tooManyRequests(
        `${name} has tested ${TESTS} connections within a minute, which is the most.`,
        recent[0]! + WINDOW_MS - now,
      )
    }
    times.set(name, [...recent, now])
  }
  return {
    admit,
    async test(settings, { principal, signal }, kind = 'migration server') {
      admit(principal)
      const { remoteServer: host, port, security, acceptUntrustedCertificates: acceptUntrusted } = settings
      try {
        return await probeServer({
          host,
          port,
          security: imapSecurity(security),
          acceptUntrusted,
          outgoing,
          deadlineMs,
          signal,
        })
      } catch (thrown) {
        if (!(thrown instanceof Fault) || thrown.scope === 'bug') throw thrown
        throw connectionFailed(kind, settings, thrown)
      }
    },
  }
}

const ALL =
  'Check the port (993 with TLS, 143 with STARTTLS), the security mode and the certificate of the server, and the firewall in between.'

function connectionFailed(kind: ServerKind, { remoteServer, port, security }: TestedSettings, fault: Fault): Fault {
  // A test is not tried again.
  const own = /tried again/.test(fault.remedy ?? '') ? null : fault.remedy
  return new Fault({
    code: 'MIGRATION_SERVER_CONNECTION_FAILED',
    scope: 'request',
    transient: false,
    message: `The ${kind} ${remoteServer} could not be reached on port ${port} with security ${security}: ${sentence(fault.message)}`,
    remedy: [own, ALL].filter((each) => each !== null).join(' '),
    facts: { ...fault.facts, reason: fault.code },
    cause: fault,
  })
}
