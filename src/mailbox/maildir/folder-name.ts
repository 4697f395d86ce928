/** Folder names in Maildir++: `.A.B` below the mailbox, the INBOX being the mailbox itself. */
import type { FolderPath, FolderRole } from '#engine/ports.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.ts'

/** NAME_MAX of Linux file systems. */
const MOST_NAME_BYTES = 255

/** The INBOX's name on disk: the mailbox folder itself. */
export const INBOX_NAME = ''

const isInbox = (component: string) => component.toUpperCase() === 'INBOX'

/**
 * Why no server could show a folder under this name; null when nothing speaks against it. A Maildir++ joins the
 * components with dots, Dovecot takes a leading `~` for a home, and file systems end at 255 bytes. Pure.
 */
export function folderNameProblem(path: FolderPath): string | null {
  const [first] = path
  if (first === undefined || path.includes('')) return 'a folder name may not be empty'
  if (first.startsWith('~')) return "a folder name may not begin with '~' in a Maildir++"
  for (const one of path) {
    if (/[./]/.test(one)) return "a folder name may hold neither '.' nor '/' in a Maildir++"
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\x00-\x1f\x7f-\x9f]/.test(one)) return 'a folder name may not hold control characters'
    if (!one.isWellFormed()) return 'a folder name may not hold half a surrogate pair'
  }
  const bytes = spell(path).length
  return bytes > MOST_NAME_BYTES ? `the folder's name takes ${bytes} bytes in a Maildir++; 255 is the most` : null
}

/** The folder's name on disk, '' for the INBOX; null where `folderNameProblem` has something to say. Pure. */
export function maildirFolderName(path: FolderPath): string | null {
  if (folderNameProblem(path) !== null) return null
  return path.length === 1 && isInbox(path[0]!) ? INBOX_NAME : spell(path)
}

/** RFC 9051 §5.1: INBOX in any case is one folder, also as a parent. All ASCII. */
const spell = (path: FolderPath) =>
  path.map((one, depth) => `.${depth === 0 && isInbox(one) ? 'INBOX' : encodeModifiedUtf7(one)}`).join('')

/** The path that a name on disk stands for; null for names that Dovecot does not show either. */
export function pathOfFolderName(name: string): FolderPath | null {
  if (name === INBOX_NAME) return ['INBOX']
  if (!name.startsWith('.')) return null
  const path: string[] = []
  for (const part of name.slice(1).split('.')) {
    const component = part === '' ? null : decodeModifiedUtf7(part)
    if (component === null) return null
    path.push(component)
  }
  return path.length === 1 && isInbox(path[0]!) ? null : path
}

/** Maildir++ stores no roles: these are the names that Dovecot's stock configuration gives them. */
const ROLES = new Map<string, FolderRole>([
  ['', 'inbox'],
  ['.Sent', 'sent'],
  ['.Drafts', 'drafts'],
  ['.Trash', 'trash'],
  ['.Junk', 'junk'],
  ['.Archive', 'archive'],
])

export const roleOfFolderName = (name: string): FolderRole | null => ROLES.get(name) ?? null
