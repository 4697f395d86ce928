import type { FolderPath, Skipped, SkipKind } from '../ports.ts'

/** What one pass did to one mailbox. Counts are of messages unless they say bytes. */
export interface PassReport {
  /** Appended in this pass. */
  carried: number
  carriedBytes: number
  /** In doubt from an earlier pass or a lost answer, and found in the target. */
  found: number
  /** There before us and recognised as the same. */
  adopted: number
  /** Messages whose flags were brought up to date. */
  flagsChanged: number
  /** Late arrivals of doubtful groups that were removed again. */
  doublesRemoved: number
  /** Gone from the source between listing and reading. */
  vanished: number
  /** Wall clock ms of the first byte of the first APPEND and of the last landing; null when nothing was sent. */
  firstByteAt: number | null
  lastLandingAt: number | null
  folders: FolderReport[]
  /** Carried by earlier passes out of folders that the source no longer has, or that are left out by now. */
  landedElsewhere: number
  /** Folders left out by choice. */
  readonly excluded: { readonly path: FolderPath; readonly messages: number; readonly pattern: string }[]
  /** Flags that the target does not keep: how many messages lost each. */
  readonly lostFlags: Map<string, number>
  /** Skips that this pass found, newest last; all of them are in the ledger. */
  readonly skips: Map<SkipKind, number>
  verified: {
    looked: number
    equal: number
    canonical: number
    rewritten: number
    differing: number
    gone: number
  } | null
  /** Sentences for the person who reads the report. */
  readonly notes: string[]
}

export interface FolderReport {
  /** Id of its record in the ledger. */
  record: string
  readonly sourcePath: FolderPath
  readonly targetPath: FolderPath
  readonly why: string
  /** Messages in the source when it was listed. */
  source: number
  /** Appended by this pass. */
  carried: number
  /** In the target, by this and earlier passes. */
  landed: number
  /** Gone between listing and reading. */
  vanished: number
  /** Explained by earlier passes and no longer in the source; null when this pass did not list the whole folder. */
  removed: number | null
}

export function emptyReport(): PassReport {
  return {
    carried: 0,
    carriedBytes: 0,
    found: 0,
    adopted: 0,
    flagsChanged: 0,
    doublesRemoved: 0,
    vanished: 0,
    firstByteAt: null,
    lastLandingAt: null,
    folders: [],
    landedElsewhere: 0,
    excluded: [],
    lostFlags: new Map(),
    skips: new Map(),
    verified: null,
    notes: [],
  }
}

/** What a pass tells while it runs. Called often: be quick. */
export interface PassEvents {
  /** Once the size of the work is known, and again when it changes. */
  planned(work: { messages: number; bytes: number }): void
  /** `sent`: now, by this pass; else it was in the target already. */
  landed(messages: number, bytes: number, sent: boolean): void
  skipped(item: Skipped): void
  /** A sentence worth a line in the log: a wait, a retry, a recovery. */
  note(sentence: string): void
}
