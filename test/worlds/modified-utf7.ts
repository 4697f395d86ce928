/** Mailbox names on the wire (RFC 3501 §5.1.3), written apart from the product's so that one can catch the other. */
export function encodeMailbox(name: string): string {
  return name.replace(/&|[^\u0020-\u007e]+/g, (part) => {
    if (part === '&') return '&-'
    const utf16 = Buffer.from(part, 'utf16le').swap16()
    return `&${utf16.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`
  })
}

export function decodeMailbox(name: string): string {
  return name.replace(/&([A-Za-z0-9+,]*)-/g, (_whole, base64: string) => {
    if (base64 === '') return '&'
    const utf16 = Buffer.from(base64.replaceAll(',', '/'), 'base64')
    return utf16
      .subarray(0, utf16.length & ~1)
      .swap16()
      .toString('utf16le')
  })
}

/** As an IMAP quoted string (RFC 9051 §4.3); for text without CR, LF and NUL. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}
