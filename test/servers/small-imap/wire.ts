import type { Socket } from 'node:net'

/** A whole command line: its text with each literal as `{n}`, and the literals. */
export interface Line {
  readonly text: string
  readonly literals: readonly Buffer[]
}

/** Raised when the connection is gone; ends the session quietly. */
export class Gone extends Error {}

/** Bytes in and out of one connection, with back-pressure both ways. */
export class Wire {
  #socket: Socket
  #chunks: AsyncIterator<Buffer>
  #buffer: Buffer = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.#socket = socket
    this.#chunks = socket[Symbol.asyncIterator]()
    socket.on('error', () => {})
    socket.setNoDelay(true)
  }

  get destroyed(): boolean {
    return this.#socket.destroyed
  }

  /** The connection after STARTTLS; what came in clear text before is dropped. */
  replace(socket: Socket): void {
    this.#socket = socket
    this.#chunks = socket[Symbol.asyncIterator]()
    this.#buffer = Buffer.alloc(0)
    socket.on('error', () => {})
  }

  /**
   * Reads one command. `literal` is asked before each: `take` reads it without a word (LITERAL+, RFC 7888), `ask` sends
   * `+` first, a text refuses the line (the caller's answer), and what follows is read as further commands.
   */
  async command(
    literal: (line: string, bytes: number, plus: boolean) => 'take' | 'ask' | { readonly refuse: string },
  ): Promise<Line | { refused: string; text: string }> {
    const literals: Buffer[] = []
    let text = ''
    for (;;) {
      const line = await this.line()
      text += line
      const match = /\{(\d+)(\+?)\}$/.exec(line)
      if (!match) return { text, literals }
      const bytes = Number(match[1])
      const decision = literal(text, bytes, match[2] === '+')
      if (typeof decision === 'object') return { refused: decision.refuse, text }
      if (decision === 'ask') await this.write('+ go on\r\n')
      await this.#fill(bytes)
      literals.push(Buffer.from(this.#buffer.subarray(0, bytes)))
      this.#buffer = this.#buffer.subarray(bytes)
      text = text.replace(/\{(\d+)\+\}$/, '{$1}')
    }
  }

  /** One line as latin1, without its end. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf(10)
      if (end >= 0) {
        const line = this.#buffer.toString('latin1', 0, end).replace(/\r$/, '')
        this.#buffer = this.#buffer.subarray(end + 1)
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
      if (next.done === true) throw new Gone()
      parts.push(next.value)
      total += next.value.length
    }
    if (parts.length > 1) this.#buffer = Buffer.concat(parts)
  }

  async write(data: string | Buffer): Promise<void> {
    const socket = this.#socket
    if (socket.destroyed || !socket.writable) throw new Gone()
    if (socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)) return
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        socket.off('drain', done).off('close', done)
        if (socket.destroyed) reject(new Gone())
        else resolve()
      }
      socket.once('drain', done).once('close', done)
    })
  }

  /** Never returns before the connection is gone. */
  async stall(): Promise<never> {
    const socket = this.#socket
    if (!socket.destroyed) {
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve())
      })
    }
    throw new Gone()
  }

  drop(): never {
    this.#socket.destroy()
    throw new Gone()
  }

  end(): void {
    this.#socket.end()
  }
}
