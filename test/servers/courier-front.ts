/**
 * Courier's log-in, in place of couriertcpd and authdaemond, which know only fixed paths: greets, checks the password, and
 * hands the connection to Courier's own imapd, which does all the rest. Runs as the leader of its instance's processes;
 * its argument is a JSON file that `startCourier` wrote.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { Args } from './small-imap/syntax.ts'

export interface FrontConfig {
  readonly port: number
  readonly imapd: string
  readonly libraries: string
  readonly capability: string
  /** Who owns the mail; we ourselves may be root. */
  readonly uid: number
  readonly gid: number
  readonly users: Readonly<Record<string, { readonly password: string; readonly home: string }>>
}

if (import.meta.main) {
  const config: FrontConfig = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => greet(socket, config))
  server.on('error', (error) => {
    console.error(error.message)
    process.exit(1)
  })
  server.listen(config.port, '127.0.0.1')
}

function greet(socket: Socket, config: FrontConfig): void {
  socket.on('error', () => socket.destroy())
  socket.write(`* OK [CAPABILITY ${config.capability} AUTH=PLAIN] Courier-IMAP ready.\r\n`)
  let waiting: string | null = null
  let heard = ''
  const hear = (chunk: Buffer) => {
    heard += chunk.toString('latin1')
    for (let end = heard.indexOf('\n'); end >= 0; end = heard.indexOf('\n')) {
      const line = heard.slice(0, end).replace(/\r$/, '')
      heard = heard.slice(end + 1)
      const [, tag = '*', verb = '', rest = ''] =
        waiting === null ? (/^(\S+) +(\S+)(.*)$/.exec(line) ?? []) : ['', waiting, 'PLAIN', line]
      const word = verb.toUpperCase()
      const args = new Args(rest, [])
      waiting = null
      if (word === 'LOGIN' || word === 'PLAIN' || (word === 'AUTHENTICATE' && args.word()?.toUpperCase() === 'PLAIN')) {
        const [name, password] = word === 'LOGIN' ? [args.string(), args.string()] : fromPlain(args.word())
        if (name === undefined) {
          waiting = tag
          socket.write('+ \r\n')
          continue
        }
        const user = config.users[name ?? '']
        if (user !== undefined && Buffer.from(password ?? '', 'latin1').toString() === user.password) {
          socket.off('data', hear)
          handOver(socket, config, { tag, name: name ?? '', home: user.home, first: Buffer.from(heard, 'latin1') })
          return
        }
        socket.write(`${tag} NO Login failed.\r\n`)
      } else if (word === 'CAPABILITY')
        socket.write(`* CAPABILITY ${config.capability} AUTH=PLAIN\r\n${tag} OK done\r\n`)
      else if (word === 'NOOP') socket.write(`${tag} OK done\r\n`)
      else if (word === 'LOGOUT') socket.end(`* BYE bye\r\n${tag} OK done\r\n`)
      else socket.write(`${tag} BAD log in first\r\n`)
    }
  }
  socket.on('data', hear)
  socket.on('end', () => socket.end())
}

/** RFC 4616; undefined when the answer is still to come. */
function fromPlain(response: string | null): [string, string] | [undefined, undefined] {
  if (response === null) return [undefined, undefined]
  const [, name = '', password = ''] = Buffer.from(response, 'base64').toString('latin1').split('\0')
  return [name, password]
}

function handOver(
  socket: Socket,
  config: FrontConfig,
  login: { tag: string; name: string; home: string; first: Buffer },
): void {
  const env = {
    PATH: '/usr/bin:/bin',
    LD_LIBRARY_PATH: config.libraries,
    IMAP_CAPABILITY: config.capability,
    IMAP_KEYWORDS: '1',
    // A killed imapd would leave its dot-lock behind, for which the next one waits a quarter of an hour.
    IMAP_USELOCKS: '0',
    IMAP_ENHANCEDIDLE: '0',
    IMAP_UMASK: '022',
    PROTOCOL: 'IMAP',
    AUTHENTICATED: login.name,
    IMAPLOGINTAG: login.tag,
    TCPREMOTEIP: '127.0.0.1',
    TCPREMOTEPORT: String(socket.remotePort ?? 0),
    HOME: login.home,
  }
  const child = spawn(config.imapd, ['Maildir'], {
    cwd: login.home,
    env,
    uid: config.uid,
    gid: config.gid,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.on('error', () => {})
  child.stdout.pipe(socket)
  child.stdin.write(login.first)
  socket.pipe(child.stdin)
  socket.on('close', () => child.stdin.destroy())
  child.on('exit', () => socket.end())
}
