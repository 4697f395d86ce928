/**
 * Which answer belongs to which command. Nothing here knows sockets: it is fed with responses and throws
 * GarbledError, or a Fault, when the connection must end at once.
 */
import { Fault } from '#base/fault.ts'
import type { Peer } from './peer.ts'
import { type Refusal, faultOfRefusal } from './response-faults.ts'
import { type StatusText, Untagged, statusText } from './response.ts'
import { GarbledError } from './tokens.ts'
import type { LiteralSink } from './wire.ts'

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

/** Untagged data that nobody asked for, since a command last made progress. */
const MOST_UNASKED_BYTES = 8 * 1_048_576
const MOST_KEPT_BYTES = 65_536
/** Code of the fault by which an APPEND learns that the BAD was for itself and not for another command. */
export const APPEND_BAD = 'APPEND_BAD'
const NOBODY: LiteralSink = { chunk: () => undefined, end: () => undefined }

export class Answers {
  readonly #peer: Peer
  readonly #open: Open[] = []
  #folders = 0
  #unaskedBytes = 0
  /** Who took a literal of the response that is being read. */
  #owner: Handler | null = null
  #bye: Refusal | null = null
  #plus: { tag: string; go: () => void; stop: (why: Fault | null) => void } | null = null

  constructor(peer: Peer) {
    this.#peer = peer
  }

  /** Counts the folders opened on this connection: what is sent late looks whether it is still the same. */
  get folders(): number {
    return this.#folders
  }

  get none(): boolean {
    return this.#open.length === 0
  }

  /** True when the server owes us an answer or a leave. */
  get awaited(): boolean {
    return this.#plus !== null || this.#open.some(({ sent }) => sent)
  }

  /** True when a sent APPEND has no answer yet. */
  get committing(): boolean {
    return this.#open.some(({ append, sent }) => append && sent)
  }

  /** What the server said when it closed the connection; null when it said nothing. */
  get bye(): Refusal | null {
    return this.#bye
  }

  isOpen(tag: string): boolean {
    return this.#open.some((open) => open.tag === tag)
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

  /** `sent` is to be called when the last byte has left. */
  expect(tag: string, handler: Handler, append: boolean): { answer: Promise<StatusText>; sent: () => void } {
    const { promise: answer, resolve, reject } = Promise.withResolvers<StatusText>()
    answer.catch(() => undefined)
    const open: Open = { tag, handler, append, answer, sent: false, settle: resolve, reject }
    this.#open.push(open)
    if (handler.opensFolder) this.#folders++
    return { answer, sent: () => (open.sent = true) }
  }

  /** Waits for `+` of `tag`; answers false when the server refused instead. */
  continuation(tag: string): Promise<boolean> {
    if (!this.isOpen(tag)) return Promise.resolve(false)
    return new Promise<boolean>((resolve, reject) => {
      this.#plus = { tag, go: () => resolve(true), stop: (why) => (why ? reject(why) : resolve(false)) }
    })
  }

  /** Nobody waits for a leave any more. */
  stopWaiting(why: Fault): void {
    this.#plus?.stop(why)
    this.#plus = null
  }

  fail(fault: Fault): void {
    for (const open of this.#open.splice(0)) open.reject(fault)
    this.stopWaiting(fault)
  }

  literal(pieces: string[], bytes: number): LiteralSink | null {
    for (const handler of this.#handlers()) {
      const sink = handler.literal?.(pieces, bytes)
      if (!sink) continue
      this.#owner = handler
      return sink
    }
    // Too long to be kept, and nobody's: let it pass by.
    return bytes > MOST_KEPT_BYTES && /\bFETCH \(/i.test(pieces[0]!.slice(0, 40)) ? NOBODY : null
  }

  response(pieces: string[], literals: (Buffer | null)[]): void {
    const text = pieces[0]!
    if (text.startsWith('* ')) this.#untagged(new Untagged(pieces, literals))
    else if (text === '+' || text.startsWith('+ ')) this.#leave()
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

  #leave(): void {
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
      const fault = faultOfRefusal(this.#peer, `Connection of ${this.#peer.username}`, refusal)
      if (open.append && fault.code === 'SERVER_CONFUSED') {
        this.#open.splice(index, 1)
        open.reject(
          new Fault({ code: APPEND_BAD, scope: 'item', transient: true, message: fault.message, facts: fault.facts }),
        )
      }
      throw fault
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
}
