import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { createServer as createTlsServer, createSecureContext } from 'node:tls'
import type { PlannedFolder } from '#test/worlds/messages.ts'
import { selfSigned } from '../certificate.ts'
import type { Faults } from './faults.ts'
import { Session } from './session.ts'
import type { Shared } from './session.ts'
import { SmallMailbox } from './store.ts'

export interface SmallImapOptions {
  /** Log-in name to password and mail; names are taken as they are. Default one user `user` with password `pass`. */
  readonly users?: Readonly<Record<string, { readonly password: string; readonly folders?: readonly PlannedFolder[] }>>
  /** Administrators who log in as `<user>*<admin>`, or by SASL PLAIN with an authorisation id. */
  readonly masters?: Readonly<Record<string, string>>
  /** Replaces the default capabilities; what is not named is really not there. */
  readonly capabilities?: readonly string[]
  /** Taken from the default capabilities. */
  readonly without?: readonly string[]
  /** Default `/`. */
  readonly separator?: string
  /** Default none; Courier has `INBOX.`. */
  readonly prefix?: string
  /** Wire name to attribute, e.g. `{ Sent: '\\Sent' }`. */
  readonly specialUse?: Readonly<Record<string, string>>
  /** Default: all system flags and `\*`. */
  readonly permanentFlags?: string
  readonly appendLimit?: number
  /** Refuses log-in before TLS (LOGINDISABLED), as public servers do; Dovecot cannot be made to on loopback. */
  readonly requireTls?: boolean
  readonly faults?: Faults
}

export interface SmallImap extends AsyncDisposable {
  readonly host: '127.0.0.1'
  /** Clear text and STARTTLS. */
  readonly port: number
  readonly tlsPort: number
  /** PEM, for localhost and 127.0.0.1. */
  readonly certificate: string
  readonly mailboxes: ReadonlyMap<string, SmallMailbox>
  /** May be changed at any time. */
  faults: Faults
  /** What the server took for commands, e.g. `1 UID FETCH 1:5 (FLAGS)`: session, verb, arguments; no passwords. */
  readonly commands: readonly string[]
  /** Closes every connection at once, as a crash would. */
  dropAll(): void
  /** How many connections are open. */
  connections(): number
  /** Fulfilled when all late commits that were due have been done. */
  settled(): Promise<void>
}

export const defaultCapabilities: readonly string[] =
  'SASL-IR STARTTLS ID ENABLE NAMESPACE CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE UNSELECT UIDPLUS MULTIAPPEND LITERAL+ CONDSTORE'.split(
    ' ',
  )

/** A small IMAP server of our own, in this process and in memory, that can be told to misbehave. */
export async function startSmallImap(options: SmallImapOptions = {}): Promise<SmallImap> {
  const space = { prefix: options.prefix ?? '', separator: options.separator ?? '/' }
  const mailboxes = new Map<string, SmallMailbox>()
  for (const [name, { password, folders = [] }] of Object.entries(options.users ?? { user: { password: 'pass' } })) {
    const mailbox = new SmallMailbox(password, space)
    mailbox.fill(folders)
    mailboxes.set(name, mailbox)
  }
  const certificate = selfSigned()
  const told = options.capabilities ?? defaultCapabilities.filter((name) => options.without?.includes(name) !== true)
  const shared: Shared = {
    mailboxes,
    masters: options.masters ?? {},
    capabilities: new Set(told),
    specialUse: options.specialUse ?? {},
    permanentFlags: options.permanentFlags ?? '\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*',
    requireTls: options.requireTls === true,
    appendLimit: options.appendLimit ?? null,
    secure: createSecureContext(certificate),
    faults: options.faults ?? {},
    commands: [],
    counts: new Map(),
    late: [],
  }
  const sockets = new Set<Socket>()
  let sessions = 0
  const serve = (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    void new Session(socket, shared, ++sessions).run()
  }
  const clear = createServer(serve)
  const secure = createTlsServer(certificate, serve)
  const [port, tlsPort] = await Promise.all([listen(clear), listen(secure)])
  const dropAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    certificate: certificate.cert,
    mailboxes,
    get faults() {
      return shared.faults
    },
    set faults(faults) {
      shared.faults = faults
    },
    commands: shared.commands,
    dropAll,
    connections: () => sockets.size,
    async settled() {
      await Promise.all(shared.late)
    },
    async [Symbol.asyncDispose]() {
      dropAll()
      await Promise.all([clear, secure].map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(address !== null && typeof address === 'object' ? address.port : 0)
    })
  })
}
