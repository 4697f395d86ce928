/**
 * The bulk lane: a logged-in connection on which commands are pipelined, bodies are streamed with back-pressure
 * in both directions, and nothing a server says is trusted (transfer-engine.md §3.3, G8).
 *
 * Answers are read whatever is being sent, so that neither side waits for the other to read.
 */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { Fault, asFault } from '#base/fault.ts'
import type { Piece } from './command-text.ts'
import type { Deadlines } from './deadlines.ts'
import { closedFault, faultOfSocket, garbledFault, timeoutFault } from './net-faults.ts'
import type { Peer } from './peer.ts'
import { type Refusal, faultOfRefusal } from './response-faults.ts'
import { type StatusText, Untagged, statusText } from './response.ts'
import { GarbledError } from './tokens.ts'
import { type LiteralSink, Wire } from './wire.ts'

/** What a command does with the answers that come while it is open. Each looks whether they are its own. */
export interface Handler {
  /** Answers to later commands concern another folder: they cannot come before this one is done. */
  readonly opensFolder?: boolean
  /** True when the response was this command's. Throws GarbledError. */
  untagged?(response: Untagged): boolean
  /** Takes a literal that should not be kept in memory. */
  literal?(pieces: string[], bytes: number): LiteralSink | null
}

interface Open {
  readonly tag: string
  readonly handler: Handler
  readonly append: boolean
  readonly answer: Promise<StatusText>
  /** True when its last byte has been handed to the kernel. */
  sent: boolean
  settle(answer: StatusText): void
  reject(fault: Fault): void
}

const MOST_KEPT_BYTES = 65_536
const NOBODY: LiteralSink = { chunk: () => undefined, end: () => undefined }
const CRLF = Buffer.of(13, 10)

/** Untagged data that nobody asked for, since a command last made progress. */
const MOST_UNASKED_BYTES = 8 * 1_048_576

export class Lane {
  readonly peer: Peer
  readonly deadlines: Deadlines
  readonly capabilities: ReadonlySet<string>
  readonly #socket: Socket
  readonly #wire: Wire
  readonly #open: Open[] = []
  readonly #jobs: (() => void)[] = []
  #sending = false
  #tags = 0
  #folders = 0
  #fault: Fault | null = null
  #paused = false
  #unaskedBytes = 0
  /** Who took a literal of the response that is being read. */
  #owner: Handler | null = null
  #bye: Refusal | null = null
  #plus: { tag: string; go: () => void; stop: (why: Fault | null) => void } | null = null
  #waits = new Set<(fault: Fault) => void>()
  #progressAt = performance.now()
  #timer: NodeJS.Timeout
  #leaving: NodeJS.Timeout | null = null
  #leavingFault: Fault | null = null
  readonly #closed: Promise<void>

