/**
 * The sockets under imapflow: one deadline per step, TLS 1.2 or newer, the name checked, and a first look at the
 * greeting, so that what is no IMAP server is named as such and never quoted.
 */
import { isIP, connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ImapTransport } from 'imapflow'
import { bug, type Fault } from '#base/fault.ts'
import type { Deadlines } from './deadlines.ts'
import { faultOfSocket, notImapFault, preauthFault, timeoutFault } from './net-faults.ts'
import type { OutgoingRules } from './outgoing.ts'
import type { Peer } from './peer.ts'
import { ReadBuffer } from './read-buffer.ts'

export interface Attempt {
  /** What ended it, when one of our own checks did: they know better than imapflow. */
  fault: Fault | null
  /** Called when the greeting came. */
  greeted: () => void
  /** The outermost socket: with TLS the one that encrypts. */
  socket: Socket | null
  /** What that socket reads into; null after STARTTLS. */
  reads: ReadBuffer | null
  /** True when something took the connection: from then on a failure is its own. */
  connected: boolean
}

/** Tries checked addresses one after the other until one takes the connection; null: whatever the name leads to. */
export async function inOrder<T>(
  addresses: readonly string[] | null,
  open: (address: string | null, attempt: Attempt) => Promise<T>,
): Promise<T> {
  const left: (string | null)[] = [...(addresses ?? [null])]
  for (;;) {
    const attempt: Attempt = { fault: null, greeted: () => undefined, socket: null, reads: null, connected: false }
    const address = left.shift() ?? null
    try {
      return await open(address, attempt)
    } catch (thrown) {
      if (attempt.connected || left.length === 0) throw thrown
    }
  }
}

export function transport(
  peer: Peer,
  how: {
    readonly security: 'none' | 'ssl' | 'tls'
    readonly acceptUntrusted?: boolean
    /** Where to connect to, in place of what the name leads to; the name is still what the certificate must be for. */
    readonly address?: string | null
    readonly outgoing?: OutgoingRules
  },
  deadlines: Deadlines,
  attempt: Attempt,
): ImapTransport {
  const tlsOptions = {
    host: peer.host,
    rejectUnauthorized: how.acceptUntrusted !== true,
    minVersion: 'TLSv1.2' as const,
    ...(isIP(peer.host) === 0 ? { servername: peer.host } : {}),
  }
  const give = (socket: Socket, fault: Fault) => {
    attempt.fault ??= fault
    // Without an error imapflow would wait for its own deadline.
    socket.destroy(attempt.fault)
  }
  const within = (socket: Socket, ms: number, during: string, done: string) => {
    const timer = setTimeout(() => give(socket, timeoutFault(peer, during, ms)), ms)
    const failed = (error: NodeJS.ErrnoException) => {
      attempt.fault ??= faultOfSocket(peer, during, error)
    }
    socket.once('error', failed)
    socket.once('close', () => clearTimeout(timer))
    socket.once(done, () => {
      clearTimeout(timer)
      socket.off('error', failed)
    })
  }
  const greet = (socket: Socket) => {
    // A port that speaks TLS from the first byte is silent to who waits for a greeting in clear text.
    const hint = how.security === 'ssl' ? '' : ' (a TLS port stays silent: its address begins with imaps://)'
    within(socket, deadlines.greetingMs, `we waited for the greeting${hint}`, 'data')
    socket.once('data', (chunk: Buffer) => {
      attempt.greeted()
      // Logged in as somebody whom we did not name: whose mail would that be?
      if (/^\* PREAUTH/i.test(chunk.toString('latin1', 0, 9))) give(socket, preauthFault(peer))
      if (!/^\* (?:OK|PREAUTH|BYE)[ \r\n]/i.test(chunk.toString('latin1', 0, 16))) give(socket, notImapFault(peer))
    })
  }
  const made: ImapTransport = {
    connect(options, onConnect) {
      const ready = () => {
        onConnect()
        greet(socket)
      }
      const reads = new ReadBuffer()
      const plain = { host: how.address ?? peer.host, port: peer.port, noDelay: true }
      let socket: Socket
      if (options.secure) {
        // Node ignores onread where a socket is given.
        const secure = { ...tlsOptions, ...plain, onread: reads.onread }
        socket = connectTls(secure, ready)
        socket.once('connect', () => within(socket, deadlines.tlsMs, 'TLS was set up', 'secureConnect'))
      } else {
        // Before STARTTLS the plain socket must not have a reader of its own: TLS takes its place.
        socket = connectTcp(how.security === 'none' ? { ...plain, onread: reads.onread } : plain)
        socket.once('connect', ready)
      }
      socket.once('connect', () => {
        attempt.connected = true
        how.outgoing?.connected?.(socket.localAddress ?? '')
      })
      within(socket, deadlines.connectMs, 'we connected', 'connect')
      attempt.socket = reads.socket = socket
      attempt.reads = how.security === 'tls' ? null : reads
      return socket
    },
    upgrade(_plain, _options, onSecure) {
      if (!attempt.socket) throw bug('IMAP-UPGRADE', 'STARTTLS without a socket')
      const socket = connectTls({ ...tlsOptions, socket: attempt.socket }, onSecure)
      within(socket, deadlines.tlsMs, 'TLS was set up', 'secureConnect')
      attempt.socket = socket
      return socket
    },
  }
  return made
}
