import { bug } from '#base/fault.ts'

/** What our own command lines are made of. Nothing a server or a mail said goes into one unchecked. */

/** A command: text, and octets that only a literal can carry. */
export type Piece = string | Buffer

/**
 * A mailbox name as an argument: quoted, or as a literal where a quoted string may not hold it
 * (RFC 9051 §9 `quoted`: no controls, no 8-bit octets in IMAP4rev1).
 */
export function mailboxPiece(raw: string): Piece {
  if (/^[\x20-\x7e]{0,1000}$/.test(raw)) return `"${raw.replace(/["\\]/g, '\\$&')}"`
  return Buffer.from(raw, 'latin1')
}

/** Joins pieces with the text between them. */
export function line(strings: TemplateStringsArray, ...pieces: Piece[]): Piece[] {
  const out: Piece[] = []
  const add = (piece: Piece) => {
    const last = out.at(-1)
    if (typeof piece === 'string' && typeof last === 'string') out[out.length - 1] = last + piece
    else out.push(piece)
  }
  strings.forEach((text, index) => {
    add(text)
    if (index < pieces.length) add(pieces[index]!)
  })
  return out
}

const SYSTEM = new Set(['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft'])

/**
 * Flags for APPEND and STORE. Thrown on anything that is not a known system flag or an atom: a server answers BAD
 * to such a line and then reads the message as commands.
 */
export function flagList(atoms: readonly string[]): string {
  for (const atom of atoms) {
    if (!SYSTEM.has(atom) && !/^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/.test(atom)) {
      throw bug('IMAP-FLAG', `not a flag that may be written: ${JSON.stringify(atom)}`)
    }
  }
  return `(${atoms.join(' ')})`
}

/** Checks ` date-time` of RFC 9051 §9, made by the caller; one more look before it is in a command. */
export function dateArgument(date: string): string {
  if (
    !/^[0-3]\d-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{4} [0-2]\d:[0-5]\d:[0-6]\d [+-]\d{4}$/.test(date)
  ) {
    throw bug('IMAP-DATE', `not a date that may be written: ${JSON.stringify(date)}`)
  }
  return `"${date}"`
}
