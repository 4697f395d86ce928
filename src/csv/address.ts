import { utf8Length } from './utf8-length.ts'

// RFC 5321 §4.1.2 dot-string, RFC 6531 §3.3 for what is not ASCII; nothing invisible (\p{C}, \p{Z}).
const atom = /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\p{ASCII}\p{C}\p{Z}])+$/u
const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/

/**
 * Whether a mailbox can have this SMTP address: dot-string local part of at most 64 bytes, UTF-8 allowed; a domain of
 * host labels, international ones too, one label is enough. Quoted local parts and address literals are not accepted:
 * no provider hands them out, and in a list of users they are mistakes.
 */
export function isSmtpAddress(address: string): boolean {
  const at = address.lastIndexOf('@')
  if (at < 1 || utf8Length(address) > 254) return false
  const local = address.slice(0, at)
  if (utf8Length(local) > 64 || !local.split('.').every((part) => atom.test(part))) return false
  const domain = asciiDomain(address.slice(at + 1))
  return domain.length <= 253 && domain.split('.').every((part) => label.test(part))
}

/** The key under which two spellings are one mailbox: no server in use tells capitals apart in addresses. */
export function addressKey(address: string): string {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at).normalize('NFC').toLowerCase()}@${asciiDomain(address.slice(at + 1)).toLowerCase()}`
}

/**
 * `''` for what is no domain. ASCII is returned as it is: a URL, whose host names are what browser and Node both know how to
 * write in ASCII, would read `%41` and `0x7f.1` as numbers, and end the host at its own signs.
 */
function asciiDomain(domain: string): string {
  if (/^[\x21-\x7E]*$/.test(domain)) return domain
  if (/[\p{C}\p{Z}%/?#@:\\[\]]/u.test(domain)) return ''
  try {
    return new URL(`ws://${domain}`).hostname
  } catch {
    return ''
  }
}
