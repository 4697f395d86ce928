/**
 * What an IMAP server makes of the bytes in a file: a bare LF is answered as CRLF, and a NUL, which no literal may
 * hold (RFC 9051 §4.3), as 0x80. Dovecot does both.
 */
const [LF, CR] = [10, 13]
const NUL_REPLACEMENT = 0x80

/** Counts LFs without a CR before them, over the chunks of one message. */
export class BareLfCounter {
  count = 0
  #last = 0

  add(chunk: Buffer): void {
    if (chunk.length === 0) return
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) {
      if ((at > 0 ? chunk[at - 1] : this.#last) !== CR) this.count++
    }
    this.#last = chunk[chunk.length - 1]!
  }
}

/** Turns the chunks of one message into what a client would be given. */
export class ClientView {
  #last = 0

  convert(chunk: Buffer): Buffer {
    if (chunk.length === 0) return chunk
    const last = this.#last
    this.#last = chunk[chunk.length - 1]!
    const before = (at: number) => (at > 0 ? chunk[at - 1]! : last)
    let bare = 0
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) if (before(at) !== CR) bare++
    if (bare === 0) return withoutNul(chunk)
    const out = Buffer.allocUnsafe(chunk.length + bare)
    let [from, to] = [0, 0]
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) {
      if (before(at) === CR) continue
      to += chunk.copy(out, to, from, at)
      out[to++] = CR
      from = at
    }
    chunk.copy(out, to, from)
    return withoutNul(out)
  }
}

/** Changes the buffer that it is given: it must be ours. */
function withoutNul(own: Buffer): Buffer {
  for (let at = own.indexOf(0); at >= 0; at = own.indexOf(0, at + 1)) own[at] = NUL_REPLACEMENT
  return own
}
