/** A logged-in connection and what it knows of the mailbox's names. */
import { silentLog } from '#base/log.ts'
import { connectLane } from '#imap/connect.ts'
import { identify } from '#imap/identify.ts'
import type { Lane } from '#imap/lane.ts'
import { type ListedFolder, listFolders } from '#imap/list-folders.ts'
import { namespaces } from '#imap/namespace.ts'
import { encodeName } from '#imap/utf7.ts'
import type { FolderPath } from '#engine/ports.ts'
import { type Naming, namingOf } from './names.ts'
import type { ImapOptions } from './options.ts'

/** Logs in and says who we are, which servers answer while the next command is on its way. */
export async function connect(options: ImapOptions): Promise<Lane> {
  const lane = await connectLane(options)
  void identify(lane).catch(() => undefined)
  ;(options.log ?? silentLog).debug('logged in', { host: options.host, port: options.port, user: options.username })
  return lane
}

export interface Folders {
  readonly folders: readonly ListedFolder[]
  readonly naming: Naming
}

/**
 * The folders below `root` only: an administrator's log-in may see those of everybody. One round trip more, for the
 * separator.
 */
export async function readFoldersBelow(lane: Lane, what: string, root: FolderPath): Promise<Folders> {
  const [spaces, top] = await Promise.all([namespaces(lane), listFolders(lane, what, '%', false)])
  const separator = top.find((folder) => folder.separator !== null)?.separator ?? null
  const naming = namingOf(spaces, separator)
  const plain = root.map(encodeName).join(naming.separator ?? '/')
  const places = new Set([plain, naming.prefix + plain])
  const patterns = [...places].flatMap((place) => [place, `${place}${naming.separator ?? '/'}*`])
  const lists = await Promise.all(patterns.map((pattern) => listFolders(lane, what, pattern, true)))
  return { folders: [...new Map(lists.flat().map((folder) => [folder.raw, folder])).values()], naming }
}

/** The folders with their counts and the rules of their names, in one round trip where the server can. */
export async function readFolders(lane: Lane, what: string): Promise<Folders> {
  const [spaces, folders] = await Promise.all([namespaces(lane), listFolders(lane, what, '*', true)])
  const separator = folders.find((folder) => folder.separator !== null)?.separator ?? null
  return { folders, naming: namingOf(spaces, separator) }
}

/** Logs in, lists and leaves: what a dry run asks of a server. Throws as the first step of a pass would. */
export async function probeImap(
  options: ImapOptions,
): Promise<{ readonly folders: number; readonly messages: number }> {
  const lane = await connect(options)
  try {
    const { folders } = await readFolders(lane, `Folders of ${options.username}`)
    return { folders: folders.length, messages: folders.reduce((sum, { counts }) => sum + (counts?.messages ?? 0), 0) }
  } finally {
    await lane.close()
  }
}
