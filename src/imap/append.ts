/**
 * APPEND (RFC 9051 §6.3.12), several messages in one command where the server can (RFC 3502), without waiting for
 * leave where it can (RFC 7888).
 *
 * All but the last CRLF is with the kernel before `gate` is asked, and the CRLF follows in the same tick: without
 * it nothing is stored (transfer-engine.md §3.4). The line is ours alone: a BAD makes servers read mails as commands.
 */
import { crashPoint } from '#base/crash-point.ts'
import { Fault, asFault, bug } from '#base/fault.ts'
import { parseUidList } from '#base/uid-set.ts'
import { dateArgument, flagList, mailboxPiece } from './command-text.ts'
import { APPEND_BAD } from './answers.ts'
import type { Lane } from './lane.ts'
import { codeOf } from './response-faults.ts'
import type { StatusText } from './response.ts'
import { decodeName } from './utf7.ts'

export interface AppendFolder {
  /** As the server spelt it. */
  readonly raw: string
  /** UIDVALIDITY and UIDNEXT as last read: an APPENDUID that does not fit is not believed. 0: none is. */
  readonly validity: number
  readonly uidNext: number
  /**
   * What lines held that this server has taken so far. A line with anything else waits for leave, even with LITERAL+:
   * a server that answers BAD to it would read the mail that is already on its way as commands. Without it none waits.
   */
  readonly accepted?: Set<string>
}

export interface AppendMessage {
  /** System flags and keywords, as they are written. */
  readonly flags: readonly string[]
  /** `01-Feb-2024 12:05:09 +0000`. */
  readonly date: string
  /** Exactly what `body` gives; at least 1. */
  readonly bytes: number
  readonly body: readonly Buffer[] | AsyncIterable<Buffer>
}

export type AppendOutcome =
  | { readonly kind: 'landed'; readonly uid: number | null }
  /** `code` is `BAD` when that was the answer. */
  | { readonly kind: 'refused'; readonly code: string; readonly text: string }
  | { readonly kind: 'unsent'; readonly cause: Fault }
  | { readonly kind: 'unknown'; readonly cause: Fault }

/** Handed to the kernel at once; the memory of what was sent is free after each. */
const FLUSH_BYTES = 262_144
const FLUSH_BUFFERS = 500
const LONG_LINE = 1000

/** One outcome per message, in order. `flushed` is told of body bytes that the kernel has, in the order of `messages`. */
export async function append(
  lane: Lane,
  folder: AppendFolder,
  messages: readonly AppendMessage[],
  gate: () => boolean,
  flushed: (bytes: number) => void,
): Promise<AppendOutcome[]> {
  messages.forEach(check)
  const lines = messages.map((message) => ` ${flagList(message.flags)} ${dateArgument(message.date)} `)
  const free = (bytes: number) => {
    if (bytes > 0) flushed(bytes)
  }
  const together = messages.length === 1 || lane.offers('MULTIAPPEND')
  const commands = together
    ? [new Command(lane, folder, messages, lines)]
    : messages.map((message, index) => new Command(lane, folder, [message], [lines[index]!]))
  await lane.inTurn(async () => {
    for (const command of commands) await command.send(gate, free)
  })
  return (await Promise.all(commands.map((command) => command.outcomes()))).flat()
}

function check(message: AppendMessage): void {
  // A literal of 0 bytes cancels a whole MULTIAPPEND (RFC 3502 §6.3.11).
  if (!Number.isSafeInteger(message.bytes) || message.bytes < 1)
    throw bug('APPEND-EMPTY', 'a message of no bytes was to be appended')
  if (!Array.isArray(message.body)) return
  let sum = 0
  for (const chunk of message.body as readonly Buffer[]) sum += chunk.length
  if (sum !== message.bytes) throw bug('APPEND-LENGTH', `a message of ${message.bytes} bytes holds ${sum}`)
}

class Command {
  readonly #lane: Lane
  readonly #folder: AppendFolder
  readonly #messages: readonly AppendMessage[]
  readonly #lines: readonly string[]
  #answer: Promise<StatusText> | null = null
  #sent = false
  #cause: Fault | null = null
  #bad: Fault | null = null
  #tag = ''
  /** Text that stands before the next piece of `#out`. */
  #text = ''
  #out: Buffer[] = []
  #outBytes = 0
  #bodyBytes = 0

  constructor(lane: Lane, folder: AppendFolder, messages: readonly AppendMessage[], lines: readonly string[]) {
    this.#lane = lane
    this.#folder = folder
    this.#messages = messages
    this.#lines = lines
  }

