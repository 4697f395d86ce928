/** What the parts of one open mailbox ledger share. */
import type { Committer } from './committer.ts'
import type { Rows } from './commit-statement.ts'
import type { LedgerStore } from './types.ts'
import type { WordSets } from './word-sets.ts'

export interface Context {
  readonly store: LedgerStore
  readonly words: WordSets
  readonly committer: Committer
  readonly mailboxId: string
  readonly epoch: number
  /** Row number of a folder by the id that the engine gave it; a folder that was never saved is a bug. */
  readonly refOf: (folder: string) => number
}

export const NO_ROWS: Rows = { opened: [], closed: [], groups: [], skipped: [], resent: [] }

/** Runs as two columns for `unnest`. */
export const columnsOf = (runs: readonly (readonly [number, number])[]): [first: number[], last: number[]] => [
  runs.map(([first]) => first),
  runs.map(([, last]) => last),
]
