import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { decodeMailbox, encodeMailbox } from './modified-utf7.ts'
import type { PlannedFolder } from './messages.ts'
import type { Snapshot, SnapshotMessage } from './snapshot.ts'

const letters: readonly [string, string][] = [
  ['D', '\\Draft'],
  ['F', '\\Flagged'],
  ['R', '\\Answered'],
  ['S', '\\Seen'],
  ['T', '\\Deleted'],
]

export interface Owner {
  readonly uid: number
  readonly gid: number
}

let serial = 0

/**
 * Writes folders and messages as Maildir++ files, byte for byte, for a server that is not running or has not looked yet:
 * the only way to have NUL bytes and bare LF in a mailbox. Messages get their UIDs in the order given.
 */
export function plantMaildir(root: string, folders: readonly PlannedFolder[], owner?: Owner): void {
  const own = (path: string) => {
    if (owner !== undefined && process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid)
  }
  for (const { path, messages, subscribed } of folders) {
    const name = path.map(encodeMailbox).join('.')
    const folder = name.toUpperCase() === 'INBOX' ? root : join(root, `.${name}`)
    for (const part of ['', 'cur', 'new', 'tmp']) {
      mkdirSync(join(folder, part), { recursive: true })
      own(join(folder, part))
    }
    if (folder !== root) {
      writeFileSync(join(folder, 'maildirfolder'), '')
      own(join(folder, 'maildirfolder'))
    }
    if (subscribed) {
      appendFileSync(join(root, 'subscriptions'), `${name}\n`)
      own(join(root, 'subscriptions'))
    }
    const keywords = readKeywords(folder)
    for (const { content, flags, internalDate } of messages) {
      const marks = flags.map((flag) => {
        const letter = letters.find(([, name]) => name === flag)?.[0]
        if (letter !== undefined) return letter
        if (!keywords.includes(flag)) keywords.push(flag)
        return String.fromCharCode(97 + keywords.indexOf(flag))
      })
      const base = `1000000000.M${String(++serial).padStart(8, '0')}P1.planted`
      const file = join(folder, 'cur', `${base}:2,${marks.sort().join('')}`)
      writeFileSync(file, content)
      // As a Date: Node takes a negative number for "now".
      const at = new Date(internalDate * 1000)
      utimesSync(file, at, at)
      own(file)
    }
    if (keywords.length > 0) {
      writeFileSync(join(folder, 'dovecot-keywords'), keywords.map((name, i) => `${i} ${name}\n`).join(''))
      own(join(folder, 'dovecot-keywords'))
    }
  }
}

const decode = (name: string) => name.split('.').map(decodeMailbox).join('/')

/**
 * Reads a Maildir++ without any server: what its files say, with the dates from mtime and names joined by `/`. `asServed`
 * digests what an IMAP server would send, LF as CRLF: Dovecot itself writes its files with LF.
 */
export function readMaildir(root: string, asServed = false): Snapshot {
  const folders = new Map<string, SnapshotMessage[]>()
  for (const entry of ['', ...readdirSync(root)]) {
    const folder = join(root, entry)
    if (entry !== '' && (!entry.startsWith('.') || !existsSync(join(folder, 'cur')))) continue
    const keywords = readKeywords(folder)
    const messages = ['cur', 'new'].flatMap((part) =>
      existsSync(join(folder, part))
        ? readdirSync(join(folder, part)).map((file) => read(join(folder, part, file), keywords, asServed))
        : [],
    )
    folders.set(entry === '' ? 'INBOX' : decode(entry.slice(1)), messages)
  }
  const list = join(root, 'subscriptions')
  const lines = existsSync(list)
    ? readFileSync(list, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : []
  // Dovecot's second format has a version line, and separates levels by tabs.
  const names = lines[0]?.startsWith('V\t') === true ? lines.slice(1).map((line) => line.replaceAll('\t', '.')) : lines
  return { folders, subscriptions: new Set(names.map(decode)) }
}

function readKeywords(folder: string): string[] {
  const file = join(folder, 'dovecot-keywords')
  const found: string[] = []
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
    const [index, ...name] = line.split(' ')
    if (name.length > 0) found[Number(index)] = name.join(' ')
  }
  return found
}

function read(file: string, keywords: readonly string[], asServed: boolean): SnapshotMessage {
  const bytes = readFileSync(file)
  const content = asServed ? Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1') : bytes
  const marks = /:2,([A-Za-z]*)/.exec(file)?.[1] ?? ''
  const flags = marks
    .split('')
    .map((mark) => letters.find(([letter]) => letter === mark)?.[1] ?? keywords[mark.charCodeAt(0) - 97] ?? mark)
  return {
    key: file,
    sha256: createHash('sha256').update(content).digest('hex'),
    size: content.length,
    internalDate: Math.floor(statSync(file).mtimeMs / 1000),
    flags: flags.sort(),
    head: content.toString('latin1', 0, 400),
  }
}
