/**
 * The bulk lane: a logged-in connection on which commands are pipelined, bodies are streamed with back-pressure
 * in both directions, and nothing a server says is trusted (transfer-engine.md §3.3, G8).
 *
 * Answers are read whatever is being sent, so that neither side waits for the other to read.
 */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { type Fault, asFault } from '#base/fault.ts'
import { Answers, type Handler } from './answers.ts'
import type { Piece } from './command-text.ts'
import type { Deadlines } from './deadlines.ts'
import { closedFault, faultOfSocket, garbledFault, timeoutFault } from './net-faults.ts'
import type { Peer } from './peer.ts'
import type { ReadBuffer } from './read-buffer.ts'
import { faultOfRefusal } from './response-faults.ts'
import type { StatusText } from './response.ts'
import { GarbledError } from './tokens.ts'
import { Wire } from './wire.ts'

export type { Handler } from './answers.ts'

const CRLF = Buffer.of(13, 10)

export class Lane {
  readonly peer: Peer
  readonly deadlines: Deadlines
  readonly capabilities: ReadonlySet<string>
  readonly #socket: Socket
  readonly #wire: Wire
  readonly #answers: Answers
  readonly #jobs: (() => void)[] = []
  #sending = false
  /** Nobody can guess our tags: a mail that a server reads as commands must not answer for us. */
  readonly #word = `w${randomBytes(4).toString('hex')}.`
  #tags = 0
  #fault: Fault | null = null
  /** Set while the connection is read to its end; what the open commands will then reject with. */
  #leaving: { readonly fault: Fault; readonly timer: NodeJS.Timeout } | null = null
  #paused = false
  #waits = new Set<(fault: Fault) => void>()
  #progressAt = performance.now()
  readonly #timer: NodeJS.Timeout
  readonly #closed: Promise<void>

  /** Takes over a socket on which nothing is under way. What was received before is dropped. */
  constructor(
    socket: Socket,
    peer: Peer,
    capabilities: ReadonlySet<string>,
    deadlines: Deadlines,
    reads: ReadBuffer | null,
  ) {
    this.#socket = socket
    this.peer = peer
    this.capabilities = capabilities
    this.deadlines = deadlines
    this.#answers = new Answers(peer)
    const marker = `w${randomBytes(8).toString('hex')}`
    this.#wire = new Wire(this.#answers, `${marker} `)
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.setTimeout(0)
    socket.setNoDelay(true)
    socket.on('error', (error) => this.die(faultOfSocket(peer, this.#during(), error)))
    socket.on('end', () => this.die(this.#closing()))
    socket.on('close', () => this.die(this.#closing()))
    const take = (chunk: Buffer) => {
      this.#progress()
      this.#guarded(() => this.#wire.feed(chunk))
    }
    // What came before is still in the socket, and comes first.
    socket.on('data', take)
    reads?.hand(take)
    const everyMs = Math.max(20, Math.min(deadlines.silenceMs, deadlines.appendMs) / 8)
    this.#timer = setInterval(() => this.#watch(), everyMs)
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

  get folders(): number {
    return this.#answers.folders
  }

  get committing(): boolean {
    return this.#answers.committing
  }

  offers(capability: string): boolean {
    return this.capabilities.has(capability)
  }

  isOpen(tag: string): boolean {
    return this.#answers.isOpen(tag)
  }

  olderThan(handler: Handler): Handler[] {
    return this.#answers.olderThan(handler)
  }

  answered(): Promise<void> {
    return this.#answers.answered()
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
    return `${this.#word}${++this.#tags}`
  }

  /** Registers a command whose bytes the caller sends itself, from within `inTurn`. */
  expect(tag: string, handler: Handler, append: boolean): { answer: Promise<StatusText>; sent: () => void } {
    const expected = this.#answers.expect(tag, handler, append)
    if (this.#fault) this.#answers.fail(this.#fault)
    return {
      answer: expected.answer,
      sent: () => {
        expected.sent()
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
    const over = this.#over()
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
    const over = this.#over()
    if (over) return Promise.reject(over)
    this.#progress()
    return this.#answers.continuation(tag)
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
    clearTimeout(this.#leaving?.timer)
    this.#wire.stop()
    this.#socket.destroy()
    this.#answers.fail(fault)
    const waits = this.#waits
    this.#waits = new Set()
    for (const stop of waits) stop(fault)
  }

  /**
   * Gives the connection up while an APPEND may be committing: half-closes it and reads to the end, for a bounded
   * time, before its commands reject (transfer-engine.md §3.6). Answers that still come count.
   */
  retire(fault: Fault): void {
    this.#leave(fault, this.deadlines.lingerMs, null)
  }

  /** Closes: politely when nothing is open, by `retire` when an APPEND is, else at once. */
  async close(): Promise<void> {
    if (this.#fault) return
    const gone = closedFault(this.peer, 'we closed it')
    if (this.committing) this.retire(gone)
    else if (!this.#answers.none || this.#sending || this.#paused) this.die(gone)
    else this.#leave(gone, Math.min(1000, this.deadlines.lingerMs), `${this.newTag()} LOGOUT\r\n`)
    await this.#closed
  }

  #leave(fault: Fault, mostMs: number, words: string | null): void {
    if (!this.alive) return
    this.#leaving = { fault, timer: setTimeout(() => this.die(fault), mostMs) }
    this.#answers.stopWaiting(fault)
    if (words === null) this.#socket.end()
    else this.#socket.end(words)
    if (this.#paused) this.resume()
  }

  #over(): Fault | null {
    return this.#fault ?? this.#leaving?.fault ?? null
  }

  #issue(tag: string, pieces: readonly Piece[], handler: Handler): Promise<StatusText> {
    if (this.#leaving) return Promise.reject(this.#leaving.fault)
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

  #guarded(step: () => void): void {
    if (this.#fault) return
    try {
      step()
    } catch (thrown) {
      this.die(thrown instanceof GarbledError ? garbledFault(this.peer, thrown.message) : asFault(thrown))
    }
  }

  #progress(): void {
    this.#progressAt = performance.now()
  }

  /** Ends a silence: 120 s while a command is open, 300 s while an APPEND is being committed. */
  #watch(): void {
    if (this.#paused || !this.alive) return
    if (!this.#answers.awaited && this.#waits.size === 0) {
      this.#progress()
      return
    }
    const { committing } = this
    const most = committing ? this.deadlines.appendMs : this.deadlines.silenceMs
    if (performance.now() - this.#progressAt < most) return
    const fault = timeoutFault(this.peer, committing ? 'it stored messages' : this.#during(), most)
    if (committing) this.retire(fault)
    else this.die(fault)
  }

  #closing(): Fault {
    if (this.#leaving) return this.#leaving.fault
    const { bye } = this.#answers
    if (bye) return faultOfRefusal(this.peer, `Connection of ${this.peer.username}`, bye)
    return closedFault(this.peer, this.#during())
  }

  #during(): string {
    return this.#answers.none ? 'nothing was under way' : 'a command was open'
  }
}
