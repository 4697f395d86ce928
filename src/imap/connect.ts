/** From a host name to a logged-in lane. imapflow does the first part, up to the answer to the log-in. */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { ImapFlow } from 'imapflow'
import { bug, Fault } from '#base/fault.ts'
import { type Deadlines, DEADLINES } from './deadlines.ts'
import { Lane } from './lane.ts'
import { closedFault, faultOfSocket, timeoutFault, tlsRefused } from './net-faults.ts'
import { checkedAddresses, isLoopbackAddress, type OutgoingRules } from './outgoing.ts'
import { Peer } from './peer.ts'
import { faultOfRefusal } from './response-faults.ts'
import { type Attempt, inOrder, transport } from './transport.ts'

export interface ConnectOptions {
  readonly host: string
  readonly port: number
  /** `ssl`: TLS from the first byte; `tls`: STARTTLS, required. */
  readonly security: 'none' | 'ssl' | 'tls'
  readonly acceptUntrusted?: boolean
  /** Without it `none` is for this machine only. */
  readonly allowClearText?: boolean
  readonly username: string
  readonly password: string
  /** SASL authorisation id (RFC 4616): log in as `username`, act as this user. */
  readonly authzid?: string
  /** What may be connected to; left out, everything: who starts a command on this machine can reach it anyway. */
  readonly outgoing?: OutgoingRules
  readonly deadlines?: Partial<Deadlines>
}

/** Internals of imapflow that its types leave out. */
interface Inner {
  run(command: string, ...args: unknown[]): Promise<unknown>
  throttleWait(ms: number): Promise<boolean>
  byeReason?: string
}

/** Logs in. Throws a Fault that names the user and the server's words, never the password. */
export async function connectLane(options: ConnectOptions): Promise<Lane> {
  const deadlines = { ...DEADLINES, ...options.deadlines }
  const { host, port, username, password, outgoing } = options
  const peer = new Peer({ host, port, username, secrets: [password] })
  const addresses = outgoing ? await checkedAddresses(peer, outgoing, deadlines.connectMs) : null
  if (options.security === 'none' && !options.allowClearText) {
    if (!(addresses ? addresses.every(isLoopbackAddress) : await isHere(peer))) throw clearText(peer)
  }
  return inOrder(addresses, (address, attempt) => logIn(peer, options, deadlines, address, attempt))
}

async function logIn(
  peer: Peer,
  options: ConnectOptions,
  deadlines: Deadlines,
  address: string | null,
  attempt: Attempt,
): Promise<Lane> {
  const { host, port, username, password } = options
  const client = new ImapFlow({
    host,
    port,
    secure: options.security === 'ssl',
    doSTARTTLS: options.security === 'tls',
    transport: transport(peer, { ...options, address }, deadlines, attempt),
    auth: {
      user: username,
      pass: password,
      ...(options.authzid === undefined ? {} : { authzid: options.authzid, loginMethod: 'AUTH=PLAIN' }),
    },
    logger: false,
    disableAutoIdle: true,
    disableAutoEnable: true,
    disableCompression: true,
    maxLineLength: 65_536,
    maxLiteralSize: 65_536,
    maxResponseSize: 262_144,
    // Ours are shorter; these only keep imapflow from giving up first.
    connectionTimeout: deadlines.connectMs + deadlines.tlsMs + 1000,
    greetingTimeout: deadlines.greetingMs + 1000,
    socketTimeout: deadlines.loginMs + 1000,
  })
  // Comes beside the rejection of connect(), which tells the same.
  client.on('error', () => undefined)
  const inner = client as unknown as Inner
  const run = inner.run.bind(client)
  // Both go on the lane instead, together with the first LIST: round trips are what a WAN costs.
  inner.run = (command, ...args) => {
    if (command === 'ID' || command === 'NAMESPACE') return Promise.resolve({ asked: '', later: '' })
    // LOGIN knows no authorisation id: we would read or fill the administrator's own mailbox.
    if (command === 'LOGIN' && options.authzid !== undefined) {
      attempt.fault ??= noSaslPlain(peer, options.authzid)
      return Promise.reject(attempt.fault)
    }
    return run(command, ...args)
  }
  // The wait that a server asks for is the whole endpoint's, not this connection's.
  inner.throttleWait = () => Promise.resolve(false)
  let timer: NodeJS.Timeout | undefined
  attempt.greeted = () => {
    timer = setTimeout(() => {
      attempt.fault ??= timeoutFault(peer, 'we logged in', deadlines.loginMs)
      client.close()
    }, deadlines.loginMs)
  }
  try {
    await client.connect()
  } catch (thrown) {
    attempt.socket?.destroy()
    const error: ConnectError = thrown instanceof Error ? thrown : new Error('log-in failed')
    throw attempt.fault ?? loginFault(peer, options, error, inner.byeReason)
  } finally {
    clearTimeout(timer)
  }
  const capabilities = new Set(
    [...client.capabilities].map(
      ([name, value]) => `${name.toUpperCase()}${typeof value === 'number' ? `=${value}` : ''}`,
    ),
  )
  // Directly after the tagged answer to the log-in, with no compression and no IDLE: the socket is in step.
  client.unbind()
  if (!attempt.socket) throw bug('IMAP-SOCKET', 'logged in without a socket')
  return new Lane(attempt.socket, peer, capabilities, deadlines, attempt.reads)
}

