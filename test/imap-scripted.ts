/** A server that says what a test tells it to say: lies, floods, silences and attacks. */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** One connection, as its script sees it. */
export class Script {
  readonly socket: Socket
  #buffer: Buffer = Buffer.alloc(0)
  #ended = false
  #wake: (() => void) | null = null
  /** Every byte received, as latin1. */
  received = ''

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1')
      this.#buffer = Buffer.concat([this.#buffer, chunk])
      this.#wake?.()
    })
    const over = () => {
      this.#ended = true
      this.#wake?.()
    }
    socket.on('end', over)
    socket.on('close', over)
  }

  say(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
  }

  /** The next line without CRLF; null when the client has gone. */
  async line(): Promise<string | null> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n')
      if (end >= 0) {
        const text = this.#buffer.toString('latin1', 0, end)
        this.#buffer = this.#buffer.subarray(end + 2)
        return text
      }
      if (!(await this.#more())) return null
    }
  }

  /** Exactly so many bytes; null when the client has gone before. */
  async bytes(count: number): Promise<Buffer | null> {
    while (this.#buffer.length < count) if (!(await this.#more())) return null
    const bytes = this.#buffer.subarray(0, count)
    this.#buffer = this.#buffer.subarray(count)
    return bytes
  }

  /** A command, literals swallowed and, where they wait for leave, given it. The tag and the rest. */
  async command(): Promise<{ tag: string; text: string } | null> {
    let text = ''
    for (;;) {
      const line = await this.line()
      if (line === null) return null
      text += line
      const literal = /\{(\d+)(\+?)\}$/.exec(line)
      if (!literal) break
      if (literal[2] === '') this.say('+ go\r\n')
      if ((await this.bytes(Number(literal[1]))) === null) return null
    }
    const blank = text.indexOf(' ')
    return { tag: text.slice(0, blank), text: text.slice(blank + 1) }
  }

  /** Greets, takes any log-in and the lane's first NOOP. */
  async login(capabilities: string): Promise<void> {
    this.say(`* OK [CAPABILITY IMAP4rev1] hello\r\n`)
    const login = await this.command()
    if (!login) return
    this.say(`${login.tag} OK [CAPABILITY IMAP4rev1 ${capabilities}] welcome\r\n`)
    const noop = await this.command()
    if (noop) this.say(`${noop.tag} OK\r\n`)
  }

  /** Resolves when the client has ended its side. */
  async gone(): Promise<void> {
    while (!this.#ended) await this.#more()
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = null
    return true
  }
}

export interface ScriptedServer extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly scripts: readonly Script[]
}

/** Runs `play` for every connection; what it throws is thrown when the server is disposed of. */
export async function scripted(play: (script: Script, index: number) => Promise<void>): Promise<ScriptedServer> {
  const scripts: Script[] = []
  const failures: unknown[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const script = new Script(socket)
    scripts.push(script)
    play(script, scripts.length - 1).catch((error: unknown) => failures.push(error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    host: '127.0.0.1',
    port: address.port,
    scripts,
    async [Symbol.asyncDispose]() {
      for (const { socket } of scripts) socket.destroy()
      server.close()
      await once(server, 'close')
      if (failures.length > 0) throw failures[0]
    },
  }
}
