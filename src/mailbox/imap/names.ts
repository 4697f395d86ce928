/** Folder names: octets with a separator on the wire, decoded components everywhere else. */
import type { Namespaces } from '#imap/namespace.ts'
import { decodeName, encodeName } from '#imap/utf7.ts'
import type { FolderPath, FolderRole } from '#engine/ports.ts'

export interface Naming {
  /** Of the user's own folders: '' or `INBOX.` (Courier, Cyrus). */
  readonly prefix: string
  readonly separator: string | null
  readonly foreign: readonly string[]
}

/** `separator` is what LIST said, for servers without NAMESPACE. */
export function namingOf(spaces: Namespaces | null, separator: string | null): Naming {
  const own = spaces?.personal[0]
  const prefix = own?.prefix ?? ''
  const foreign = [...(spaces?.others ?? []), ...(spaces?.shared ?? [])].map((space) => space.prefix)
  return { prefix, separator: own?.separator ?? separator, foreign: foreign.filter((other) => other !== prefix) }
}

/** True for folders of other users and shared ones: the longest prefix that fits decides (RFC 2342 §5). */
export function isForeign(raw: string, naming: Naming): boolean {
  if (raw.toUpperCase() === 'INBOX') return false
  const fits = (prefix: string) => raw.startsWith(prefix) || raw + (naming.separator ?? '') === prefix
  const length = (prefixes: readonly string[]) => Math.max(-1, ...prefixes.filter(fits).map((prefix) => prefix.length))
  return length(naming.foreign) > length([naming.prefix])
}

/** Components as they stand, the personal prefix included. */
export function fullPath(raw: string, separator: string | null): FolderPath {
  const parts = separator === null ? [raw] : raw.split(separator).filter((part) => part !== '')
  const path = parts.map(decodeName)
  if (path[0]?.toUpperCase() === 'INBOX') path[0] = 'INBOX'
  return path
}

/** `INBOX.Sent` of a server whose own folders all begin with `INBOX.` is `Sent`. */
export function pathOf(raw: string, naming: Naming): FolderPath {
  const { prefix, separator } = naming
  if (prefix !== '' && raw.length > prefix.length && raw.toUpperCase().startsWith(prefix.toUpperCase())) {
    const inner = fullPath(raw.slice(prefix.length), separator)
    // INBOX.INBOX is a folder of its own, not the INBOX.
    if (inner.length > 0 && !(inner.length === 1 && inner[0] === 'INBOX')) return inner
  }
  return fullPath(raw, separator)
}

export function rawOf(path: FolderPath, naming: Naming): string {
  if (path.length === 1 && path[0] === 'INBOX') return 'INBOX'
  return naming.prefix + path.map(encodeName).join(naming.separator ?? '')
}

/** Path below `root`, the root folder itself being the INBOX; null for what is not below it. */
export function belowRoot(path: FolderPath, root: FolderPath): FolderPath | null {
  const fits = root.every(
    (part, index) =>
      part === path[index] || (index === 0 && part.toUpperCase() === path[0]?.toUpperCase() && path[0] === 'INBOX'),
  )
  if (!fits) return null
  const rest = path.slice(root.length)
  if (rest.length === 0) return ['INBOX']
  return rest[0]!.toUpperCase() === 'INBOX' ? ['INBOX', ...rest.slice(1)] : rest
}

/** RFC 6154 and RFC 8457; the server's word only. Names are looked at by the engine's folder plan. */
const ROLES: readonly (readonly [attribute: string, role: FolderRole])[] = [
  ['\\sent', 'sent'],
  ['\\drafts', 'drafts'],
  ['\\trash', 'trash'],
  ['\\junk', 'junk'],
  ['\\archive', 'archive'],
  ['\\all', 'all'],
  ['\\flagged', 'flagged'],
  ['\\important', 'important'],
]

export function roleOf(path: FolderPath, attributes: ReadonlySet<string>): FolderRole | null {
  if (path.length === 1 && path[0] === 'INBOX') return 'inbox'
  return ROLES.find(([attribute]) => attributes.has(attribute))?.[1] ?? null
}

/** The attribute to create a folder of this role with. */
export function useOf(role: FolderRole | null): string | null {
  const attribute = ROLES.find(([, one]) => one === role)?.[0]
  return attribute ? `\\${attribute[1]!.toUpperCase()}${attribute.slice(2)}` : null
}

export function isSelectable(attributes: ReadonlySet<string>): boolean {
  return !attributes.has('\\noselect') && !attributes.has('\\nonexistent')
}
