import type { Room } from '#base/room.ts'
import type { DateS, Flags, FolderPath, FolderRole, FolderStatus, Runs } from './types.ts'

/** The mailbox that is read. It is never changed (transfer-engine.md G1). */
export interface MailSource extends AsyncDisposable {
  /** The personal folders below UserRoot, those of other users and shared ones left out by namespace. */
  folders(): Promise<SourceFolder[]>
  /** A connection to read with. The first one may be the connection that `folders` used. */
  reader(): Promise<SourceReader>
}

export interface SourceFolder {
  readonly path: FolderPath
  /** The name as the server spelt it, to open it with. */
  readonly raw: string
  readonly role: FolderRole | null
  /** False for `\Noselect` and `\NonExistent`: it has children only. */
  readonly selectable: boolean
  readonly subscribed: boolean
  /** Null where the server would not say with the list; then `SourceReader.open` tells. */
  readonly status: FolderStatus | null
}

/** One connection. Commands are sent at once and answered in order. Calls after `open` concern that folder. */
export interface SourceReader extends AsyncDisposable {
  /** Opens read-only (EXAMINE); its answer was read before any listing that follows. */
  open(folder: SourceFolder): Promise<FolderStatus>
  /**
   * Lists messages with UIDs in `range`, in the server's order, in batches of bounded size; with `changedSince`
   * only those whose MODSEQ is higher. Expunged ones are simply absent.
   */
  list(range: { from: number; to: number | null }, changedSince: bigint | null): AsyncIterable<readonly ListedMessage[]>
  /**
   * All of `uids` that still exist, in the server's order. The command is sent when called; bodies are read when asked,
   * or go into `room` as they come, as long as they fit.
   */
  fetch(uids: Runs, room?: Room): AsyncIterable<FetchedMessage>
  /** The header, at most `most` bytes of it: for reports and for matching. Null when the message is gone. */
  header(uid: number, most: number): Promise<Buffer | null>
}

export interface ListedMessage {
  readonly uid: number
  /** What the server says; the literal's length is what counts (hMailServer and others lie). */
  readonly bytes: number
  readonly dateS: DateS
  readonly flags: Flags
  /** Flags that no target could take, as spelt. */
  readonly lostFlags: readonly string[]
}

export interface FetchedMessage extends ListedMessage {
  /** `bytes` is here the announced length of the body. */
  readonly bytes: number
  /**
   * The body, to be read to its end before the next message is asked for; a `Stored` where it
   * went into the room. Null when the server answered NIL. Throws a Fault when the connection dies inside it; nothing is ever padded.
   */
  readonly body: AsyncIterable<Buffer> | null
}