interface ConnectError extends NodeJS.ErrnoException {
  readonly authenticationFailed?: boolean
  readonly serverResponseCode?: string
  readonly response?: unknown
  readonly responseText?: string
  readonly responseStatus?: string
  readonly tlsFailed?: boolean
  readonly throttleReset?: number
  readonly reason?: string
}

/** imapflow's errors hold the command, and with it the password: nothing of them is kept but the server's words. */
function loginFault(peer: Peer, options: ConnectOptions, error: ConnectError, bye: string | undefined): Fault {
  const what = `Log-in of ${peer.username}`
  const said = error.responseText ?? (typeof error.response === 'string' ? error.response : '')
  const code = (error.serverResponseCode ?? '').toUpperCase()
  // imapflow's own words come first: it calls these refusals of the server, too.
  if (error.message === 'Login is disabled') {
    return faultOfRefusal(peer, what, { status: 'NO', code: 'PRIVACYREQUIRED', text: 'log-in is disabled without TLS' })
  }
  if (/authentication mechanism|authentication method/i.test(error.message)) {
    return authFault(
      peer,
      'finds no way to log in that both sides know',
      'Switch on LOGIN or AUTHENTICATE PLAIN on the server.',
    )
  }
  if (error.authenticationFailed || error.responseStatus === 'NO' || error.code === 'ETHROTTLE') {
    return faultOfRefusal(
      peer,
      what,
      { status: 'NO', code, text: said },
      {
        fault: 'AUTH_REFUSED',
        scope: 'login',
        transient: false,
        says: 'the server refused the log-in',
        remedy: 'Check the user name and the password.',
      },
    )
  }
  if (error.tlsFailed) {
    const message =
      error.code === 'STARTTLS_INJECTION'
        ? 'something sent data in clear text before TLS was set up'
        : 'the server does not offer STARTTLS'
    if (error.code === 'STARTTLS_INJECTION' || error.code === undefined) return tlsRefused(peer, message)
  }
  if (error.code?.startsWith('Invalid') === true) {
    return authFault(
      peer,
      'holds characters that IMAP cannot carry',
      'Check the user name and the password for control characters.',
    )
  }
  const words = error.reason ?? bye
  if (words !== undefined && words !== '') {
    return faultOfRefusal(peer, what, { status: 'BYE', code: codeIn(words), text: words })
  }
  const during = options.security === 'none' ? 'we logged in' : 'we logged in over TLS'
  if (error.code === 'NoConnection' || error.code?.startsWith('ClosedAfter')) return closedFault(peer, during)
  return faultOfSocket(peer, during, {
    name: 'Error',
    message: 'log-in failed',
    ...(error.code ? { code: error.code } : {}),
  })
}

function codeIn(words: string): string {
  return /^\[([A-Z-]+)\]/i.exec(words)?.[1]?.toUpperCase() ?? ''
}

function noSaslPlain(peer: Peer, authzid: string): Fault {
  return new Fault({
    code: 'AUTH_UNSUPPORTED',
    scope: 'endpoint',
    transient: false,
    message: `${peer.place} has no AUTHENTICATE PLAIN, without which ${peer.username} cannot act for ${authzid}.`,
    remedy: 'Use a log-in template that names both, as {user}*{admin}, or switch SASL PLAIN on.',
    facts: { host: peer.host, port: peer.port, user: peer.username, actsFor: authzid },
  })
}

function authFault(peer: Peer, why: string, remedy: string): Fault {
  return new Fault({
    code: 'AUTH_UNSUPPORTED',
    scope: 'login',
    transient: false,
    message: `Log-in of ${peer.username} on ${peer.place}: it ${why}.`,
    remedy,
    facts: { host: peer.host, port: peer.port, user: peer.username },
  })
}

function clearText(peer: Peer): Fault {
  return new Fault({
    code: 'CLEAR_TEXT_REFUSED',
    scope: 'endpoint',
    transient: false,
    message: `The password of ${peer.username} would go to ${peer.place} in clear text.`,
    remedy: 'Encrypt the connection (TLS or STARTTLS), or allow passwords in clear text.',
    facts: { host: peer.host, port: peer.port, user: peer.username },
  })
}

/** True when the name means this machine and nothing else. */
async function isHere(peer: Peer): Promise<boolean> {
  if (isIP(peer.host) !== 0) return isLoopbackAddress(peer.host)
  try {
    const addresses = await lookup(peer.host, { all: true })
    return addresses.length > 0 && addresses.every(({ address }) => isLoopbackAddress(address))
  } catch (error) {
    throw faultOfSocket(peer, 'its name was looked up', error instanceof Error ? error : new Error('look-up failed'))
  }
}
