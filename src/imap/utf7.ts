/** Mailbox names in modified UTF-7 (RFC 3501 §5.1.3). Names on the wire are octets, here latin1 strings. */

/**
 * Decodes a name. Servers hold names that follow no rule: what is not valid modified UTF-7 is read as UTF-8, then
 * as it stands, so that every folder has some name and the raw one still opens it.
 */
export function decodeName(raw: string): string {
  if (/[\x80-\xff]/.test(raw)) {
    const octets = Buffer.from(raw, 'latin1')
    const text = octets.toString('utf8')
    return text.includes('\ufffd') ? raw : text
  }
  if (!raw.includes('&')) return raw
  const text = raw.replace(/&([^-]*)-/g, (_whole, code: string) => (code === '' ? '&' : fromBase64(code)))
  // Only a name that encodes back to itself was modified UTF-7: `A&B` and half a surrogate are kept as they stand.
  return encodeName(text) === raw ? text : raw
}

/** Encodes a decoded name for a server without UTF8=ACCEPT. */
export function encodeName(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => (run === '&' ? '&-' : `&${toBase64(run)}-`))
}

function toBase64(text: string): string {
  const octets = Buffer.from(text, 'utf16le').swap16()
  return octets.toString('base64').replace(/=+$/, '').replaceAll('/', ',')
}

function fromBase64(code: string): string {
  const octets = Buffer.from(code.replaceAll(',', '/'), 'base64')
  if (octets.length % 2 !== 0) return '\ufffd'
  return octets.swap16().toString('utf16le')
}
