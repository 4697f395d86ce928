/**
 * Modified UTF-7 (RFC 3501 §5.1.3): how Maildir++ spells folder names on disk, so that any Dovecot or Courier
 * shows them right.
 */

/** Encodes well-formed text; printable US-ASCII stands for itself, `&` becomes `&-`. */
export function encodeModifiedUtf7(text: string): string {
  return text.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-'
    const utf16 = Buffer.from(run, 'utf16le').swap16()
    return `&${utf16.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`
  })
}

/** Answers null for what is not the one spelling that the RFC allows: two spellings of one name are two folders. */
export function decodeModifiedUtf7(text: string): string | null {
  const decoded = text.replace(/&([^-]*)-/g, (_, base64: string) => {
    if (base64 === '') return '&'
    const utf16 = Buffer.from(base64.replaceAll(',', '/'), 'base64')
    return utf16
      .subarray(0, utf16.length & ~1)
      .swap16()
      .toString('utf16le')
  })
  return decoded.isWellFormed() && encodeModifiedUtf7(decoded) === text ? decoded : null
}
