/** What the network, DNS and TLS report, as Faults. */
import { Fault } from '#base/fault.ts'
import type { Peer } from './peer.ts'

interface Line {
  readonly test: RegExp
  readonly fault: string
  readonly transient: boolean
  readonly says: string
  readonly remedy: string
}

const accept = 'accept certificates that nobody vouches for, if you know the server'

/** Against `code` and, for OpenSSL, the message of the error; the first line that fits counts. */
const lines: readonly Line[] = [
  {
    test: /^ENOTFOUND\b/,
    fault: 'HOST_NOT_FOUND',
    transient: false,
    says: 'there is no host of this name',
    remedy: 'Check the name of the server.',
  },
  {
    test: /^EAI_AGAIN\b/,
    fault: 'HOST_NOT_FOUND',
    transient: true,
    says: 'the name could not be looked up',
    remedy: 'Check the name servers of this machine.',
  },
  {
    test: /^ECONNREFUSED\b/,
    fault: 'CONNECT_REFUSED',
    transient: true,
    says: 'nothing listens on this port',
    remedy: 'Check the port and that the server runs.',
  },
  {
    test: /^(?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b/,
    fault: 'CONNECT_TIMEOUT',
    transient: true,
    says: 'the server cannot be reached',
    remedy: 'Check the network and the firewall between this machine and the server.',
  },
  {
    test: /^(?:ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)\b/,
    fault: 'CERTIFICATE_REFUSED',
    transient: false,
    says: 'its certificate is for another name',
    remedy: `Name the server as its certificate does, or ${accept}.`,
  },
  {
    test: /^CERT_HAS_EXPIRED\b/,
    fault: 'CERTIFICATE_REFUSED',
    transient: false,
    says: 'its certificate has expired',
    remedy: `Renew it on the server, or ${accept}.`,
  },
  {
    test: /^(?:DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED)/,
    fault: 'CERTIFICATE_REFUSED',
    transient: false,
    says: 'its certificate is signed by itself or by an authority that this machine does not know',
    remedy: `Install one that an authority has signed, name yours in NODE_EXTRA_CA_CERTS, or ${accept}.`,
  },
  {
    test: /^(?:CERT_|UNABLE_TO_|ERR_TLS_CERT|INVALID_CA|PATH_LENGTH)/,
    fault: 'CERTIFICATE_REFUSED',
    transient: false,
    says: 'its certificate is not trusted',
    remedy: `Install a certificate that fits the name of the server, or ${accept}.`,
  },
  {
    test: /^ERR_SSL_WRONG_VERSION_NUMBER\b/,
    fault: 'TLS_REFUSED',
    transient: false,
    says: 'this port does not speak TLS from the first byte on',
    remedy: 'Use STARTTLS, or the port that speaks TLS from the first byte on, usually 993.',
  },
  {
    test: /^(?:ERR_SSL_|EPROTO\b|ERR_TLS_|UPGRADE_TIMEOUT)/,
    fault: 'TLS_REFUSED',
    transient: false,
    says: 'no encrypted connection could be made',
    remedy:
      'Check that the encryption (none, TLS, STARTTLS) fits the port, and that the server offers TLS 1.2 or newer.',
  },
]

function firstOf(error: Error): NodeJS.ErrnoException | null {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : null
  return first instanceof Error ? first : null
}

/** A failed or broken connection. `during` ends the sentence `… while `. */
export function faultOfSocket(peer: Peer, during: string, error: NodeJS.ErrnoException): Fault {
  const inner = firstOf(error)
  const code = error.code ?? inner?.code ?? ''
  const line = lines.find(({ test }) => test.test(code))
  // What speaks for itself does not need to be told when it happened.
  const when = line === undefined || line.fault === 'CONNECT_TIMEOUT' ? ` while ${during}` : ''
  return new Fault({
    code: line?.fault ?? 'NET_CLOSED',
    scope: 'endpoint',
    transient: line?.transient ?? true,
    message: `${peer.place}: ${line?.says ?? 'the connection was lost'}${when} (${peer.words(code || error.message)}).`,
    remedy: line?.remedy ?? 'Nothing to do: it is tried again.',
    facts: { host: peer.host, port: peer.port, user: peer.username, error: peer.words(code) },
  })
}

export function closedFault(peer: Peer, during: string): Fault {
  return new Fault({
    code: 'NET_CLOSED',
    scope: 'endpoint',
    transient: true,
    message: `${peer.place}: the server closed the connection while ${during}.`,
    remedy: 'Nothing to do: it is tried again.',
    facts: { host: peer.host, port: peer.port, user: peer.username },
  })
}

export function timeoutFault(peer: Peer, during: string, ms: number): Fault {
  return new Fault({
    code: 'NET_TIMEOUT',
    scope: 'endpoint',
    transient: true,
    message: `${peer.place}: no answer for ${Math.round(ms / 100) / 10} s while ${during}.`,
    remedy: 'Look at the load of the server and at the network if it stays so.',
    facts: { host: peer.host, port: peer.port, user: peer.username, waitedMs: ms },
  })
}

/** The server answered what RFC 9051 does not allow; what it said is never quoted, it may be anything. */
export function garbledFault(peer: Peer, what: string): Fault {
  return new Fault({
    code: 'SERVER_GARBLED',
    scope: 'endpoint',
    transient: true,
    message: `${peer.place} does not keep to IMAP: ${what}.`,
    remedy: 'Look for a proxy or filter between this machine and the server; report this if there is none.',
    facts: { host: peer.host, port: peer.port, user: peer.username },
  })
}

export function preauthFault(peer: Peer): Fault {
  return new Fault({
    code: 'AUTH_NOT_ASKED',
    scope: 'endpoint',
    transient: false,
    message: `${peer.place} takes us for somebody without asking (PREAUTH); ${peer.username} cannot log in there.`,
    remedy: 'Use a port on which the server asks for a user name and a password.',
    facts: { host: peer.host, port: peer.port, user: peer.username },
  })
}

export function notImapFault(peer: Peer): Fault {
  return new Fault({
    code: 'NOT_IMAP',
    scope: 'endpoint',
    transient: false,
    message: `${peer.place} is not an IMAP server.`,
    remedy: 'Check the host and the port; on port 993 servers speak TLS from the first byte on.',
    facts: { host: peer.host, port: peer.port },
  })
}

export function tlsRefused(peer: Peer, why: string): Fault {
  return new Fault({
    code: 'TLS_REFUSED',
    scope: 'endpoint',
    transient: false,
    message: `${peer.place}: no encrypted connection could be made: ${why}.`,
    remedy: 'Check that the encryption (none, TLS, STARTTLS) fits the port; there is no falling back to clear text.',
    facts: { host: peer.host, port: peer.port },
  })
}
