/** An IMAP mailbox that is written. */
import { Fault } from '#base/fault.ts'
import type { Lane } from '#imap/lane.ts'
import { createFolder, subscribeFolder } from '#imap/create-folder.ts'
import { folderCounts, listFolders, type ListedFolder } from '#imap/list-folders.ts'
import { namespaces } from '#imap/namespace.ts'
import type {
  FolderPath,
  FolderRole,
  MailTarget,
  TargetFolder,
  TargetReader,
  TargetTraits,
  TargetWriter,
} from '#engine/ports.ts'
import { Connections } from './connections.ts'
import { isForeign, isSelectable, type Naming, namingOf, pathOf, rawOf, roleOf, useOf } from './names.ts'
import type { ImapOptions } from './options.ts'
import { connect, readFolders } from './session.ts'
import { ImapTargetReader } from './target-reader.ts'
import { ImapWriter } from './target-writer.ts'

/** Logs in. Throws a Fault when that fails. */
export async function openImapTarget(options: ImapOptions): Promise<MailTarget> {
  return new ImapTarget(options, await connect(options))
}

class ImapTarget implements MailTarget {
  readonly traits: TargetTraits
  readonly #options: ImapOptions
  #session: Promise<Lane>
  #first: Lane | null
  #naming: Naming | null = null
  readonly #connections: Connections
  readonly #accepted = new Set<string>()

  constructor(options: ImapOptions, lane: Lane) {
    this.#options = options
    this.#session = Promise.resolve(lane)
    this.#first = lane
    this.#connections = new Connections(options, lane)
    this.traits = {
      kind: 'imap',
      named: false,
      appendLimit: appendLimit(lane),
      groups: lane.offers('MULTIAPPEND'),
      caseInsensitive: false,
    }
  }

  async folders(): Promise<TargetFolder[]> {
    const { folders, naming } = await readFolders(await this.#lane(), `Folders of ${this.#options.username}`)
    this.#naming = naming
    return folders.filter(({ raw }) => !isForeign(raw, naming)).map((folder) => toFolder(folder, naming))
  }

  nameProblem(path: FolderPath): string | null {
    const separator = this.#naming?.separator ?? null
    for (const part of path) {
      if (part === '') return 'a level without a name'
      if (separator !== null && part.includes(separator)) return `“${separator}” separates levels on the target`
      if (separator !== '/' && part.includes('/')) return '“/” is refused by most servers of this kind'
      // oxlint-disable-next-line no-control-regex -- these are what is looked for
      if (/[\u0000-\u001f\u007f-\u009f]/.test(part)) return 'a control character'
      if (Buffer.byteLength(part) > 255) return 'a level of more than 255 bytes'
    }
    if (separator === null && path.length > 1) return 'the target has no folders below folders'
    return null
  }

  async create(path: FolderPath, role: FolderRole | null): Promise<TargetFolder> {
    const lane = await this.#lane()
    const naming = (this.#naming ??= await askNaming(lane))
    const raw = rawOf(path, naming)
    const what = `Folder ${path.join('/')} of ${this.#options.username}`
    try {
      return await make(lane, what, path, raw, naming, role)
    } catch (thrown) {
      // Most servers make the parents themselves, as RFC 9051 §6.3.4 asks.
      if (path.length < 2 || !(thrown instanceof Fault) || thrown.scope !== 'folder') throw thrown
      await this.create(path.slice(0, -1), null)
      return make(lane, what, path, raw, naming, role)
    }
  }

  async subscribe(folder: TargetFolder): Promise<void> {
    const what = `Subscription of folder ${folder.path.join('/')} of ${this.#options.username}`
    await subscribeFolder(await this.#lane(), what, folder.raw)
  }

  async writer(): Promise<TargetWriter> {
    const first = this.#first
    this.#first = null
    return new ImapWriter(first?.alive ? first : await this.#connections.connect(), this.#accepted)
  }

  async reader(): Promise<TargetReader> {
    return new ImapTargetReader(await this.#connections.connect())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections.close()
  }

  /** The connection for folders, made anew when it is gone. */
  async #lane(): Promise<Lane> {
    const before = this.#session
    const lane = await before.catch(() => null)
    if (lane?.alive) return lane
    if (this.#session === before) this.#session = this.#connections.connect()
    return this.#session
  }
}

/** Makes the folder and asks how it stands, all in one round trip. */
async function make(
  lane: Lane,
  what: string,
  path: FolderPath,
  raw: string,
  naming: Naming,
  role: FolderRole | null,
): Promise<TargetFolder> {
  const created = createFolder(lane, what, raw, useOf(role))
  const listed = listFolders(lane, what, raw, false)
  const counted = folderCounts(lane, raw)
  listed.catch(() => undefined)
  counted.catch(() => undefined)
  await created
  const [folders, counts] = [await listed, await counted]
  const folder = folders.find((one) => one.raw === raw)
  if (folder) return { ...toFolder(folder, naming), path, status: counts }
  return { path, raw, role: roleOf(path, new Set()), selectable: true, subscribed: false, status: counts }
}

async function askNaming(lane: Lane): Promise<Naming> {
  // RFC 9051 §6.3.9: LIST "" "" tells the separator alone.
  const [spaces, roots] = await Promise.all([namespaces(lane), listFolders(lane, 'Folders', '%', false)])
  return namingOf(spaces, roots.find(({ separator }) => separator !== null)?.separator ?? null)
}

function toFolder({ raw, attributes, subscribed, counts }: ListedFolder, naming: Naming): TargetFolder {
  const path = pathOf(raw, naming)
  return { path, raw, role: roleOf(path, attributes), selectable: isSelectable(attributes), subscribed, status: counts }
}

/** APPENDLIMIT=n (RFC 7889); without a number it differs by folder and says nothing. */
function appendLimit(lane: Lane): number | null {
  for (const capability of lane.capabilities) {
    const match = /^APPENDLIMIT=(\d{1,15})$/.exec(capability)
    if (match) return Number(match[1]) || null
  }
  return null
}