  /** Takes over a socket on which nothing is under way. What was received before is dropped. */
  constructor(socket: Socket, peer: Peer, capabilities: ReadonlySet<string>, deadlines: Deadlines) {
    this.#socket = socket
    this.peer = peer
    this.capabilities = capabilities
    this.deadlines = deadlines
    const marker = `w${randomBytes(8).toString('hex')}`
    this.#wire = new Wire(
      {
        response: (pieces, literals) => this.#response(pieces, literals),
        literal: (pieces, bytes) => this.#literal(pieces, bytes),
      },
      `${marker} `,
    )
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.setTimeout(0)
    socket.setNoDelay(true)
    socket.on('error', (error) => this.die(faultOfSocket(peer, this.#during(), error)))
    socket.on('end', () => this.die(this.#closing()))
    socket.on('close', () => this.die(this.#closing()))
    socket.on('data', (chunk: Buffer) => this.#data(chunk))
    this.#timer = setInterval(() => this.#watch(), Math.max(20, Math.min(deadlines.silenceMs, deadlines.appendMs) / 8))
    this.#timer.unref()
    this.#issue(marker, ['NOOP'], {}).catch(() => undefined)
    socket.resume()
  }

  get alive(): boolean {
    return this.#fault === null && this.#leaving === null
  }

  get fault(): Fault | null {
    return this.#fault
  }

  get socket(): Socket {
    return this.#socket
  }

  offers(capability: string): boolean {
    return this.capabilities.has(capability)
  }

  /** Sends a command and answers its OK or NO; rejects when the connection breaks or the server answers BAD. */
  ask(pieces: readonly Piece[], handler: Handler = {}): Promise<StatusText> {
    return this.#issue(this.newTag(), pieces, handler)
  }

  /** As `ask`, where NO is a Fault. `what` begins its sentence. */
  async run(
    what: string,
    pieces: readonly Piece[],
    handler: Handler = {},
    standard?: Parameters<typeof faultOfRefusal>[3],
  ): Promise<StatusText> {
    const answer = await this.ask(pieces, handler)
    if (answer.status === 'OK') return answer
    throw this.refusal(what, answer, standard)
  }

  refusal(what: string, answer: StatusText, standard?: Parameters<typeof faultOfRefusal>[3]): Fault {
    return faultOfRefusal(this.peer, what, { status: 'NO', code: answer.code, text: answer.text }, standard)
  }

  newTag(): string {
    return `w${++this.#tags}`
  }

  /** Registers a command whose bytes the caller sends itself, from within `inTurn`. */
  expect(tag: string, handler: Handler, append: boolean): { answer: Promise<StatusText>; sent: () => void } {
    const { promise: answer, resolve, reject } = Promise.withResolvers<StatusText>()
    answer.catch(() => undefined)
    const open: Open = { tag, handler, append, answer, sent: false, settle: resolve, reject }
    if (this.#fault) reject(this.#fault)
    else {
      this.#open.push(open)
      if (handler.opensFolder) this.#folders++
    }
    return {
      answer,
      sent: () => {
        open.sent = true
        this.#progress()
      },
    }
  }

  /**
   * Hands the last CRLF of a command to the kernel in this very tick; false when the connection is gone. Two bytes
   * that a full kernel does not take would leave later, whoever holds the mailbox then: the connection is destroyed
   * and they never leave. (TLS does not tell; it writes through in the same tick as well.)
   */
  finish(): boolean {
    if (!this.alive) return false
    this.#socket.write(CRLF)
    if (this.#socket.writableLength === 0 || 'encrypted' in this.#socket) return true
    this.die(closedFault(this.peer, 'the last bytes of a command could not leave at once'))
    return false
  }

  /** True when a sent APPEND has no answer yet. */
  get committing(): boolean {
    return this.#open.some((open) => open.append && open.sent)
  }

  /** Runs `job` when everything queued before has been sent; at once, in the same tick, when nothing is. */
  inTurn<T>(job: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const go = () => {
        this.#sending = true
        job()
          .then(resolve, reject)
          .finally(() => {
            this.#sending = false
            this.#jobs.shift()?.()
          })
          .catch(() => undefined)
      }
      if (this.#sending) this.#jobs.push(go)
      else go()
    })
  }

  /** Writes; resolves when the kernel has all of it. */
  write(buffers: readonly Buffer[]): Promise<void> {
    const over = this.#fault ?? this.#leavingFault
    if (over) return Promise.reject(over)
    return new Promise<void>((resolve, reject) => {
      const stop = (fault: Fault) => reject(fault)
      this.#waits.add(stop)
      const socket = this.#socket
      socket.cork()
      for (let i = 0; i < buffers.length - 1; i++) socket.write(buffers[i]!)
      socket.write(buffers.at(-1)!, (error) => {
        this.#waits.delete(stop)
        this.#progress()
        // The error itself comes as an event and has the better words.
        if (error) reject(this.#fault ?? faultOfSocket(this.peer, 'sending', error))
        else resolve()
      })
      socket.uncork()
    })
  }

  /** Waits for `+` of `tag`; answers false when the server refused instead. */
  continuation(tag: string): Promise<boolean> {
    const over = this.#fault ?? this.#leavingFault
    if (over) return Promise.reject(over)
    if (!this.isOpen(tag)) return Promise.resolve(false)
    this.#progress()
    return new Promise<boolean>((resolve, reject) => {
      this.#plus = { tag, go: () => resolve(true), stop: (why) => (why ? reject(why) : resolve(false)) }
    })
  }

  /** Counts the folders opened on this connection: what is sent late looks whether it is still the same. */
  get folders(): number {
    return this.#folders
  }

  /** Commands open before this one: their answers come behind its data, so it must not hold back the server. */
  olderThan(handler: Handler): Handler[] {
    const all = this.#open.map((open) => open.handler)
    return all.slice(0, Math.max(all.indexOf(handler), 0))
  }

  /** Resolves when every command that is open now has its answer. */
  async answered(): Promise<void> {
    await Promise.allSettled(this.#open.map(({ answer }) => answer))
  }

  isOpen(tag: string): boolean {
    return this.#open.some((open) => open.tag === tag)
  }

  /** Stops reading: the server is held back by TCP. */
  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#wire.pause()
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#progress()
    this.#wire.resume()
    // Not from within the caller: it may be a handler in the middle of a response.
    setImmediate(() => {
      if (this.#fault || this.#paused) return
      this.#guarded(() => this.#wire.run())
      if (!this.#paused) this.#socket.resume()
    })
  }

  /** Destroys the connection; every open command rejects with `fault`. */
  die(fault: Fault): void {
    if (this.#fault) return
    this.#fault = fault
    clearInterval(this.#timer)
    if (this.#leaving) clearTimeout(this.#leaving)
    this.#socket.destroy()
    for (const open of this.#open.splice(0)) open.reject(fault)
    this.#plus?.stop(fault)
    this.#plus = null
    const waits = this.#waits
    this.#waits = new Set()
    for (const stop of waits) stop(fault)
  }

  /**
   * Gives the connection up while an APPEND may be committing: half-closes it and reads to the end, for a bounded
   * time, before its commands reject (transfer-engine.md §3.6). Answers that still come count.
   */
  retire(fault: Fault): void {
    if (this.#fault || this.#leaving) return
    this.#bye = null
    this.#leaving = setTimeout(() => this.die(fault), this.deadlines.lingerMs)
    this.#leavingFault = fault
    this.#plus?.stop(fault)
    this.#plus = null
    this.#socket.end()
    if (this.#paused) this.resume()
  }

  /** Closes: politely when nothing is open, by `retire` when an APPEND is, else at once. */
  async close(): Promise<void> {
    if (this.#fault) return
    const gone = closedFault(this.peer, 'we closed it')
    if (this.committing) this.retire(gone)
    else if (this.#open.length > 0 || this.#sending || this.#paused) this.die(gone)
    else {
      this.#socket.end(`${this.newTag()} LOGOUT\r\n`)
      this.#leaving = setTimeout(() => this.die(gone), Math.min(1000, this.deadlines.lingerMs))
      this.#leavingFault = gone
    }
    await this.#closed
  }

  #issue(tag: string, pieces: readonly Piece[], handler: Handler): Promise<StatusText> {
    if (this.#leaving) return Promise.reject(this.#leavingFault ?? closedFault(this.peer, 'we closed it'))
    const { answer, sent } = this.expect(tag, handler, false)
    this.inTurn(async () => {
      let text = `${tag} `
      for (const piece of pieces) {
        if (typeof piece === 'string') text += piece
        else if (this.offers('LITERAL+') || (this.offers('LITERAL-') && piece.length <= 4096)) {
          text += `{${piece.length}+}\r\n${piece.toString('latin1')}`
        } else {
          void this.write([Buffer.from(`${text}{${piece.length}}\r\n`, 'latin1')]).catch(() => undefined)
          if (!(await this.continuation(tag))) return
          text = piece.toString('latin1')
        }
      }
      // Not awaited: the next command may follow at once.
      void this.write([Buffer.from(`${text}\r\n`, 'latin1')]).catch(() => undefined)
      sent()
    }).catch(() => undefined)
    return answer
  }

  #data(chunk: Buffer): void {
    this.#progressAt = performance.now()
    this.#guarded(() => this.#wire.feed(chunk))
  }

  #guarded(step: () => void): void {
    if (this.#fault) return
    try {
      step()
    } catch (thrown) {
      this.die(thrown instanceof GarbledError ? garbledFault(this.peer, thrown.message) : asFault(thrown))
    }
  }

  #literal(pieces: string[], bytes: number): LiteralSink | null {
    if (this.#fault) return NOBODY
    for (const handler of this.#handlers()) {
      const sink = handler.literal?.(pieces, bytes)
      if (!sink) continue
      this.#owner = handler
      return sink
    }
    // Too long to be kept, and nobody's: let it pass by.
    return bytes > MOST_KEPT_BYTES && /\bFETCH \(/i.test(pieces[0]!.slice(0, 40)) ? NOBODY : null
  }

  #response(pieces: string[], literals: (Buffer | null)[]): void {
    if (this.#fault) return
    const text = pieces[0]!
    if (text.startsWith('* ')) this.#untagged(new Untagged(pieces, literals))
    else if (text === '+' || text.startsWith('+ ')) this.#continue()
    else this.#tagged(text)
  }

  /**
   * Whom an answer may belong to, the oldest first. Not only the oldest: Dovecot holds back the tagged OK of a FETCH
   * until it has synchronised, and begins the next command meanwhile.
   */
  *#handlers(): Generator<Handler> {
    for (const { handler } of this.#open) {
      yield handler
      if (handler.opensFolder) return
    }
  }

  #untagged(response: Untagged): void {
    if (response.word === 'BYE') {
      const said = response.status()
      if (said) this.#bye = { status: 'BYE', code: said.code, text: said.text }
    }
    const owner = this.#owner
    this.#owner = null
    if (owner) {
      owner.untagged?.(response)
      return
    }
    for (const handler of this.#handlers()) {
      if (!handler.untagged?.(response)) continue
      this.#unaskedBytes = 0
      return
    }
    this.#unaskedBytes += response.bytes
    if (this.#unaskedBytes > MOST_UNASKED_BYTES) throw new GarbledError('a flood of data that nobody asked for')
  }

  #continue(): void {
    const plus = this.#plus
    if (!plus) throw new GarbledError('a continuation that nobody waits for')
    this.#plus = null
    plus.go()
  }

  #tagged(text: string): void {
    const blank = text.indexOf(' ')
    const tag = text.slice(0, Math.max(blank, 0))
    const answer = blank > 0 ? statusText(text.slice(blank + 1)) : null
    const index = this.#open.findIndex((open) => open.tag === tag)
    const open = this.#open[index]
    // After an unknown tag nobody knows what the server has read as commands: not a byte more.
    if (!open || !answer || answer.status === 'BYE' || answer.status === 'PREAUTH') {
      throw new GarbledError('an answer to a command that we did not send')
    }
    if (answer.status === 'BAD') {
      const refusal: Refusal = { status: 'BAD', code: answer.code, text: answer.text }
      this.die(faultOfRefusal(this.peer, `Connection of ${this.peer.username}`, refusal))
      return
    }
    if (!open.sent && answer.status === 'OK') throw new GarbledError('an OK to a command that was not yet sent')
    this.#open.splice(index, 1)
    this.#unaskedBytes = 0
    if (this.#plus?.tag === tag) {
      const plus = this.#plus
      this.#plus = null
      plus.stop(null)
    }
    open.settle(answer)
  }

  #progress(): void {
    this.#progressAt = performance.now()
  }

  /** Ends a silence: 120 s while a command is open, 300 s while an APPEND is being committed. */
  #watch(): void {
    if (this.#paused || this.#fault || this.#leaving) return
    const awaited = this.#open.some((open) => open.sent)
    if (!awaited && !this.#plus && this.#waits.size === 0) {
      this.#progress()
      return
    }
    const committing = this.committing
    const most = committing ? this.deadlines.appendMs : this.deadlines.silenceMs
    if (performance.now() - this.#progressAt < most) return
    const fault = timeoutFault(this.peer, committing ? 'it stored messages' : this.#during(), most)
    if (committing) this.retire(fault)
    else this.die(fault)
  }

  #closing(): Fault {
    if (this.#leavingFault) return this.#leavingFault
    if (this.#bye) return faultOfRefusal(this.peer, `Connection of ${this.peer.username}`, this.#bye)
    return closedFault(this.peer, this.#during())
  }

  #during(): string {
    return this.#open.length > 0 ? 'a command was open' : 'nothing was under way'
  }
}
