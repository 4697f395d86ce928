/**
 * `subscriptions` as Dovecot keeps it: a first line `V<TAB>2` and an empty one, then a folder a line, components in
 * modified UTF-7 with tabs between. Without that head (older Dovecots) components are joined by dots.
 */
import type { FolderPath } from '#engine/ports.ts'
import { pathOfFolderName } from './folder-name.ts'
import type { Owner } from './folder-handles.ts'
import { encodeModifiedUtf7 } from './modified-utf7.ts'
import { readSmallFile, replaceSmallFile } from './small-file.ts'

const FILE = 'subscriptions'
const HEAD = 'V\t2\n\n'

const inVersion2 = (text: string) => text.startsWith('V\t2\n')

const lineOf = (path: FolderPath, separator: string) => path.map(encodeModifiedUtf7).join(separator)

/** The subscribed folders, by their names on disk; 'INBOX' is ''. */
export function readSubscriptions(mailbox: number): Set<string> {
  const text = readSmallFile(mailbox, FILE)?.text ?? ''
  const lines = inVersion2(text)
    ? text
        .slice(4)
        .split('\n')
        .map((line) => line.replaceAll('\t', '.'))
    : text.split('\n')
  return new Set(lines.filter((line) => line !== '').map((line) => (line === 'INBOX' ? '' : `.${line}`)))
}

/** @param name the folder's name on disk */
export async function addSubscription(mailbox: number, owner: Owner, name: string): Promise<void> {
  const path = pathOfFolderName(name)
  if (path === null) return
  await replaceSmallFile(mailbox, FILE, owner, (old) => {
    const text = old === null || old === '' ? HEAD : old.endsWith('\n') ? old : `${old}\n`
    const line = lineOf(path, inVersion2(text) ? '\t' : '.')
    return text.split('\n').includes(line) ? null : `${text}${line}\n`
  })
}
