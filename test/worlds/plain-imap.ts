import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { quoted } from './modified-utf7.ts'

export interface Login {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** TLS from the first byte, with any certificate. */
  readonly tls?: boolean
}

/** One untagged answer: its text with each literal as `{n}`, and the literals in their order. */
export interface Answer {
  readonly text: string
  readonly literals: readonly Buffer[]
}

export interface Outcome {
  readonly status: 'OK' | 'NO' | 'BAD'
  /** The text after the status, response code included. */
  readonly text: string
  readonly answers: readonly Answer[]
}

/** The simplest IMAP client that can be trusted: one command at a time, everything in memory, nothing of the product's. */
export class PlainImap implements AsyncDisposable {
  readonly #socket: Socket
  readonly #chunks: AsyncIterator<Buffer>
  #buffer: Buffer = Buffer.alloc(0)
  #tag = 0

  constructor(socket: Socket) {
    this.#socket = socket
    this.#chunks = socket[Symbol.asyncIterator]()
  }

  /** Connects and logs in; throws with the server's words when it is refused. */
  static async login(login: Login): Promise<PlainImap> {
    const client = await PlainImap.connect(login)
    await client.must(`LOGIN ${quoted(login.user)} ${quoted(login.password)}`)
    return client
  }

  /** Connects and reads the greeting. */
  static async connect(login: Pick<Login, 'host' | 'port' | 'tls'>): Promise<PlainImap> {
    const { host, port } = login
    const socket = login.tls === true ? connectTls({ host, port, rejectUnauthorized: false }) : connect({ host, port })
    socket.setNoDelay(true)
    const client = new PlainImap(socket)
    const greeting = await client.#answer()
    if (!/^\* (OK|PREAUTH)/.test(greeting.text)) throw new Error(`no IMAP greeting: ${greeting.text}`)
    return client
  }

  /** Sends one command; a Buffer goes as a literal: LITERAL+ (RFC 7888) with `sync` false, else after a `+`. */
  async command(parts: string | readonly (string | Buffer)[], sync = true): Promise<Outcome> {
    const tag = `T${++this.#tag}`
    let line = `${tag} `
    for (const part of typeof parts === 'string' ? [parts] : parts) {
      if (typeof part === 'string') {
        line += part
        continue
      }
      this.#socket.write(`${line}{${part.length}${sync ? '' : '+'}}\r\n`)
      line = ''
      if (sync) {
        const refused = await this.#until(tag, true)
        if (refused !== null) return refused
      }
      this.#socket.write(part)
    }
    this.#socket.write(`${line}\r\n`)
    const outcome = await this.#until(tag, false)
    if (outcome === null) throw new Error('a continuation where none was asked for')
    return outcome
  }

  /** As `command`, but anything else than OK throws. */
  async must(parts: string | readonly (string | Buffer)[], sync = true): Promise<Outcome> {
    const outcome = await this.command(parts, sync)
    if (outcome.status === 'OK') return outcome
    const shown = typeof parts === 'string' ? parts : parts.filter((part) => typeof part === 'string').join('')
    throw new Error(`${shown.replace(/^(LOGIN \S+).*/, '$1 …').slice(0, 200)}: ${outcome.status} ${outcome.text}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#socket.destroyed) {
      this.#socket.on('error', () => {})
      this.#socket.end('Z LOGOUT\r\n')
    }
    this.#socket.destroy()
  }

  /** Reads to the tagged answer; null means `+` came first, where that is wanted. */
  async #until(tag: string, plus: boolean): Promise<Outcome | null> {
    const answers: Answer[] = []
    for (;;) {
      const answer = await this.#answer()
      if (plus && answer.text.startsWith('+')) return null
      const end = /^(\S+) (OK|NO|BAD) ?(.*)$/s.exec(answer.text)
      if (end?.[1] !== tag) answers.push(answer)
      else return { status: end[2] === 'OK' ? 'OK' : end[2] === 'NO' ? 'NO' : 'BAD', text: end[3] ?? '', answers }
    }
  }

  async #answer(): Promise<Answer> {
    const literals: Buffer[] = []
    let text = ''
    for (;;) {
      const line = await this.#line()
      text += line
      const size = /\{(\d+)\}$/.exec(line)?.[1]
      if (size === undefined) return { text, literals }
      await this.#fill(Number(size))
      literals.push(Buffer.from(this.#buffer.subarray(0, Number(size))))
      this.#buffer = this.#buffer.subarray(Number(size))
    }
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#buffer.toString('latin1', 0, end)
        this.#buffer = this.#buffer.subarray(end + 2)
        return line
      }
      await this.#fill(this.#buffer.length + 1)
    }
  }

  async #fill(bytes: number): Promise<void> {
    const parts = [this.#buffer]
    let total = this.#buffer.length
    while (total < bytes) {
      const next = await this.#chunks.next().catch(() => ({ done: true, value: undefined }) as const)
      if (next.done === true) throw new Error('the server closed the connection')
      parts.push(next.value)
      total += next.value.length
    }
    if (parts.length > 1) this.#buffer = Buffer.concat(parts)
  }
}
