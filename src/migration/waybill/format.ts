/**
 * What a waybill file says, line by line: JSON Lines, one object a line, written in docs/waybill.md with examples.
 * Types and limits only; `lines.ts` spells them, `chain.ts` binds them together.
 */
import type { MailboxIdentity } from '#engine/ports/ledger.ts'
import type { SkipKind } from '#engine/ports/ledger.ts'
import type { FolderPath, TargetKey } from '#engine/ports/types.ts'

export const WAYBILL_VERSION = 1
/** Longest line that is written or read, in bytes without its newline: a hostile file cannot fill the memory. */
export const LONGEST_LINE_BYTES = 1_048_576
/** More folders than any mailbox has; the reader keeps a record of each. */
export const MOST_FOLDERS = 100_000

/** Line 1. */
export interface HeaderLine {
  readonly kind: 'waybill'
  readonly version: typeof WAYBILL_VERSION
  /** 1 for the first waybill of a mailbox; each later one has a higher number than the one it names. */
  readonly number: number
  readonly emailAddress: string
  readonly source: MailboxIdentity['source']
  readonly target: MailboxIdentity['target']
  readonly run: string
  /** Of the pass: ISO 8601 with milliseconds, UTC. */
  readonly started: string
  readonly finished: string
  /** Name and version of the program. */
  readonly tool: string
  /** True when the pass went through every folder: then each source message is explained. */
  readonly complete: boolean
  readonly previous: Previous | null
}

/** The waybill before this one, lying in the same folder. */
export interface Previous {
  readonly file: string
  /** Its last chain value, 64 hex digits. */
  readonly chain: string
}

/** How the target keeps bytes in a folder, as the engine learnt it (transfer-engine.md §3.7). */
export type BytesKept = 'unknown' | 'verbatim' | 'canonical' | 'rewriting'

/** Opens a folder: its messages and skipped items follow, then its counts. */
export interface FolderLine {
  readonly kind: 'folder'
  /** Index from 0, rising by one. */
  readonly folder: number
  readonly source: FolderPath
  /** Null for a folder that is not carried. */
  readonly target: FolderPath | null
  readonly sourceValidity: number
  /** UIDVALIDITY that the keys below belong to; null when there are none. */
  readonly targetValidity: number | null
  readonly bytesKept: BytesKept
  /** The pattern that excluded the whole folder, or null. */
  readonly excludedBy: string | null
}

/** `found` was sent by us and recognised after doubt, `adopted` was in the target before us. */
export type MessageOutcome = 'carried' | 'found' | 'adopted'

/** A message that is in the target. */
export interface MessageLine {
  readonly kind: 'message'
  readonly folder: number
  /** UID in the source. */
  readonly uid: number
  /** UID or base name in the target; null: stored, but under a key that the server never said. */
  readonly key: TargetKey | null
  readonly bytes: number
  /** INTERNALDATE, ISO 8601 to the second, UTC. */
  readonly date: string
  /** Of the source's bytes, 64 hex digits. */
  readonly sha256: string
  /** SHA-256 of the canonical form, only where it differs and is known. */
  readonly canonical: string | null
  readonly outcome: MessageOutcome
  /** Flags that the target does not keep. */
  readonly lost: readonly string[]
}

/** A message that is not in the target, and why. */
export interface SkippedLine {
  readonly kind: 'skipped'
  readonly folder: number
  readonly uid: number
  readonly skip: SkipKind
  readonly bytes: number
  readonly date: string | null
  readonly subject: string
  /** In the server's own words, or ours. */
  readonly reason: string
  /** True when a later pass tries again. */
  readonly again: boolean
}

/**
 * Counts of messages (and of their bytes). Always
 * source + removed = carried + adopted + found + earlier + skipped + excluded + vanished + unexplained.
 */
export interface Counts {
  /** In the source folder when the pass read it. */
  readonly source: number
  readonly carried: number
  readonly adopted: number
  readonly found: number
  /** Named by an earlier waybill of this mailbox. */
  readonly earlier: number
  readonly skipped: number
  /** Excluded by choice: folders, \Deleted; listed one by one only where the ledger did. */
  readonly excluded: number
  /** Gone from the source between listing and reading. */
  readonly vanished: number
  /** In the target by this or an earlier waybill, and no longer in the source. */
  readonly removed: number
  /** Not reached by a pass that did not finish; 0 in a complete waybill. */
  readonly unexplained: number
  /** Of the message lines. */
  readonly bytes: number
}

/** Closes a folder. */
export interface CountsLine extends Counts {
  readonly kind: 'counts'
  readonly folder: number
}

/** The line before the seal: sums over all folders. */
export interface TotalsLine extends Counts {
  readonly kind: 'totals'
  readonly folders: number
}

/** The last line. Its chain is shown in full and its signature stands behind it. */
export interface SealLine {
  readonly kind: 'seal'
  readonly algorithm: 'Ed25519'
  /** `SHA256:` and the unpadded base64 of SHA-256 over the key's SubjectPublicKeyInfo. */
  readonly fingerprint: string
  /** SubjectPublicKeyInfo as PEM. */
  readonly publicKey: string
}

export type WaybillLine = HeaderLine | FolderLine | MessageLine | SkippedLine | CountsLine | TotalsLine | SealLine

/** Skip kinds that are a choice, not a loss. */
export const isExcluded = (kind: SkipKind): boolean => kind === 'excluded' || kind === 'deleted'

/** In the order in which they are written. */
export const COUNT_NAMES = [
  'source',
  'carried',
  'adopted',
  'found',
  'earlier',
  'skipped',
  'excluded',
  'vanished',
  'removed',
  'unexplained',
  'bytes',
] as const satisfies readonly (keyof Counts)[]

/** Each count as `value` says, in the order of writing. */
export function countsBy(value: (name: keyof Counts) => number): Counts {
  const counts: Record<keyof Counts, number> = { ...NO_COUNTS }
  for (const name of COUNT_NAMES) counts[name] = value(name)
  return counts
}

export const NO_COUNTS: Counts = {
  source: 0,
  carried: 0,
  adopted: 0,
  found: 0,
  earlier: 0,
  skipped: 0,
  excluded: 0,
  vanished: 0,
  removed: 0,
  unexplained: 0,
  bytes: 0,
}

export const addCounts = (a: Counts, b: Counts): Counts => countsBy((name) => a[name] + b[name])

/** Source messages that `counts` explains less those that are in the source: 0 when the equation holds. */
export function imbalance(c: Counts): number {
  const explained = c.carried + c.adopted + c.found + c.earlier + c.skipped + c.excluded + c.vanished + c.unexplained
  return explained - (c.source + c.removed)
}
