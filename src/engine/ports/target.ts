import type { DateS, Fault, Flags, FolderPath, FolderRole, FolderStatus, PermanentFlags, TargetKey } from './types.ts'

/** The mailbox that is written. */
export interface MailTarget extends AsyncDisposable {
  readonly traits: TargetTraits
  /** Named targets only: the key of the copy that `Outgoing.name` and date lead to. */
  keyOf?(name: string, dateS: DateS): TargetKey
  folders(): Promise<TargetFolder[]>
  /** Why the target would refuse this name, in words; null when nothing speaks against it. Asks nobody. */
  nameProblem(path: FolderPath): string | null
  /** Creates the folder and its parents; one that is there already is success. Answers it as the server lists it now. */
  create(path: FolderPath, role: FolderRole | null): Promise<TargetFolder>
  subscribe(folder: TargetFolder): Promise<void>
  /** A further connection to append with. */
  writer(): Promise<TargetWriter>
  /** The connection to look with: recovery, adoption, audit, flags, verification. One for all, used by one at a time. */
  reader(): Promise<TargetReader>
}

export interface TargetTraits {
  readonly kind: 'imap' | 'maildir'
  /**
   * True when a copy's key follows from the source message's identity (Maildir base names): sending twice is
   * the same as sending once, and recovery asks by name.
   */
  readonly named: boolean
  /** Largest message the target takes, in bytes (APPENDLIMIT, RFC 7889); null when it does not say. */
  readonly appendLimit: number | null
  /** True when several messages stand or fall together (MULTIAPPEND, RFC 3502). */
  readonly groups: boolean
  /** Folder names equal but for case are one folder here. */
  readonly caseInsensitive: boolean
}

export interface TargetFolder {
  readonly path: FolderPath
  readonly raw: string
  readonly role: FolderRole | null
  readonly selectable: boolean
  readonly subscribed: boolean
  readonly status: FolderStatus | null
}

/** A message on its way. */
export interface Outgoing {
  /** Source UID. */
  readonly uid: number
  /** Hex of hash(source identity, target folder): the base name in a named target, empty in others. */
  readonly name: string
  /** Exactly the number of bytes that `body` gives. At least 1. */
  readonly bytes: number
  readonly dateS: DateS
  readonly flags: Flags
  /** Buffered, or streamed for a message that is alone in its group. A stream that throws destroys the connection. */
  readonly body: readonly Buffer[] | AsyncIterable<Buffer>
}

/**
 * Asked in the same tick in which the last byte of a group leaves (transfer-engine.md §3.4). False: the lease
 * has run out; destroy the connection without that byte, and the group is `unsent`.
 */
export type Gate = () => boolean

/** What became of one message. */
export type Outcome =
  /** Stored; `key` is its own APPENDUID or name, null when the server did not say it in a usable way. */
  | {
      readonly kind: 'landed'
      readonly key: TargetKey | null
      /** Flags that turned out not to fit though the folder had promised them (a 27th keyword in a Maildir). */
      readonly lostFlags?: readonly string[]
    }
  /** The server said NO (`code` without brackets, upper case, '' when none): by its word nothing is stored. */
  | { readonly kind: 'refused'; readonly code: string; readonly text: string }
  /** The last byte never left: nothing can have been stored. */
  | { readonly kind: 'unsent'; readonly cause: Fault }
  /** The last byte left and no usable answer came. Only a look can tell. */
  | { readonly kind: 'unknown'; readonly cause: Fault }

/** One connection that appends. */
export interface TargetWriter extends AsyncDisposable {
  /** False once the connection is gone: take another writer. */
  readonly alive: boolean
  /**
   * Sends a group; groups leave in the order of the calls, several may be in flight, into any folders. Resolves
   * with one outcome per message, in order; never rejects for what the server or the network did.
   * `flushed` is called with byte counts that are needed no longer, in the order of the group: in all the sum of
   * `bytes`, unless the connection broke before everything was sent.
   */
  append(
    folder: TargetFolder,
    group: readonly Outgoing[],
    gate: Gate,
    flushed: (bytes: number) => void,
  ): Promise<Outcome[]>
}

export interface TargetMessage {
  readonly key: TargetKey
  readonly bytes: number
  readonly dateS: DateS
  readonly flags: Flags
}

export interface TargetReader extends AsyncDisposable {
  /** Opens for reading and writing flags (SELECT): `permanent` says which flags the folder keeps. */
  open(folder: TargetFolder): Promise<FolderStatus & { readonly permanent: PermanentFlags }>
  /** Of the opened folder: messages with UID ≥ `from` (a named target lists all). */
  list(from: number): AsyncIterable<readonly TargetMessage[]>
  /** The bytes of one message; null when it is gone. */
  read(key: TargetKey): Promise<AsyncIterable<Buffer> | null>
  header(key: TargetKey, most: number): Promise<Buffer | null>
  /** Flags as they are now; copies that are gone are absent. */
  flags(keys: readonly TargetKey[]): Promise<Map<TargetKey, Flags>>
  /** Adds and removes flags. A copy that is gone is passed over. */
  change(changes: readonly { key: TargetKey; add: Flags; remove: Flags }[]): Promise<void>
  /** Removes one copy that we made (UID EXPUNGE of just this one). False when the server cannot without touching others. */
  remove(key: TargetKey): Promise<boolean>
}
