import type { FolderPattern } from '../plan/exclude.ts'

/** What an administrator chose for a pass, and the numbers that tests turn. */
export interface PassOptions {
  /** Larger messages are reported, not carried. 1 MB = 1,048,576 bytes. */
  readonly maxMessageBytes: number
  /** Of more than these, the newest are carried. */
  readonly maxItems: number
  /** Folders that are left out. */
  readonly exclude: readonly FolderPattern[]
  /** When there are any, only these folders are carried, less those that are left out. */
  readonly include: readonly FolderPattern[]
  /** Only messages whose INTERNALDATE is from `fromS` on and before `beforeS` (seconds since 1970); null: all. */
  readonly received: { readonly fromS: number; readonly beforeS: number } | null
  readonly verify: 'none' | 'sample' | 'full'
  /** Connections per side that a mailbox always gets, and how many it may have when slots are free. */
  readonly lanes: number
  readonly mostLanes: number
  readonly groupMessages: number
  readonly groupBytes: number
  /** Groups in flight per lane. */
  readonly depth: number
  /** How long a target must have stood still before "not there" counts (transfer-engine.md §3.6), ms. */
  readonly settleMs: number
  /** First wait after a passing fault; doubles up to ten minutes. */
  readonly retryMs: number
  /** Passing faults in a row, without a landed message between, that fail the user. */
  readonly mostFaults: number
}

export const DEFAULT_PASS: PassOptions = {
  maxMessageBytes: 35 * 1_048_576,
  maxItems: 500_000,
  exclude: [],
  include: [],
  received: null,
  verify: 'sample',
  lanes: 2,
  mostLanes: 4,
  groupMessages: 200,
  groupBytes: 4 * 1_048_576,
  depth: 4,
  settleMs: 10_000,
  retryMs: 5_000,
  mostFaults: 60,
}

/** Whether a message of this INTERNALDATE is to be carried. */
export function isReceivedWithin(received: PassOptions['received'], dateS: number): boolean {
  return received === null || (dateS >= received.fromS && dateS < received.beforeS)
}
