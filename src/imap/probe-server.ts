/** Whether an IMAP server answers as its settings say: connection, TLS, greeting, capabilities; nobody logs in. */
import type { Socket } from 'node:net'
import { DEADLINES } from './deadlines.ts'
import { closedFault, faultOfSocket, garbledFault, notImapFault, timeoutFault, tlsRefused } from './net-faults.ts'
import { checkedAddresses, type OutgoingRules } from './outgoing.ts'
import { Peer } from './peer.ts'
import { faultOfRefusal } from './response-faults.ts'
import { type Attempt, inOrder, transport } from './transport.ts'

export interface ProbeOptions {
  readonly host: string
  readonly port: number
  readonly security: 'none' | 'ssl' | 'tls'
  readonly acceptUntrusted: boolean
  readonly outgoing: OutgoingRules
  /** For all of it together. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/** What is under way, for the message when time is up. */
interface Course {
  during: string
  socket: Socket | null
}

/** Answers what the server offers after TLS. Throws a Fault that says what failed; what is no IMAP is never quoted. */
export async function probeServer(options: ProbeOptions): Promise<ReadonlySet<string>> {
  const { host, port, deadlineMs, signal } = options
  signal.throwIfAborted()
  const peer = new Peer({ host, port, username: 'nobody', secrets: [] })
  const course: Course = { during: 'its name was looked up', socket: null }
  const over = new AbortController()
  const ended = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(timeoutFault(peer, course.during, deadlineMs)), deadlineMs)
    const gone = () => reject(signal.reason as Error)
    signal.addEventListener('abort', gone, { once: true })
    over.signal.addEventListener('abort', () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', gone)
    })
  })
  const probing = probe(peer, options, course)
  probing.catch(() => undefined)
  try {
    return await Promise.race([probing, ended])
  } finally {
    over.abort()
    course.socket?.destroy()
  }
}

async function probe(peer: Peer, options: ProbeOptions, course: Course): Promise<ReadonlySet<string>> {
  const addresses = await checkedAddresses(peer, options.outgoing, 2 * options.deadlineMs)
  // Of several addresses none may use up the time of the others; all else is ended by the caller's clock.
  const ms = 2 * options.deadlineMs
  const deadlines = { ...DEADLINES, connectMs: ms / 2 / addresses.length, tlsMs: ms, greetingMs: ms }
  return inOrder(addresses, async (address, attempt) => {
    const made = transport(peer, { ...options, address }, deadlines, attempt)
    const where = { host: peer.host, port: peer.port }
    course.during = 'we connected'
    const waiting = 'we waited for the greeting (a port that speaks TLS from the first byte on stays silent to others)'
    made.connect({ ...where, secure: options.security === 'ssl' }, () => {
      course.during = options.security === 'ssl' ? 'we waited for the greeting' : waiting
    })
    let talk = new Talk(peer, attempt, course)
    attempt.socket!.once('connect', () => {
      if (options.security === 'ssl') course.during = 'TLS was set up'
    })
    const greeting = await talk.line()
    if (/^\* BYE/i.test(greeting)) throw refused(peer, 'BYE', greeting.slice(6))
    let offers = await talk.capabilities()
    if (options.security === 'tls') {
      if (!offers.has('STARTTLS')) throw tlsRefused(peer, 'the server does not offer STARTTLS')
      await talk.command('STARTTLS')
      talk.leave()
      course.during = 'TLS was set up'
      const secured = Promise.withResolvers<void>()
      made.upgrade!(attempt.socket!, where, () => secured.resolve())
      talk = new Talk(peer, attempt, course)
      await Promise.race([secured.promise, talk.broken])
      offers = await talk.capabilities()
    }
    if (offers.has('LOGINDISABLED')) throw refused(peer, 'NO', '[PRIVACYREQUIRED] log-in is disabled without TLS')
    attempt.socket!.end('w9 LOGOUT\r\n')
    return offers
  })
}

function refused(peer: Peer, status: 'NO' | 'BAD' | 'BYE', words: string) {
  const [, code = '', text = ''] = /^\s*(?:\[([A-Z-]+)[^\]]*\])?(.*)$/is.exec(words) ?? []
  return faultOfRefusal(peer, 'A first contact', { status, code: code.toUpperCase(), text: text.trim() })
}

const MOST_BYTES = 65_536

/** Lines of one connection: few, short, one command at a time. */
class Talk {
  /** Rejects when the connection ends. */
  readonly broken: Promise<never>
  readonly #peer: Peer
  readonly #socket: Socket
  readonly #course: Course
  #received = ''
  #total = 0
  #tags = 0
  #wake: () => void = () => undefined

  constructor(peer: Peer, attempt: Attempt, course: Course) {
    this.#peer = peer
    this.#course = course
    const socket = attempt.socket!
    this.#socket = course.socket = socket
    this.broken = new Promise((_, reject) => {
      let error: Error | null = null
      socket.on('error', (thrown) => (error = thrown))
      socket.once('end', () => socket.destroy())
      socket.once('close', () => {
        const { during } = course
        reject(attempt.fault ?? (error ? faultOfSocket(peer, during, error) : closedFault(peer, during)))
      })
    })
    this.broken.catch(() => undefined)
    socket.on('data', this.#take)
  }

  readonly #take = (chunk: Buffer): void => {
    this.#received += chunk.toString('latin1')
    this.#total += chunk.length
    this.#wake()
  }

  /** @throws Fault TLS_REFUSED when something was said that TLS should have protected */
  leave(): void {
    this.#socket.off('data', this.#take)
    if (this.#received !== '') throw tlsRefused(this.#peer, 'something sent data in clear text before TLS was set up')
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#received.indexOf('\n')
      if (this.#total > MOST_BYTES) throw garbledFault(this.#peer, 'it says more than we asked for')
      if (end >= 0) {
        const line = this.#received.slice(0, end).replace(/\r$/, '')
        this.#received = this.#received.slice(end + 1)
        return line
      }
      const more = Promise.withResolvers<void>()
      this.#wake = more.resolve
      await Promise.race([more.promise, this.broken])
    }
  }

  /** The untagged lines before the answer. */
  async command(text: string): Promise<string[]> {
    this.#course.during = `we waited for the answer to ${text}`
    const tag = `w${++this.#tags}`
    this.#socket.write(`${tag} ${text}\r\n`)
    const lines: string[] = []
    for (;;) {
      const line = await this.line()
      const answer = /^(\w+) (OK|NO|BAD)\b(.*)/i.exec(line)
      if (answer?.[1] !== tag) lines.push(line)
      else if (answer[2]!.toUpperCase() === 'OK') return lines
      else throw refused(this.#peer, answer[2]!.toUpperCase() as 'NO' | 'BAD', answer[3]!)
    }
  }

  async capabilities(): Promise<ReadonlySet<string>> {
    const lines = await this.command('CAPABILITY')
    const told = lines.flatMap((line) => /^\* CAPABILITY (.*)/i.exec(line)?.[1]?.toUpperCase().split(' ') ?? [])
    const offers = new Set(told)
    if (!offers.has('IMAP4REV1') && !offers.has('IMAP4REV2')) throw notImapFault(this.#peer)
    return offers
  }
}
