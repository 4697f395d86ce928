/** One connection that reads. */
import type { Room } from '#base/room.ts'
import type { Runs } from '#base/uid-set.ts'
import { fetchBodies, type FetchedItem } from '#imap/fetch-bodies.ts'
import { fetchHeader } from '#imap/fetch-header.ts'
import { fetchList, type ListedItem } from '#imap/fetch-list.ts'
import type { Lane } from '#imap/lane.ts'
import { openFolder, type OpenedFolder } from '#imap/open-folder.ts'
import type { FetchedMessage, FolderStatus, ListedMessage, SourceFolder, SourceReader } from '#engine/ports.ts'
import { parseInternalDate } from '#mail/dates.ts'
import { readFlags } from '#mail/flags.ts'

export class ImapReader implements SourceReader {
  readonly #lane: Lane
  #what = 'No folder'
  #opened: OpenedFolder | null = null

  constructor(lane: Lane) {
    this.#lane = lane
  }

  async open(folder: SourceFolder): Promise<FolderStatus> {
    this.#what = `Folder ${folder.path.join('/')} of ${this.#lane.peer.username}`
    this.#opened = null
    const opened = await openFolder(this.#lane, this.#what, folder.raw, true)
    this.#opened = opened
    const { validity, uidNext, messages, modseq } = opened
    return { validity, uidNext, messages, modseq }
  }

  list(
    range: { from: number; to: number | null },
    changedSince: bigint | null,
  ): AsyncIterable<readonly ListedMessage[]> {
    const opened = this.#opened
    if (opened?.messages === 0) return nothing()
    return batches(fetchList(this.#lane, this.#what, range, opened?.messages ?? null, changedSince))
  }

  fetch(uids: Runs, room?: Room): AsyncIterable<FetchedMessage> {
    return messages(fetchBodies(this.#lane, this.#what, uids, room))
  }

  header(uid: number, most: number): Promise<Buffer | null> {
    return fetchHeader(this.#lane, this.#what, uid, most)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#lane.close()
  }
}

async function* nothing(): AsyncGenerator<readonly ListedMessage[]> {}

async function* batches(items: AsyncIterable<readonly ListedItem[]>): AsyncGenerator<readonly ListedMessage[]> {
  for await (const batch of items) yield batch.map(listed)
}

function listed(item: { uid: number; bytes: number; date: string; flags: readonly string[] }): ListedMessage {
  const { flags, lost } = readFlags(item.flags)
  // A date that is none counts as 1970: the message itself must not be lost for it.
  return { uid: item.uid, bytes: item.bytes, dateS: parseInternalDate(item.date) ?? 0, flags, lostFlags: lost }
}

async function* messages(items: AsyncIterable<FetchedItem>): AsyncGenerator<FetchedMessage> {
  for await (const item of items) yield { ...listed(item), body: item.body }
}
