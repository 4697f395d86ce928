/**
 * Finds out whether a copy that is not byte for byte equal is the same message in canonical form. A waybill holds the
 * digest of the source's bytes only, so what a target did to them (NUL→0x80, LF→CRLF, a last line end added) is undone
 * on the copy and digested again, in every combination, in one pass and without keeping the message.
 */
import { createHash } from 'node:crypto'

export type Rewrite = 'NUL became 0x80' | 'LF became CRLF' | 'a last line end was added'

const LF = 0x0a
const CR = Buffer.of(0x0d)

/** What was done to the source's bytes, or null when no combination leads back to them. */
export async function rewritesOf(
  copy: AsyncIterable<Buffer>,
  source: { readonly bytes: number; readonly sha256: string },
): Promise<readonly Rewrite[] | null> {
  const plain = [new Candidate('\r\n'), new Candidate('\r\n')] as const
  const lf = [new Candidate('\n'), new Candidate('\n')] as const
  let heldCr = false
  for await (const chunk of copy) {
    if (chunk.length === 0) continue
    const bare = withoutCr(chunk, heldCr)
    heldCr = chunk.at(-1) === 0x0d
    plain[0].update(chunk)
    plain[1].update(withNul(chunk))
    lf[0].update(bare)
    lf[1].update(withNul(bare))
  }
  if (heldCr) for (const each of lf) each.update(CR)

  for (const [lineEnds, pair] of [plain, lf].entries()) {
    for (const [nul, candidate] of pair.entries()) {
      const ended = candidate.match(source)
      if (ended === null) continue
      const all: Rewrite[] = []
      if (nul === 1) all.push('NUL became 0x80')
      if (lineEnds === 1) all.push('LF became CRLF')
      if (ended === 'without-end') all.push('a last line end was added')
      return all
    }
  }
  return null
}

/** The chunk with each CRLF as LF; a CR at its end is held back, for its LF may be in the next chunk. */
function withoutCr(chunk: Buffer, heldCr: boolean): Buffer {
  const out = Buffer.allocUnsafe(chunk.length + 1)
  let at = 0
  if (heldCr && chunk[0] !== LF) out[at++] = 0x0d
  for (let from = 0; from < chunk.length; from++) {
    const byte = chunk[from]!
    if (byte === 0x0d && (from + 1 === chunk.length || chunk[from + 1] === LF)) continue
    out[at++] = byte
  }
  return out.subarray(0, at)
}

function withNul(chunk: Buffer): Buffer {
  return chunk.includes(0x80) ? Buffer.from(chunk.map((byte) => (byte === 0x80 ? 0 : byte))) : chunk
}

/** Digests with and without the last line end. */
class Candidate {
  readonly #hash = createHash('sha256')
  readonly #lineEnd: Buffer
  #tail = Buffer.alloc(0)
  #bytes = 0

  constructor(lineEnd: string) {
    this.#lineEnd = Buffer.from(lineEnd)
  }

  update(chunk: Buffer): void {
    const bytes = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk])
    const keep = Math.min(this.#lineEnd.length, bytes.length)
    this.#hash.update(bytes.subarray(0, bytes.length - keep))
    this.#bytes += bytes.length - keep
    this.#tail = Buffer.from(bytes.subarray(bytes.length - keep))
  }

  match(source: { readonly bytes: number; readonly sha256: string }): 'whole' | 'without-end' | null {
    const equal = (bytes: number, digest: () => string) => bytes === source.bytes && digest() === source.sha256
    const whole = () => this.#hash.copy().update(this.#tail).digest('hex')
    if (equal(this.#bytes + this.#tail.length, whole)) return 'whole'
    if (!this.#tail.equals(this.#lineEnd)) return null
    return equal(this.#bytes, () => this.#hash.copy().digest('hex')) ? 'without-end' : null
  }
}
