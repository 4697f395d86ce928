/**
 * Variable-length numbers, as the packed columns of the ledger use them: seven bits a byte, lowest first, the
 * high bit set on all but the last. Arithmetic instead of bit operations, for sizes and dates pass 2³¹.
 */
import { bug } from '#base/fault.ts'
import type { Runs } from '#engine/ports.ts'

export class Packer {
  #bytes = Buffer.allocUnsafe(512)
  #at = 0

  /** 0 ≤ value ≤ Number.MAX_SAFE_INTEGER. */
  number(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw bug('LEDGER_PACK', `${value} is no number to pack`)
    this.#room(8)
    while (value > 0x7f) {
      this.#bytes[this.#at++] = (value % 128) | 0x80
      value = Math.floor(value / 128)
    }
    this.#bytes[this.#at++] = value
    return this
  }

  /** Any integer below 2⁵² either side of zero: small ones of either sign stay short. */
  signed(value: number): this {
    return this.number(value < 0 ? -value * 2 - 1 : value * 2)
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
    return this
  }

  /** With its length before it. */
  text(text: string): this {
    const bytes = Buffer.from(text)
    return this.number(bytes.length).raw(bytes)
  }

  /** What was packed, in memory of its own. */
  done(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at))
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more))
    larger.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = larger
  }
}

export class Unpacker {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length
  }

  number(): number {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw bug('LEDGER_UNPACK', 'a packed column of the ledger ends too early')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
  }

  signed(): number {
    const value = this.number()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  raw(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) {
      throw bug('LEDGER_UNPACK', 'a packed column of the ledger ends too early')
    }
    return this.#bytes.subarray(this.#at, (this.#at += length))
  }

  text(): string {
    return this.raw(this.number()).toString()
  }
}

/** Gap to the run before, then length less one, of each run. */
export function packRuns(runs: Runs): Buffer {
  const packer = new Packer()
  let end = 0
  for (const [first, last] of runs) {
    packer.number(first - end).number(last - first)
    end = last
  }
  return packer.done()
}

export function unpackRuns(bytes: Buffer): Runs {
  const unpacker = new Unpacker(bytes)
  const runs: [number, number][] = []
  let end = 0
  while (!unpacker.ended) {
    const first = end + unpacker.number()
    end = first + unpacker.number()
    runs.push([first, end])
  }
  return runs
}

/** Equal neighbours as (count, value); null when every value is 0. */
export function packRepeats(values: readonly number[]): Buffer | null {
  if (values.every((value) => value === 0)) return null
  const packer = new Packer()
  for (let at = 0; at < values.length;) {
    let end = at + 1
    while (end < values.length && values[end] === values[at]) end++
    packer.number(end - at).number(values[at]!)
    at = end
  }
  return packer.done()
}

export function unpackRepeats(bytes: Buffer | null, n: number): number[] {
  const values: number[] = []
  if (bytes === null) return Array.from({ length: n }, () => 0)
  const unpacker = new Unpacker(bytes)
  while (!unpacker.ended) {
    const count = unpacker.number()
    const value = unpacker.number()
    for (let i = 0; i < count; i++) values.push(value)
  }
  return values
}
