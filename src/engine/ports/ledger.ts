import type { DateS, Flags, FolderPath, Runs, TargetKey } from './types.ts'

/** By which a later run finds its ledger. Never the CSV's name, row order, password or flags. */
export interface MailboxIdentity {
  readonly source: {
    readonly host: string
    readonly port: number
    readonly userName: string
    readonly userRoot: string
  }
  readonly target: { readonly kind: string; readonly place: string; readonly login: string }
}

/** The right to write one mailbox. It ends by itself: a holder that was frozen must find it gone. */
export interface Lease {
  /** Rises with every holder. */
  readonly fence: number
  /** True when by the monotonic and by the wall clock at least the safety margin is left. Cheap, synchronous. */
  holds(): boolean
  /** Aborts when the lease is lost or cannot be renewed in time. */
  readonly lost: AbortSignal
  /** Lease end of the holder before us plus settle time, as wall clock ms: nobody looks before. 0 when there was none. */
  readonly lookAfterMs: number
}

export interface Ledger {
  /**
   * Takes the mailbox's lease and opens its records, made on first use. Throws Fault USER_ALREADY_BEING_MIGRATED
   * when another process holds it and does not let go, or when another source already fills this target.
   */
  open(identity: MailboxIdentity, signal: AbortSignal): Promise<MailboxLedger>
}

/** Where the newest `maxItems` of a mailbox begin; ties of the date are ordered by folder, then UID. */
export interface CutOff {
  readonly maxItems: number
  readonly dateS: DateS
  /** JSON of the path of the last folder of which messages with just this date are carried, up to `uid`. */
  readonly folder: string
  readonly uid: number
}

/** State of one source folder and its target, kept for ever. */
export interface FolderRecord {
  readonly id: string
  readonly sourcePath: FolderPath
  /** Fixed when first planned and never changed under a running batch. */
  readonly targetPath: FolderPath
  readonly sourceValidity: number
  /** Validity of the target folder that our keys belong to; null before the first contact. */
  readonly targetValidity: number | null
  /** Highest UIDNEXT of the target that we have seen; from here a restored ledger adopts. It rises only after that. */
  readonly targetUidNext: number
  /** Read before the listing that stands behind it; null until one pass went through the whole folder. */
  readonly mark: { readonly uidNext: number; readonly messages: number; readonly modseq: bigint | null } | null
  /** UIDs below the mark that every pass looks at again: retryable, excluded by choice, unknown. */
  readonly again: Runs
  /** How the target keeps bytes here, learnt by reading one message back. */
  readonly rewriting: 'unknown' | 'verbatim' | 'canonical' | 'rewriting'
  /** Whether what was in the folder before us was adopted (§4); `earlier`: before the database was restored (§2). */
  readonly adopted: 'never' | 'earlier' | 'now'
  /** What the source counted when the folder was planned, then when a pass went through it; for people, nothing follows from it. */
  readonly sourceMessages: number | null
}

/** A message that is about to be sent. */
export interface Intended {
  readonly uid: number
  readonly bytes: number
  readonly dateS: DateS
  readonly flags: Flags
  /** SHA-256 of the bytes, 32 of them; null for one that is streamed: it is known only after the last byte. */
  readonly digest: Buffer | null
}

export interface Intent {
  /** Made by us, so that a commit may be repeated. */
  readonly id: string
  readonly folder: string
  readonly targetValidity: number
  /** UIDNEXT of the target read before any byte of it left: a look starts here. */
  readonly probeFrom: number
  readonly messages: readonly Intended[]
}

/** A message that is in the target. */
export interface Landed extends Intended {
  readonly digest: Buffer
  /** Null: stored, but under a key that has not been located yet. */
  readonly key: TargetKey | null
  /** How it came: sent by us, found there as ours after doubt, or adopted from before us. */
  readonly origin: 'sent' | 'found' | 'adopted'
  /** Flags that the target does not keep, as spelt. */
  readonly lostFlags: readonly string[]
}

/** What an intent became, in one commit. */
export interface Closing {
  readonly intent: string
  readonly landed: readonly Landed[]
  /** Messages still in doubt, or halves of a refused group: opened in the same commit that closes the parent. */
  readonly reopened: readonly Intent[]
  readonly skipped: readonly Skipped[]
  /** Messages that were in doubt, were not found, and will be sent once more: the audit's list. */
  readonly resent: readonly Intended[]
}

export type SkipKind = 'large' | 'bad' | 'missing' | 'unknown' | 'excluded' | 'deleted' | 'over-limit'

/** A message that is not carried, and why. */
export interface Skipped {
  readonly folder: string
  readonly uid: number
  readonly kind: SkipKind
  readonly bytes: number
  readonly dateS: DateS | null
  readonly subject: string
  /** The server's own words, or ours. */
  readonly reason: string
  /** True when a later pass tries again. */
  readonly again: boolean
}

/** Committed messages in ascending UID order, up to a few hundred at once. */
export interface LedgerGroup {
  readonly id: string
  readonly folder: string
  readonly messages: readonly Landed[]
}

/** One mailbox, under its lease. Every write is refused with Fault LEASE_LOST once another holder has the fence. */
export interface MailboxLedger extends AsyncDisposable {
  readonly id: string
  readonly lease: Lease
  /** Rises when the database was restored: folders are then adopted again. */
  readonly epoch: number

  /** Kept from the first pass that had more than `maxItems` messages to choose from; null before. */
  readonly cutOff: CutOff | null
  saveCutOff(cutOff: CutOff): Promise<void>

  folders(): Promise<FolderRecord[]>
  /** Makes or updates records; all in one commit. */
  saveFolders(records: readonly FolderRecord[]): Promise<void>

  /** Durable when it resolves. Commits of many callers are joined. */
  intend(intent: Intent): Promise<void>
  close(closing: Closing): Promise<void>
  /** Messages found in the target with no intent of ours (adoption). */
  adopt(folder: string, landed: readonly Landed[]): Promise<void>
  skip(items: readonly Skipped[]): Promise<void>
  /** Forgets skips that a later pass resolved. */
  unskip(folder: string, uids: Runs): Promise<void>

  openIntents(): Promise<Intent[]>
  /** UIDs of the folder that are in the target. */
  landedUids(folder: string): Promise<Runs>
  landedCount(folder: string): Promise<number>
  /**
   * Target keys at or above `from` that the ledger already explains, over all source folders of this target path:
   * of every mailbox that was brought to this target (`anyone`, by default), or of this one.
   */
  knownKeys(targetPath: FolderPath, from: number, whose?: 'anyone' | 'ours'): Promise<Set<TargetKey>>
  /** Groups that hold any of `uids` (null: all), ascending by their lowest UID. */
  groups(folder: string, uids: Runs | null): AsyncIterable<LedgerGroup>
  /** Corrects keys and flags last written of messages already landed; identities stay as they are. */
  update(folder: string, changes: readonly { uid: number; key?: TargetKey | null; flags?: Flags }[]): Promise<void>
  skipped(folder: string | null): AsyncIterable<Skipped>
  /** Messages sent again after doubt and not yet audited twice. */
  resentIn(folder: string): Promise<Intended[]>
  auditDone(folder: string, uids: Runs): Promise<void>
}
