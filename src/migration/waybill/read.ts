/**
 * Reads a waybill line by line and follows its chain. Everything in the file is hostile until the seal: lines are
 * bounded, spelt in one way only, and nothing is kept but what the caller keeps.
 */
import { isUtf8 } from 'node:buffer'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { SEAL_TAIL_BYTES, TAIL_BYTES, chainStart, nextChain, sealTailOf, tailOf } from './chain.ts'
import { LONGEST_LINE_BYTES } from './format.ts'
import type { SealLine, WaybillLine } from './format.ts'
import { parseBody } from './lines.ts'

const CHUNK_BYTES = 262_144
const NEWLINE = 0x0a
const SEAL_TEXT = '{"kind":"seal"'
const SEAL_START = Buffer.from(SEAL_TEXT)

export type BreakCode = 'NOT_A_WAYBILL' | 'TRUNCATED' | 'CHAIN_BROKEN' | 'LINE_INVALID' | 'LINE_TOO_LONG' | 'AFTER_SEAL'

/** Where a file stops being a waybill. `line` counts from 1. */
export class Broken extends Error {
  readonly line: number
  readonly code: BreakCode

  constructor(line: number, code: BreakCode, message: string) {
    super(message)
    this.line = line
    this.code = code
  }
}

export interface ReadLine {
  /** From 1. */
  readonly number: number
  readonly line: Exclude<WaybillLine, SealLine> | SealRead
}

export interface SealRead extends SealLine {
  /** The last chain value. */
  readonly chain: Buffer
  readonly signature: Buffer
}

/**
 * The lines in order, in batches; each was checked against the chain before it is handed out, the seal comes last
 * and nothing follows it. Throws Broken at the first line that is wrong, and what the file system throws.
 */
export async function* readWaybill(path: string): AsyncGenerator<readonly ReadLine[]> {
  // Without O_NONBLOCK the opening of a named pipe would wait for ever.
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  if (!(await file.stat()).isFile()) throw new Broken(1, 'NOT_A_WAYBILL', 'this is not a regular file')
  const reader = new ChainReader()
  let rest = Buffer.alloc(0)
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES)
    if (bytesRead === 0) break
    const found = chunk.subarray(0, bytesRead)
    // A line that goes on is joined with each chunk once: at most four times, for lines are bounded.
    const bytes = rest.length === 0 ? found : Buffer.concat([rest, found])
    const batch: ReadLine[] = []
    let start = 0
    for (let end; (end = bytes.indexOf(NEWLINE, start)) !== -1; start = end + 1) {
      reader.take(bytes.subarray(start, end), batch)
    }
    rest = bytes.subarray(start)
    if (rest.length > LONGEST_LINE_BYTES) reader.tooLong()
    if (batch.length > 0) yield batch
  }
  reader.end(rest)
}

class ChainReader {
  #number = 0
  #before = chainStart()
  #chain = chainStart()
  #sealed = false
  /** A line off the chain, held until the one after it tells what happened. */
  #off: { readonly number: number; readonly after: Buffer } | null = null

  take(bytes: Buffer, batch: ReadLine[]): void {
    if (this.#off) throw this.#diagnose(this.#off, bytes)
    this.#number++
    const number = this.#number
    if (this.#sealed) throw new Broken(number, 'AFTER_SEAL', 'this line stands behind the seal: it was added')
    if (bytes.length > LONGEST_LINE_BYTES) this.tooLong()
    const isSeal = bytes.subarray(0, SEAL_START.length).equals(SEAL_START)
    const tailBytes = isSeal ? SEAL_TAIL_BYTES : TAIL_BYTES
    if (bytes.length <= tailBytes || !isUtf8(bytes)) throw this.#invalid(number)
    const body = bytes.subarray(0, bytes.length - tailBytes)
    const tail = bytes.toString('latin1', bytes.length - tailBytes)
    this.#before = this.#chain
    this.#chain = nextChain(this.#chain, body)
    const signature = isSeal ? Buffer.from(tail.slice(-130, -2), 'hex') : null
    if (tail !== (signature ? sealTailOf(this.#chain, signature) : tailOf(this.#chain))) {
      this.#off = { number, after: this.#chain }
      // Without a line after it there is nothing to wait for.
      if (isSeal) throw this.#diagnose(this.#off, null)
      return
    }
    const line = parseBody(body.toString())
    if (line === null) throw this.#invalid(number)
    if (number === 1 && line.kind !== 'waybill') throw new Broken(1, 'NOT_A_WAYBILL', 'the first line is no header')
    if (line.kind === 'seal') {
      this.#sealed = true
      batch.push({ number, line: { ...line, chain: this.#chain, signature: signature! } })
    } else {
      batch.push({ number, line })
    }
  }

  tooLong(): never {
    const number = this.#off?.number ?? this.#number + 1
    throw new Broken(number, 'LINE_TOO_LONG', `this line is longer than ${LONGEST_LINE_BYTES} bytes`)
  }

  /** @param rest what stands behind the last newline */
  end(rest: Buffer): void {
    if (this.#off) throw this.#diagnose(this.#off, null)
    const number = this.#number + 1
    if (this.#sealed && rest.length > 0) {
      throw new Broken(number, 'AFTER_SEAL', `${rest.length} bytes stand behind the seal: they were added`)
    }
    if (this.#sealed) return
    if (rest.length > 0) throw new Broken(number, 'TRUNCATED', 'the file ends inside this line: its end was cut off')
    throw new Broken(number, 'TRUNCATED', 'the file ends here without a seal: its end was cut off')
  }

  #invalid(number: number): Broken {
    return number === 1
      ? new Broken(1, 'NOT_A_WAYBILL', 'the first line is not that of a waybill of version 1')
      : new Broken(number, 'LINE_INVALID', 'this line is not spelt as a waybill of version 1 spells it')
  }

  /** The line after the one off the chain tells which of three things happened. */
  #diagnose(off: { readonly number: number; readonly after: Buffer }, next: Buffer | null): Broken {
    const follows = (chain: Buffer) =>
      next !== null &&
      next.length > TAIL_BYTES &&
      next.toString('latin1', next.length - TAIL_BYTES) ===
        tailOf(nextChain(chain, next.subarray(0, next.length - TAIL_BYTES)))
    if (follows(off.after)) {
      return new Broken(off.number, 'CHAIN_BROKEN', 'the chain value at the end of this line was changed')
    }
    if (follows(this.#before)) {
      return new Broken(off.number, 'CHAIN_BROKEN', 'this line was added: the one after it follows the one before it')
    }
    return new Broken(
      off.number,
      'CHAIN_BROKEN',
      'this line does not follow the one before it: it was changed, or lines before it were removed or moved',
    )
  }
}
