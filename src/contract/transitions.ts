/**
 * Which command which state allows, by migration type (exchange-semantics.md §2.2). API, cmdlets and pages read this
 * one table: what the API refuses with 409 is what a button shows disabled, with the same reason.
 */
import type { BatchStatus, UserStatus } from './states.ts'

/** Types that this Waybill migrates. Remote and cross-tenant moves get their columns with their issues. */
export const MIGRATION_TYPES = ['IMAP'] as const
export type MigrationType = (typeof MIGRATION_TYPES)[number]

export const BATCH_COMMANDS = [
  'Start',
  'Stop',
  'Complete',
  'Set',
  'SyncNow',
  'ApproveSkippedItems',
  'SetSourceEndpoint',
  'Remove',
] as const
export type BatchCommand = (typeof BATCH_COMMANDS)[number]

/** `yes`, `nothing` (accepted, and nothing is left to do), or why not. */
export type Verdict = 'yes' | 'nothing' | { readonly no: string }

const no = (reason: string): Verdict => ({ no: reason })

const IMAP_NO_COMPLETE = no('an IMAP batch has no completion: it ends when it is stopped or removed')
const IMAP_NO_APPROVAL = no('an IMAP migration asks for no approval of skipped items')
const CORRUPTED = no('the batch cannot be read')
const REMOVING = no('the batch is being removed')
const BEING_STOPPED = no('the batch is being stopped; wait until it is Stopped')
const MUST_STOP = no('the batch is running; stop it first')
const MUST_STOP_WAITING = no('the batch waits for its start; stop it first')
const NOTHING_ACTIVE = no('no mailbox of the batch is migrating or waiting')
const NOT_YET_STARTED = no('the batch was never started: nothing is synced yet')
const ENDPOINT_LATE = no('the source endpoint can be changed only while the batch is Created, Stopped or Failed')

type Row = Readonly<Record<BatchCommand, Verdict>>

/** What most states have in common for IMAP; a row says where it differs. */
const row = (own: Partial<Row>): Row => ({
  Start: 'yes',
  Stop: 'yes',
  Complete: IMAP_NO_COMPLETE,
  Set: 'yes',
  SyncNow: 'yes',
  ApproveSkippedItems: IMAP_NO_APPROVAL,
  SetSourceEndpoint: ENDPOINT_LATE,
  Remove: 'yes',
  ...own,
})

const running = row({ Remove: MUST_STOP })
const finished = (what: string) => row({ Start: 'nothing', Stop: no(what), SyncNow: no(what) })

const IMAP: Readonly<Record<BatchStatus, Row>> = {
  Created: row({ Stop: NOTHING_ACTIVE, SyncNow: NOT_YET_STARTED, SetSourceEndpoint: 'yes' }),
  Starting: running,
  Syncing: running,
  Waiting: row({ Remove: MUST_STOP_WAITING }),
  IncrementalSyncing: row({}),
  Synced: row({}),
  SyncedWithErrors: row({}),
  Stopping: row({ Start: BEING_STOPPED, Stop: 'nothing', SyncNow: BEING_STOPPED, Remove: BEING_STOPPED }),
  Stopped: row({
    Stop: no('the batch is stopped already'),
    SyncNow: no('the batch is stopped; start it first'),
    SetSourceEndpoint: 'yes',
  }),
  Completing: row({ Remove: MUST_STOP }),
  Completed: finished('all mailboxes of the batch are completed'),
  CompletedWithErrors: row({ Stop: no('all mailboxes of the batch are completed or failed') }),
  Failed: row({
    Stop: no('all mailboxes of the batch have failed'),
    SyncNow: no('no mailbox of the batch is synced'),
    SetSourceEndpoint: 'yes',
  }),
  Corrupted: row({
    Start: CORRUPTED,
    Stop: CORRUPTED,
    Complete: CORRUPTED,
    Set: CORRUPTED,
    SyncNow: CORRUPTED,
    SetSourceEndpoint: CORRUPTED,
  }),
  Removing: row({
    Start: REMOVING,
    Stop: REMOVING,
    Complete: REMOVING,
    Set: REMOVING,
    SyncNow: REMOVING,
    SetSourceEndpoint: REMOVING,
    Remove: 'nothing',
  }),
}

const BY_TYPE: Readonly<Record<MigrationType, Readonly<Record<BatchStatus, Row>>>> = { IMAP }

/**
 * @param goesOn users of the batch are synced again by themselves: of one that shows Stopped or Failed, for some of its
 *   users are, the others can be stopped, too
 */
export function mayBatch(command: BatchCommand, status: BatchStatus, type: MigrationType, goesOn = false): Verdict {
  if (goesOn && (status === 'Stopped' || status === 'Failed')) return BY_TYPE[type].SyncedWithErrors[command]
  return BY_TYPE[type][status][command]
}

export const USER_COMMANDS = ['Start', 'Stop', 'SyncNow', 'Set', 'Remove'] as const
export type UserCommand = (typeof USER_COMMANDS)[number]

type UserRow = Readonly<Record<UserCommand, Verdict>>

const userRow = (own: Partial<UserRow>): UserRow => ({
  Start: 'nothing',
  Stop: 'yes',
  SyncNow: no('the mailbox has not been synced yet'),
  Set: 'yes',
  Remove: 'yes',
  ...own,
})

const USER_STOPPING = no('the mailbox is being stopped; wait until it is Stopped')
const USER_REMOVING = no('the mailbox is being removed from its batch')
const synced = userRow({ SyncNow: 'yes' })
const stopped = userRow({
  Start: 'yes',
  Stop: no('the mailbox is stopped already'),
  SyncNow: no('the mailbox is stopped; start it first'),
})
const failed = userRow({
  Start: 'yes',
  Stop: no('the mailbox has failed: nothing of it is running'),
  SyncNow: no('the mailbox has failed; start it'),
})
const completed = userRow({ Stop: no('the mailbox is completed'), SyncNow: no('the mailbox is completed') })

const USERS: Readonly<Record<UserStatus, UserRow>> = {
  Validating: userRow({}),
  Provisioning: userRow({}),
  ProvisionUpdating: userRow({}),
  Queued: userRow({}),
  Starting: userRow({}),
  Syncing: userRow({}),
  Synced: synced,
  IncrementalSyncing: userRow({ SyncNow: 'nothing' }),
  IncrementalSynced: synced,
  IncrementalFailed: userRow({ Start: 'yes', SyncNow: 'yes' }),
  IncrementalStopped: stopped,
  Completing: userRow({}),
  CompletionSynced: synced,
  CompletionFailed: failed,
  Completed: completed,
  CompletedWithWarnings: completed,
  Stopping: userRow({ Start: USER_STOPPING, Stop: 'nothing', SyncNow: USER_STOPPING }),
  Stopped: stopped,
  Failed: failed,
  Corrupted: userRow({
    Start: no('the mailbox cannot be read'),
    Stop: no('the mailbox cannot be read'),
    Set: no('the mailbox cannot be read'),
  }),
  Removing: userRow({
    Start: USER_REMOVING,
    Stop: USER_REMOVING,
    Set: USER_REMOVING,
    SyncNow: USER_REMOVING,
    Remove: 'nothing',
  }),
}

export function mayUser(command: UserCommand, status: UserStatus): Verdict {
  return USERS[status][command]
}

/** Why something is not possible, for buttons and menus; null where it is. */
export function reasonAgainst(verdict: Verdict): string | null {
  if (typeof verdict === 'object') return verdict.no
  return verdict === 'nothing' ? 'there is nothing left to do' : null
}
