/**
 * The stream of a server's answers, cut into responses. Bounded whatever the server sends: lines, the number of
 * literals and what is kept of them; the bytes of a body go to its sink as they came, without a copy.
 */
import { GarbledError } from './tokens.ts'

export interface LiteralSink {
  /** `bytes` are read over when this returns: what is to stay is copied. */
  chunk(bytes: Buffer): void
  end(): void
}

export interface WireEvents {
  /** A whole response. `literals[k]` is null where a sink took it. */
  response(pieces: string[], literals: (Buffer | null)[]): void
  /** Who takes this literal; null: it is short and kept. */
  literal(pieces: string[], bytes: number): LiteralSink | null
}

/** RFC 9051 §4 sets no limit; lines of our own making are far shorter. */
const LONGEST_LINE = 65_536
const LONGEST_RESPONSE = 1_048_576
/** Names and headers; bodies have a sink. */
const LONGEST_KEPT = 262_144
const MOST_LITERALS = 64
const LARGEST_LITERAL = 0xffff_ffff

export class Wire {
  readonly #events: WireEvents
  /** What was received and not yet looked at. */
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  /** The beginning of a line whose end has not come. */
  #begun: Buffer[] = []
  #begunBytes = 0
  #pieces: string[] = []
  #literals: (Buffer | null)[] = []
  #heldBytes = 0
  #left = 0
  #sink: LiteralSink | null = null
  #inLiteral = false
  #kept: Buffer[] | null = null
  #marker: string | null
  #paused = false
  #stopped = false

  /** With `marker` all is dropped until a line that begins with it: what came before belongs to somebody else. */
  constructor(events: WireEvents, marker: string | null) {
    this.#events = events
    this.#marker = marker
  }

  /** Stops within the current chunk; `run` goes on. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
  }

  /** Nothing more is looked at. */
  stop(): void {
    this.#stopped = true
    this.#chunk = Buffer.alloc(0)
    this.#at = 0
  }

  /** True when everything received was looked at. */
  get drained(): boolean {
    return this.#at >= this.#chunk.length
  }

  /** Takes the next bytes; only when `drained`. Throws GarbledError. */
  feed(chunk: Buffer): void {
    this.#chunk = this.drained ? chunk : Buffer.concat([this.#chunk.subarray(this.#at), chunk])
    this.#at = 0
    this.run()
  }

  run(): void {
    while (
      !this.#paused &&
      !this.#stopped &&
      (this.#at < this.#chunk.length || (this.#inLiteral && this.#left === 0))
    ) {
      if (this.#inLiteral) this.#literalBytes()
      else this.#line()
    }
  }

  #line(): void {
    const end = this.#chunk.indexOf(10, this.#at)
    const bytes = (end < 0 ? this.#chunk.length : end + 1) - this.#at
    if (this.#begunBytes + bytes > LONGEST_LINE) throw new GarbledError(`a line of more than ${LONGEST_LINE} bytes`)
    if (end < 0) {
      // A copy: the rest of a body chunk would stay in memory for a few bytes of a line.
      this.#begun.push(Buffer.from(this.#chunk.subarray(this.#at)))
      this.#begunBytes += bytes
      this.#at = this.#chunk.length
      return
    }
    let text: string
    if (this.#begunBytes > 0) {
      text = Buffer.concat([...this.#begun, this.#chunk.subarray(this.#at, end)]).toString('latin1')
      this.#begun = []
      this.#begunBytes = 0
    } else text = this.#chunk.toString('latin1', this.#at, end)
    this.#at = end + 1
    if (text.charCodeAt(text.length - 1) === 13) text = text.slice(0, -1)
    this.#endOfLine(text)
  }

  #endOfLine(text: string): void {
    if (this.#marker !== null) {
      if (!text.startsWith(this.#marker)) return
      this.#marker = null
    }
    this.#pieces.push(text)
    this.#heldBytes += text.length
    if (this.#heldBytes > LONGEST_RESPONSE) throw new GarbledError(`a response of more than ${LONGEST_RESPONSE} bytes`)
    const bytes = literalAtEnd(text, this.#pieces[0]!)
    if (bytes === null) {
      const [pieces, literals] = [this.#pieces, this.#literals]
      this.#pieces = []
      this.#literals = []
      this.#heldBytes = 0
      this.#events.response(pieces, literals)
      return
    }
    if (bytes > LARGEST_LITERAL) throw new GarbledError('a literal of impossible size')
    if (this.#literals.length >= MOST_LITERALS) throw new GarbledError('a response of too many literals')
    this.#sink = this.#events.literal(this.#pieces, bytes)
    if (this.#sink === null) {
      this.#heldBytes += bytes
      if (bytes > LONGEST_KEPT) throw new GarbledError(`${bytes} bytes where a name or a header should be`)
      this.#kept = []
    }
    this.#left = bytes
    this.#inLiteral = true
  }

  #literalBytes(): void {
    const end = Math.min(this.#chunk.length, this.#at + this.#left)
    if (end > this.#at) {
      const bytes = this.#chunk.subarray(this.#at, end)
      this.#at = end
      this.#left -= bytes.length
      if (this.#sink) this.#sink.chunk(bytes)
      else this.#kept!.push(Buffer.from(bytes))
    }
    if (this.#left > 0) return
    this.#inLiteral = false
    const sink = this.#sink
    this.#sink = null
    this.#literals.push(sink ? null : Buffer.concat(this.#kept!))
    this.#kept = null
    sink?.end()
  }
}

/** Answers whose text is free-form and may end with `{5}` without meaning it. */
const FREE_TEXT = /^(?:\+|\S+ (?:OK|NO|BAD|BYE|PREAUTH)(?: |$))/i

function literalAtEnd(text: string, first: string): number | null {
  if (text.charCodeAt(text.length - 1) !== 0x7d) return null
  const brace = text.lastIndexOf('{')
  if (brace < 0) return null
  const digits = text.slice(brace + 1, -1)
  if (!/^\d{1,11}\+?$/.test(digits)) return null
  if (FREE_TEXT.test(first)) return null
  return Number.parseInt(digits, 10)
}
