/** A Maildir++ as the target of a migration, served by any Dovecot, also while we write (architecture.md §4). */
import { type Log, silentLog } from '#base/log.ts'
import { Turnstile } from '#base/turnstile.ts'
import type {
  FolderPath,
  FolderRole,
  MailTarget,
  TargetFolder,
  TargetReader,
  TargetTraits,
  TargetWriter,
} from '#engine/ports.ts'
import { maildirFault, nameRefused } from './faults.ts'
import { folderNameProblem, maildirFolderName, pathOfFolderName, roleOfFolderName } from './folder-name.ts'
import { type MailboxPlace, openPlace } from './mailbox-place.ts'
import { MaildirReader, statusOf } from './reader.ts'
import { addSubscription, readSubscriptions } from './subscriptions.ts'
import { MaildirWriter } from './writer.ts'

export interface MaildirTargetOptions {
  /** Absolute; may hold `{user}`, `{local}`, `{domain}`, else the address is added: `/srv/mail` means `/srv/mail/{user}`. */
  readonly root: string
  readonly address: string
  readonly log?: Log
  /** Folders below which the server's configuration allows roots. */
  readonly allowedRoots: readonly string[]
}

/** Files written and synced at once: enough to share journal commits, few enough for a disk that seeks. */
const MOST_IN_FLIGHT = 16

const TRAITS: TargetTraits = { kind: 'maildir', named: true, appendLimit: null, groups: false, caseInsensitive: false }

/**
 * Opens the mailbox; nothing is made before the first folder, message or subscription. Throws Fault
 * TARGET_ROOT_REFUSED (root not allowed, address that cannot be a folder), TARGET_NOT_A_MAILDIR (a symbolic link
 * below the root) or TARGET_NOT_WRITABLE.
 */
export async function openMaildirTarget(options: MaildirTargetOptions): Promise<MailTarget> {
  const place = openPlace(options, options.log ?? silentLog)
  try {
    place.mailbox(false)
  } catch (thrown) {
    place.close()
    throw thrown
  }
  return new MaildirTarget(place)
}

class MaildirTarget implements MailTarget {
  readonly traits = TRAITS
  readonly #place: MailboxPlace
  readonly #inFlight = new Turnstile(MOST_IN_FLIGHT)

  constructor(place: MailboxPlace) {
    this.#place = place
  }

  /** The name alone is the key: see file-name.ts. */
  keyOf(name: string): string {
    return name
  }

  nameProblem(path: FolderPath): string | null {
    return folderNameProblem(path)
  }

  async folders(): Promise<TargetFolder[]> {
    try {
      const mailbox = this.#place.mailbox(false)
      const subscribed = mailbox === null ? new Set<string>() : readSubscriptions(mailbox)
      // Every mailbox has an INBOX, also one that is not made yet.
      const names = new Set(['', ...this.#place.names()])
      const folders: TargetFolder[] = []
      for (const name of names) folders.push(await this.#describe(name, subscribed))
      return folders
    } catch (thrown) {
      throw maildirFault(thrown, 'listing the folders of', this.#place.path)
    }
  }

  /** Makes no parents: in Maildir++ they are implied, and shown as `\Noselect`. Roles are not stored. */
  async create(path: FolderPath, _role: FolderRole | null): Promise<TargetFolder> {
    const name = maildirFolderName(path)
    if (name === null) throw nameRefused(path, folderNameProblem(path) ?? 'no such name is possible')
    this.#place.folder(name, true)[Symbol.dispose]()
    try {
      return await this.#describe(name, readSubscriptions(this.#place.mailbox(true)))
    } catch (thrown) {
      throw maildirFault(thrown, 'looking at the folder', this.#place.pathOf(name))
    }
  }

  async subscribe(folder: TargetFolder): Promise<void> {
    this.#place.folder('', true)[Symbol.dispose]()
    try {
      await addSubscription(this.#place.mailbox(true), this.#place.owner, folder.raw)
    } catch (thrown) {
      throw maildirFault(thrown, 'subscribing in', this.#place.path)
    }
  }

  async writer(): Promise<TargetWriter> {
    return new MaildirWriter(this.#place, this.#inFlight)
  }

  async reader(): Promise<TargetReader> {
    return new MaildirReader(this.#place)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#place.close()
  }

  async #describe(name: string, subscribed: ReadonlySet<string>): Promise<TargetFolder> {
    using handles = this.#place.folder(name, false)
    return {
      path: pathOfFolderName(name) ?? [name],
      raw: name,
      role: roleOfFolderName(name),
      selectable: true,
      subscribed: subscribed.has(name),
      status: await statusOf(this.#place, name, handles),
    }
  }
}
