/**
 * `--exclude-folder`, in Exchange's syntax (exchange-semantics.md §2.5), names relative to the mailbox's root, without
 * regard to case:
 *
 *   Name  Name/Sub      this folder alone
 *   Name/*              this folder with all below it
 *   #SentItems#  #SentItems#/*  #Inbox#/Sub    a folder by what it is, whatever its name
 *   \#Notes\#           a folder that is really called #Notes#
 *   a\/b  a\*b  a\\b    a name that holds `/`, `*` or `\`; a `\` before any other character stands for itself
 */
import { Fault } from '#base/fault.ts'
import { type ExchangeFolder, exchangeFolderOf, foldName, roleOfPath } from '#contract/folder-roles.ts'
import { WELL_KNOWN_FOLDERS } from '#contract/well-known-folders.ts'
import type { FolderPath, FolderRole } from '../ports.ts'

export interface NamedFolder {
  readonly path: FolderPath
  readonly role: FolderRole | null
}

export interface FolderPattern {
  /** As it was given. */
  readonly text: string
  /** The well-known folder that `names` start from; null: the root. */
  readonly token: Token | null
  /** Folded for comparing. */
  readonly names: readonly string[]
  /** `/*`: with all below. */
  readonly deep: boolean
}

type Token = FolderRole | ExchangeFolder | 'root'
const BY_NAME = new Map<string, Token>(
  Object.entries(WELL_KNOWN_FOLDERS).map(([name, token]) => [name.toLowerCase(), token]),
)

/** A path as people read it and may type it into `--exclude-folder`: that pattern matches this folder alone. */
export function formatFolder(path: FolderPath): string {
  return path
    .map((name) => {
      const escaped = name.replace(/\\(?=[\\/*#])|[/*]/g, '\\$&').replace(/\\$/, '\\\\')
      return escaped.length > 2 && escaped.startsWith('#') && escaped.endsWith('#')
        ? `\\#${escaped.slice(1, -1)}\\#`
        : escaped
    })
    .join('/')
}

/** Throws Fault FOLDER_PATTERN, which says what is wrong with it and how to write it. */
export function parseFolderPattern(text: string): FolderPattern {
  const parts = split(text)
  const deep = parts.length > 1 && parts.at(-1)!.raw === '*'
  if (deep) parts.pop()
  let token: Token | null = null
  const names: string[] = []
  for (const [at, part] of parts.entries()) {
    if (part.name === '') throw wrong(text, 'it has an empty name', 'Write the folder as Name, Name/Sub or Name/*.')
    if (part.wild) {
      throw wrong(
        text,
        'a * may only stand for all subfolders, at the end',
        String.raw`Write Name/* for a folder with its subfolders, #Root#/* for all folders, \* for a name that holds a star.`,
      )
    }
    const word = /^#(.+)#$/.exec(part.raw)?.[1]
    if (word === undefined) {
      names.push(foldName(part.name))
      continue
    }
    if (at > 0) throw wrong(text, `#${word}# may only come first`, literally(word))
    token = BY_NAME.get(word.toLowerCase()) ?? null
    if (token === null) {
      const known = Object.keys(WELL_KNOWN_FOLDERS)
        .map((name) => `#${name}#`)
        .join(', ')
      throw wrong(text, `#${word}# is no well-known folder`, `Use one of ${known}. ${literally(word)}`)
    }
  }
  return { text, token, names, deep }
}

const literally = (word: string) => String.raw`For a folder that is really called #${word}# write \#${word}\#.`

function wrong(text: string, why: string, remedy: string): Fault {
  return new Fault({
    code: 'FOLDER_PATTERN',
    scope: 'request',
    transient: false,
    message: `The folder pattern "${text}" cannot be used: ${why}.`,
    remedy,
    facts: { pattern: text },
  })
}

interface Part {
  /** With its escapes, which tell `\#Notes\#` from `#Notes#` and `\*` from `*`. */
  raw: string
  name: string
  wild: boolean
}

function split(text: string): Part[] {
  const parts: Part[] = [{ raw: '', name: '', wild: false }]
  for (const [unit, escaped] of text.matchAll(/\\([\\/*#])|[^]/gu)) {
    const part = parts.at(-1)!
    if (unit === '/') {
      parts.push({ raw: '', name: '', wild: false })
      continue
    }
    part.raw += unit
    part.name += escaped ?? unit
    if (unit === '*') part.wild = true
  }
  return parts
}

/**
 * Answers the first pattern that excludes a folder, as it was given, or null. A well-known token means every folder
 * with the role as its attribute or, at the top or directly below INBOX, as its name. `all` (every folder of the
 * mailbox) lets `#SentItems#/*` know the children of a folder that has its role by attribute only.
 */
export function excluder(
  patterns: readonly FolderPattern[],
  all: readonly NamedFolder[] = [],
): (folder: NamedFolder) => string | null {
  const roles = new Map(all.map(({ path, role }) => [JSON.stringify(path), role]))
  const roleOf = (path: FolderPath) => roles.get(JSON.stringify(path)) ?? null
  return (folder) => patterns.find((pattern) => matches(pattern, folder, roleOf))?.text ?? null
}

/** The patterns that match none of the folders: most likely misspelt. */
export function unusedPatterns(patterns: readonly FolderPattern[], all: readonly NamedFolder[]): string[] {
  return patterns
    .filter((pattern) => {
      const by = excluder([pattern], all)
      return !all.some((folder) => by(folder) !== null)
    })
    .map(({ text }) => text)
}

function matches(
  pattern: FolderPattern,
  folder: NamedFolder,
  roleOf: (path: FolderPath) => FolderRole | null,
): boolean {
  const { path } = folder
  const below = (from: number) =>
    (pattern.deep ? path.length >= from + pattern.names.length : path.length === from + pattern.names.length) &&
    pattern.names.every((name, at) => foldName(path[from + at]!) === name)
  if (pattern.token === null || pattern.token === 'root') return path.length > 0 && below(0)
  for (let depth = 1; depth <= path.length; depth++) {
    const upper = path.slice(0, depth)
    const role = depth === path.length ? folder.role : roleOf(upper)
    if (is(upper, role, pattern.token) && below(depth)) return true
  }
  return false
}

function is(path: FolderPath, role: FolderRole | null, token: Token): boolean {
  if (token === 'inbox') return path.length === 1 && foldName(path[0]!) === 'inbox'
  if (role !== null) return role === token
  return roleOfPath(path) === token || exchangeFolderOf(path) === token
}
