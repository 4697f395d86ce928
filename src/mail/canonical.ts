/**
 * The canonical form of a message: what Dovecot and others make of one that is not clean (NUL becomes 0x80, a bare
 * LF becomes CRLF, a missing last CRLF is added). Two messages equal in this form are the same mail, rewritten.
 */
import { createHash } from 'node:crypto'

const CRLF = Buffer.from('\r\n')

/** Turns chunks into canonical chunks; state lives across chunk borders. */
export async function* canonical(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let last = 0x0a
  for await (const chunk of body) {
    if (chunk.length === 0) continue
    const clean = chunk.includes(0) ? Buffer.from(chunk.map((byte) => (byte === 0 ? 0x80 : byte))) : chunk
    let start = 0
    for (let at = clean.indexOf(0x0a); at !== -1; at = clean.indexOf(0x0a, at + 1)) {
      const before = at === 0 ? last : clean[at - 1]!
      if (before === 0x0d) continue
      if (at > start) yield clean.subarray(start, at)
      yield CRLF
      start = at + 1
    }
    if (start < clean.length) yield clean.subarray(start)
    last = clean[clean.length - 1]!
  }
  if (last !== 0x0a) yield last === 0x0d ? CRLF.subarray(1) : CRLF
}

export async function canonicalDigest(body: AsyncIterable<Buffer>): Promise<{ digest: Buffer; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of canonical(body)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { digest: hash.digest(), bytes }
}
