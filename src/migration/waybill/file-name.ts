import { createHash } from 'node:crypto'

/** Leaves room for `.`, a number, the ending and a temporary name within the 255 bytes of a file name. */
const LONGEST_ADDRESS_BYTES = 180
const ENDING = '.waybill.jsonl'

/**
 * The address as part of a file name (architecture.md §6.5): ASCII letters in lower case, `[a-z0-9._@+-]` as they are,
 * every other byte as %XX, no dot and no hyphen in front; a very long one is cut and told apart by its hash.
 */
export function safeAddress(address: string): string {
  let name = ''
  for (const byte of Buffer.from(address.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))) {
    const char = String.fromCharCode(byte)
    const plain = /[a-z0-9._@+-]/.test(char) && !(name === '' && (char === '.' || char === '-'))
    name += plain ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  if (name === '') return '_'
  if (name.length <= LONGEST_ADDRESS_BYTES) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16)
  // A cut inside %XX would leave a form that no address has; harmless, for names are never decoded.
  return `${name.slice(0, LONGEST_ADDRESS_BYTES - 17)}-${hash}`
}

/** `terrya@contoso.edu.1.waybill.jsonl` */
export function waybillFileName(address: string, number: number): string {
  return `${safeAddress(address)}.${number}${ENDING}`
}

/** Whether `name` is such a file name: no separator, no leading dot, nothing that leaves the folder. */
export function isWaybillFileName(name: string): boolean {
  return name.length <= 255 && /^[a-z0-9_@+%][a-zA-Z0-9._@+%-]*\.[1-9]\d{0,8}\.waybill\.jsonl$/.test(name)
}
