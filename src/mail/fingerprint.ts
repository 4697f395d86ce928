/**
 * Recognises a message that a target has rewritten (transfer-engine.md §3.7): Message-ID, Date, Subject and the
 * digest of what follows the header, in canonical form. Added or reordered header fields do not change it.
 */
import { createHash } from 'node:crypto'
import { canonical } from './canonical.ts'
import { header } from './header.ts'

/** A header longer than this is read as body from there on, on both sides alike. */
const MOST_HEADER_BYTES = 262_144
const END = Buffer.from('\r\n\r\n')

export interface Fingerprint {
  /** '' when the message has none. */
  readonly messageId: string
  /** Equal for two readings of one mail, whatever was added to its header. */
  readonly key: string
}

/** Cyrus writes an X for every 8-bit byte of a header (munge8bit): with both sides so, they are equal again. */
const munged = (fields: Buffer): Buffer => Buffer.from(fields.map((byte) => (byte < 0x80 ? byte : 0x58)))

export async function fingerprint(body: AsyncIterable<Buffer>): Promise<Fingerprint> {
  const hash = createHash('sha256')
  let head: Buffer | null = Buffer.alloc(0)
  let fields: Buffer = Buffer.alloc(0)
  for await (const chunk of canonical(body)) {
    if (head === null) {
      hash.update(chunk)
      continue
    }
    head = Buffer.concat([head, chunk])
    const end = head.subarray(0, 2).equals(END.subarray(0, 2)) ? 0 : head.indexOf(END)
    if (end < 0 && head.length < MOST_HEADER_BYTES) continue
    const cut = end < 0 ? head.length : end === 0 ? 2 : end + END.length
    fields = head.subarray(0, cut)
    hash.update(head.subarray(cut))
    head = null
  }
  if (head !== null) fields = head
  fields = munged(fields)
  const messageId = header(fields, 'message-id')
  const key = JSON.stringify([messageId, header(fields, 'date'), header(fields, 'subject'), hash.digest('base64')])
  return { messageId, key }
}
