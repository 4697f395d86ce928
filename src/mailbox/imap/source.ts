/** An IMAP mailbox that is read: EXAMINE and BODY.PEEK only, never a command that changes anything (G1). */
import { Fault } from '#base/fault.ts'
import type { Lane } from '#imap/lane.ts'
import type { MailSource, SourceFolder, SourceReader } from '#engine/ports.ts'
import { Connections } from './connections.ts'
import { belowRoot, fullPath, isForeign, isSelectable, pathOf, roleOf } from './names.ts'
import type { ImapSourceOptions } from './options.ts'
import { ImapReader } from './source-reader.ts'
import { connect, readFolders, readFoldersBelow } from './session.ts'

/** Logs in. Throws a Fault when that fails. */
export async function openImapSource(options: ImapSourceOptions): Promise<MailSource> {
  return new ImapSource(options, await connect(options))
}

class ImapSource implements MailSource {
  readonly #options: ImapSourceOptions
  #session: Lane
  #given = false
  readonly #connections: Connections

  constructor(options: ImapSourceOptions, session: Lane) {
    this.#options = options
    this.#session = session
    this.#connections = new Connections(options, session)
  }

  async folders(): Promise<SourceFolder[]> {
    if (!this.#session.alive) {
      this.#session = await this.#connections.connect()
      this.#given = false
    }
    const root = (this.#options.userRoot ?? '').split('/').filter((part) => part !== '')
    const what = `Folders of ${this.#options.username}`
    const { folders, naming } = await (root.length > 0
      ? readFoldersBelow(this.#session, what, root)
      : readFolders(this.#session, what))
    const found: SourceFolder[] = []
    for (const { raw, attributes, subscribed, counts } of folders) {
      let path = pathOf(raw, naming)
      if (root.length > 0) {
        const below = belowRoot(path, root) ?? belowRoot(fullPath(raw, naming.separator), root)
        if (below === null) continue
        path = below
      } else if (path.length === 0 || isForeign(raw, naming)) continue
      found.push({
        path,
        raw,
        role: roleOf(path, attributes),
        selectable: isSelectable(attributes),
        subscribed,
        status: counts,
      })
    }
    if (root.length > 0 && found.length === 0) throw this.#noRoot()
    return found
  }

  async reader(): Promise<SourceReader> {
    if (!this.#given && this.#session.alive) {
      this.#given = true
      return new ImapReader(this.#session)
    }
    return new ImapReader(await this.#connections.connect())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections.close()
  }

  #noRoot(): Fault {
    const { host, port, username, userRoot } = this.#options
    return new Fault({
      code: 'USER_ROOT_NOT_FOUND',
      scope: 'mailbox',
      transient: false,
      message: `There is no folder below UserRoot ${userRoot} that ${username} can see on ${host}:${port}.`,
      remedy: 'Check UserRoot in the CSV file, with / between the levels, and the rights of the log-in.',
      facts: { host, port, user: username, userRoot: userRoot ?? '' },
    })
  }
}
