/** From `/srv/mail/{domain}/{local}` and an address to a path that cannot leave the root (architecture.md §6.5). */
import { isAbsolute } from 'node:path'
import { rootRefused } from './faults.ts'

export interface Place {
  /** The part without templates, as given: it may hold symbolic links. */
  readonly root: string
  /** Folder names below it: no symbolic link is followed here. Never `.`, `..` or empty. */
  readonly below: readonly string[]
}

const MOST_NAME_BYTES = 255
const PLACEHOLDER = /\{([^{}]*)\}/g

/**
 * A folder name of `[a-z0-9._@+-]`; letters in lower case, as mail servers look a user up, all else as %XX of its
 * UTF-8 bytes, and no leading dot.
 */
export function safeFolderName(text: string): string {
  const lower = Buffer.from(text.toLowerCase(), 'utf8')
  let name = ''
  for (const [index, byte] of lower.entries()) {
    const char = String.fromCharCode(byte)
    const plain = /[a-z0-9._@+-]/.test(char) && !(index === 0 && char === '.')
    name += plain ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return name
}

/** Throws Fault TARGET_ROOT_REFUSED, naming what is wrong with the template or the address. */
export function placeOf(template: string, address: string): Place {
  if (!isAbsolute(template) || template.includes('\0')) {
    throw rootRefused(
      `the Maildir root ${JSON.stringify(template)} is not an absolute path`,
      'Name it with a leading slash.',
    )
  }
  const parts = template.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) {
    throw rootRefused(`the Maildir root ${template} holds "..", which is not followed`, 'Name the folder itself.')
  }
  const at = address.lastIndexOf('@')
  const values: Readonly<Record<string, string>> = {
    user: address,
    local: at < 0 ? address : address.slice(0, at),
    domain: at < 0 ? '' : address.slice(at + 1),
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (address === '' || /[\x00-\x1f\x7f]/.test(address) || !address.isWellFormed()) {
    throw rootRefused(`the address ${JSON.stringify(address)} cannot name a mailbox folder`, 'Correct the row.')
  }
  const fixed = parts.findIndex((part) => part.includes('{'))
  const templated = fixed < 0 ? ['{user}'] : parts.slice(fixed)
  const below = templated.map((part) => {
    const name = part.replace(PLACEHOLDER, (_, key: string) => {
      const value = Object.hasOwn(values, key) ? values[key] : undefined
      if (value === undefined) {
        throw rootRefused(
          `the Maildir root ${template} holds {${key}}, which is not known`,
          'Use {user}, {local} or {domain}.',
        )
      }
      if (value === '') {
        throw rootRefused(
          `the address ${JSON.stringify(address)} has no ${key} part for the Maildir root ${template}`,
          'Correct the row.',
        )
      }
      return safeFolderName(value)
    })
    const bytes = Buffer.byteLength(name)
    if (bytes > MOST_NAME_BYTES) {
      throw rootRefused(
        `the address ${JSON.stringify(address)} makes a folder name of ${bytes} bytes; 255 is the most`,
        'Correct the row.',
      )
    }
    return name
  })
  return { root: `/${(fixed < 0 ? parts : parts.slice(0, fixed)).join('/')}`, below }
}