  /** Never rejects: what went wrong is in the outcomes. */
  async send(gate: () => boolean, free: (bytes: number) => void): Promise<void> {
    const lane = this.#lane
    if (!lane.alive) {
      this.#cause = lane.fault ?? gone(lane)
      return
    }
    this.#tag = lane.newTag()
    const { answer, sent } = lane.expect(this.#tag, {}, true)
    this.#answer = answer
    answer.catch((thrown: unknown) => {
      if (thrown instanceof Fault && thrown.code === APPEND_BAD) this.#bad = thrown
    })
    try {
      if (!(await this.#allButTheLastByte(free))) return
      if (!gate()) {
        lane.die(leaseOver(lane))
        return
      }
      if (lane.finish()) {
        this.#sent = true
        sent()
        crashPoint('append.sent')
      }
    } catch (thrown) {
      this.#cause = asFault(thrown)
      // A body that ends early must never be completed. What was sent before may be committing: read its answers.
      if (lane.committing) lane.retire(this.#cause)
      else lane.die(this.#cause)
    }
  }

  async outcomes(): Promise<AppendOutcome[]> {
    const each = <T extends AppendOutcome>(outcome: T) => this.#messages.map(() => outcome)
    if (this.#answer === null) return each({ kind: 'unsent', cause: this.#cause! })
    // By its BAD the server has taken no message; only when it had all bytes does somebody have to look.
    if (this.#bad && !this.#sent) return each({ kind: 'refused', code: 'BAD', text: String(this.#bad.facts['said']) })
    // What was not sent need not wait for a connection that is being read to its end.
    if (this.#cause && !this.#sent) return each({ kind: 'unsent', cause: this.#cause })
    let answer: StatusText
    try {
      answer = await this.#answer
    } catch (thrown) {
      return each({ kind: this.#sent ? 'unknown' : 'unsent', cause: asFault(thrown) })
    }
    if (answer.status !== 'OK') {
      // Asks for patience in words alone, or names a wait: that says nothing about the messages.
      const { username } = this.#lane.peer
      const fault = this.#lane.refusal(`Folder ${decodeName(this.#folder.raw)} of ${username}`, answer)
      if (fault.transient && (answer.code === '' || fault.waitMs !== null))
        return each({ kind: 'unsent', cause: fault })
      return each({ kind: 'refused', code: codeOf(answer), text: this.#lane.peer.words(answer.text) })
    }
    const uids = appendUids(answer, this.#folder, this.#messages.length)
    return this.#messages.map((_message, index) => ({ kind: 'landed', uid: uids?.[index] ?? null }))
  }

  /** False when the server refused before all was sent. */
  async #allButTheLastByte(free: (bytes: number) => void): Promise<boolean> {
    const name = mailboxPiece(this.#folder.raw)
    this.#push(`${this.#tag} APPEND `)
    if (typeof name === 'string') this.#push(name)
    else {
      if (!(await this.#literal(name.length, true, free))) return false
      this.#pushBody(name, 0)
    }
    for (const [index, message] of this.#messages.entries()) {
      this.#push(this.#lines[index]!)
      const { accepted } = this.#folder
      const line = this.#lines[index]!
      const novel = accepted && !isKnown(accepted, message, line) ? newTraits(accepted, message, line) : null
      if (!(await this.#literal(message.bytes, !novel?.length, free))) return false
      for (const trait of novel ?? []) accepted!.add(trait)
      if (Array.isArray(message.body)) {
        for (const chunk of message.body as readonly Buffer[]) {
          this.#pushBody(chunk, chunk.length)
          if (!(await this.#flushIfFull(free))) return false
        }
      } else if (!(await this.#stream(message, free))) return false
    }
    return this.#flush(free)
  }

  async #stream(message: AppendMessage, free: (bytes: number) => void): Promise<boolean> {
    let bytes = 0
    for await (const chunk of message.body) {
      bytes += chunk.length
      if (bytes > message.bytes) break
      this.#pushBody(chunk, chunk.length)
      if (!(await this.#flushIfFull(free))) return false
    }
    if (bytes === message.bytes) return true
    throw new Fault({
      code: 'SOURCE_LITERAL_LENGTH',
      scope: 'item',
      transient: true,
      message: `A message was announced with ${message.bytes} bytes and gave ${bytes > message.bytes ? 'more' : bytes}.`,
      facts: { announced: message.bytes, got: bytes },
    })
  }

  /** Announces a literal; where leave is needed, waits for it. */
  async #literal(bytes: number, known: boolean, free: (bytes: number) => void): Promise<boolean> {
    const lane = this.#lane
    if (known && (lane.offers('LITERAL+') || (lane.offers('LITERAL-') && bytes <= 4096))) {
      this.#push(`{${bytes}+}\r\n`)
      return true
    }
    this.#push(`{${bytes}}\r\n`)
    const flushed = this.#flush(free)
    // Asked for in the tick of the write: the leave may come before the write is reported.
    const leave = lane.continuation(this.#tag)
    leave.catch(() => undefined)
    await flushed
    return leave
  }

  #push(text: string): void {
    this.#text += text
  }

  #pushText(): void {
    if (this.#text === '') return
    const last = Buffer.from(this.#text, 'latin1')
    this.#text = ''
    this.#out.push(last)
    this.#outBytes += last.length
  }

  #pushBody(chunk: Buffer, bodyBytes: number): void {
    this.#pushText()
    this.#out.push(chunk)
    this.#outBytes += chunk.length
    this.#bodyBytes += bodyBytes
  }

  #flushIfFull(free: (bytes: number) => void): Promise<boolean> | boolean {
    if (this.#outBytes < FLUSH_BYTES && this.#out.length < FLUSH_BUFFERS) return true
    return this.#flush(free)
  }

  /** False when the command has been refused: nothing more of it must be sent. */
  async #flush(free: (bytes: number) => void): Promise<boolean> {
    const lane = this.#lane
    if (!lane.isOpen(this.#tag)) {
      // Refused while we were sending: what the server will make of the rest is anyone's guess.
      lane.die(lane.fault ?? gone(lane))
      return false
    }
    this.#pushText()
    const [out, bodyBytes] = [this.#out, this.#bodyBytes]
    if (out.length === 0) return true
    this.#out = []
    this.#outBytes = 0
    this.#bodyBytes = 0
    await lane.write(joined(out))
    free(bodyBytes)
    return true
  }
}

/** Each piece costs the socket more than copying it: short neighbours become one. */
const SHORT_BYTES = 4096

function joined(pieces: readonly Buffer[]): Buffer[] {
  const out: Buffer[] = []
  let short: Buffer[] = []
  const join = () => {
    if (short.length > 0) out.push(short.length === 1 ? short[0]! : Buffer.concat(short))
    short = []
  }
  for (const piece of pieces) {
    if (piece.length <= SHORT_BYTES) short.push(piece)
    else {
      join()
      out.push(piece)
    }
  }
  join()
  return out
}

/** What a server might answer BAD to. An odd date or a long line is never known: the next may be odder. */
function newTraits(accepted: ReadonlySet<string>, { flags, date }: AppendMessage, line: string): string[] {
  const traits = [...flags, isOrdinary(date) ? `day ${date[0]}` : `date ${date}`]
  if (line.length > LONG_LINE) traits.push(line)
  return traits.filter((trait) => !accepted.has(trait))
}

/** As `newTraits`, where nothing is new: for each message of a mailbox but a few, so it makes no lists. */
function isKnown(accepted: ReadonlySet<string>, { flags, date }: AppendMessage, line: string): boolean {
  if (line.length > LONG_LINE || !isOrdinary(date) || !accepted.has(DAYS[date.charCodeAt(0) - 48] ?? '')) return false
  for (const flag of flags) if (!accepted.has(flag)) return false
  return true
}

const DAYS = ['day 0', 'day 1', 'day 2', 'day 3']

function isOrdinary(date: string): boolean {
  const year = Number(date.slice(7, 11))
  return year >= 1970 && year < 2038
}

/** APPENDUID (RFC 4315 §3), null when it cannot be ours: another validity or count, a UID that was there before. */
function appendUids(answer: StatusText, folder: AppendFolder, count: number): number[] | null {
  if (answer.code !== 'APPENDUID' || folder.validity === 0) return null
  const match = /^(\d{1,10}) (\S+)$/.exec(answer.args)
  if (!match || Number(match[1]) !== folder.validity) return null
  const uids = parseUidList(match[2]!, count)
  if (uids?.length !== count || new Set(uids).size !== count) return null
  return uids.every((uid) => uid >= folder.uidNext) ? uids : null
}

function gone(lane: Lane): Fault {
  return new Fault({
    code: 'NET_CLOSED',
    scope: 'endpoint',
    transient: true,
    message: `${lane.peer.place}: the connection was given up before the messages were sent.`,
    remedy: 'Nothing to do: it is tried again.',
    facts: { host: lane.peer.host, port: lane.peer.port, user: lane.peer.username },
  })
}

function leaseOver(lane: Lane): Fault {
  return new Fault({
    code: 'LEASE_LOST',
    scope: 'mailbox',
    transient: true,
    message: `The right to write the mailbox of ${lane.peer.username} ran out before a group was complete; nothing of it was stored.`,
    remedy: 'Nothing to do: whoever holds the mailbox now goes on with it.',
    facts: { user: lane.peer.username },
  })
}
