/** Writes a corpus as Maildir++ files, as a delivery agent would have left them: LF, sizes in the names. */
import { chownSync, closeSync, mkdirSync, openSync, utimesSync, writeFileSync, writevSync } from 'node:fs'
import { join } from 'node:path'
import { encodeMailbox } from '#test/worlds/modified-utf7.ts'
import { type Corpus, type CorpusFolder, type CorpusMessage, contentOf, keywords } from './corpus.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

const letters: Readonly<Record<string, string>> = { '\\Draft': 'D', '\\Flagged': 'F', '\\Answered': 'R', '\\Seen': 'S' }

/** Synchronous and slow (about 20,000 messages a second): call it before anything is measured. */
export function plantCorpus(root: string, corpus: Corpus, owner: Owner): void {
  const asRoot = process.getuid?.() === 0
  const own = (path: string) => {
    if (asRoot) chownSync(path, owner.uid, owner.gid)
  }
  for (const folder of corpus.folders) plantFolder(root, folder, own)
  const names = corpus.folders.filter(({ path }) => path[0] !== 'INBOX').map(({ path }) => maildirName(path))
  writeFileSync(join(root, 'subscriptions'), names.map((name) => `${name}\n`).join(''))
  own(join(root, 'subscriptions'))
}

const maildirName = (path: readonly string[]) => path.map(encodeMailbox).join('.')

function plantFolder(root: string, { path, messages }: CorpusFolder, own: (path: string) => void): void {
  const isInbox = path[0] === 'INBOX'
  const folder = isInbox ? root : join(root, `.${maildirName(path)}`)
  for (const part of ['', 'cur', 'new', 'tmp']) {
    mkdirSync(join(folder, part), { recursive: true })
    own(join(folder, part))
  }
  if (!isInbox) {
    writeFileSync(join(folder, 'maildirfolder'), '')
    own(join(folder, 'maildirfolder'))
  }
  writeFileSync(join(folder, 'dovecot-keywords'), keywords.map((name, at) => `${at} ${name}\n`).join(''))
  own(join(folder, 'dovecot-keywords'))
  for (const [serial, message] of messages.entries()) {
    const file = join(folder, 'cur', fileName(serial, message))
    const descriptor = openSync(file, 'wx', 0o600)
    writevSync(descriptor, contentOf(message, 'lf'))
    closeSync(descriptor)
    utimesSync(file, message.dateS, message.dateS)
    own(file)
  }
}

function fileName(serial: number, { head, lines, bytes, flags }: CorpusMessage): string {
  const stored = bytes - lines - (head.split('\r\n').length - 1)
  const marks = flags.map(
    (flag) => letters[flag] ?? String.fromCharCode(97 + (keywords as readonly string[]).indexOf(flag)),
  )
  return `1000000000.M${String(serial).padStart(8, '0')}P1.planted,S=${stored},W=${bytes}:2,${marks.sort().join('')}`
}
