/** MigrationUser and its statistics (exchange-semantics.md §1.3, §1.4): one mailbox of one batch. */
import { z } from 'zod'
import { STATUS_SUMMARIES, USER_STATUSES } from './states.ts'
import { MIGRATION_TYPES, USER_COMMANDS } from './transitions.ts'
import { DateTime, Identity, PageQuery, QueryFlag, TimeSpan } from './values.ts'
import { WorkflowStage } from './batch.ts'

export const MigrationUser = z.object({
  /** The address. One address may stand in several batches, and only in one of them can it run. */
  identity: z.string(),
  guid: z.uuid(),
  mailboxEmailAddress: z.string(),
  mailboxIdentifier: z.string(),
  remoteIdentifier: z.string(),
  batchId: z.string(),
  batchGuid: z.uuid(),
  rowNumber: z.int(),
  targetDatabase: z.string(),
  migrationType: z.enum(MIGRATION_TYPES),
  recipientType: z.literal('Mailbox'),
  status: z.enum(USER_STATUSES),
  statusSummary: z.enum(STATUS_SUMMARIES),
  workflowStage: WorkflowStage,
  workflowStep: z.enum(['Initialization', 'Provisioning', 'ProvisioningUpdate', 'DataMigration']),
  /** The pass that runs. */
  requestGuid: z.uuid().nullable(),
  /** Messages in the source; null until the first listing. */
  estimatedTotalTransferCount: z.int().nullable(),
  syncedItemCount: z.int(),
  transferredItemCount: z.int(),
  skippedItemCount: z.int(),
  syncedFolderCount: z.int(),
  bytesTransferred: z.int(),
  /** While mail was carried; 0 until some was. */
  bytesTransferredPerMinute: z.int(),
  percentageSynced: z.number(),
  errorSummary: z.string(),
  creationDateTime: DateTime,
  lastSuccessfulSyncTime: DateTime.nullable(),
  lastSubscriptionCheckTime: DateTime.nullable(),
  nextSyncTime: DateTime.nullable(),
  startAfter: DateTime.nullable(),
  completeAfter: z.null(),
  /** What the state allows now, and else why not. */
  commands: z.record(z.enum(USER_COMMANDS), z.string().nullable()),
})
export type MigrationUser = z.infer<typeof MigrationUser>

export const SkippedItem = z.object({
  /** Names the item in `/skipped-items/{id}/eml`. */
  id: z.string(),
  kind: z.enum(['BadItem', 'LargeItem', 'MissingItem']),
  folderName: z.string(),
  subject: z.string(),
  dateReceived: DateTime.nullable(),
  messageSize: z.int(),
  /** The server's own words. */
  failure: z.string(),
})
export type SkippedItem = z.infer<typeof SkippedItem>

export const UserPass = z.object({
  kind: z.enum(['Initial', 'Incremental']),
  startedAt: DateTime,
  endedAt: DateTime.nullable(),
  worker: z.string(),
  result: z.enum(['Running', 'Synced', 'Failed', 'Stopped', 'Interrupted']),
  itemsTransferred: z.int(),
  bytesTransferred: z.int(),
  message: z.string(),
  notes: z.array(z.string()),
  /** Path of the sealed waybill on the worker's machine. */
  waybill: z.string().nullable(),
})
export type UserPass = z.infer<typeof UserPass>

export const MigrationUserStatistics = MigrationUser.extend({
  error: z.string(),
  /** Exchange's name of the error where it has one, else ours (docs/errors.md). */
  errorType: z.string(),
  errorRemedy: z.string(),
  queuedDuration: TimeSpan,
  inProgressDuration: TimeSpan,
  syncedDuration: TimeSpan,
  stalledDuration: TimeSpan,
  /** Newest first; only with `includeReport`. */
  report: z.array(UserPass).optional(),
  /** Only with `includeSkippedItems`. */
  skippedItems: z.array(SkippedItem).optional(),
})
export type MigrationUserStatistics = z.infer<typeof MigrationUserStatistics>

/**
 * A folder of the user's mailbox as the ledger knows it: nothing is asked of a server. Folders appear when the first pass
 * has planned them; those that the batch excludes never do. While a pass runs, its counts rise.
 */
export const UserFolder = z.object({
  /** Names of its levels with / between. */
  sourceFolder: z.string(),
  targetFolder: z.string(),
  /**
   * What the source counted when the folder was planned, and from then on whenever a pass went through it; null before the
   * first pass went through it, where the server does not tell it with its list of folders.
   */
  sourceItemCount: z.int().nullable(),
  /** In the target, whether carried by us or found there; also what was deleted in the source since. */
  syncedItemCount: z.int(),
  /** Could not be carried. */
  skippedItemCount: z.int(),
  /** Left out by choice: marked as deleted, or outside the ContentFilter. */
  excludedItemCount: z.int(),
  /** What is neither; too small by what was deleted in the source since. Null while sourceItemCount is. */
  remainingItemCount: z.int().nullable(),
  /** Of the synced items. */
  syncedBytes: z.int(),
})
export type UserFolder = z.infer<typeof UserFolder>

/** Proof of one pass (docs/waybill.md). The chain belongs to the mailbox: passes of an earlier batch are in it, too. */
export const UserWaybill = z.object({
  /** From 1. */
  number: z.int(),
  fileName: z.string(),
  sealedAt: DateTime,
  /** Empty: of before it was recorded. */
  sealedBy: z.string().describe('Fingerprint of the key'),
  sha256: z.string(),
  /** The machine that ran the pass, and where the file lies there; empty: of before it was recorded. */
  host: z.string(),
  path: z.string(),
  /** Whether this service can hand it out. */
  isHere: z.boolean(),
})
export type UserWaybill = z.infer<typeof UserWaybill>

export const UserQuery = PageQuery.extend({
  batch: Identity.optional(),
  status: z.enum(USER_STATUSES).optional(),
  statusSummary: z.enum(STATUS_SUMMARIES).optional(),
  emailAddress: z.string().max(320).optional(),
  /** Of the error that the user has now: Exchange's name or ours. */
  errorType: z.string().max(200).optional(),
  /** Part of an address. */
  search: z.string().max(200).optional(),
})

/** Which of several batches, where an address is in more than one. */
export const UserSelect = z.object({ batch: Identity.optional() })

export const UserStatisticsQuery = UserSelect.extend({
  includeReport: QueryFlag.optional(),
  includeSkippedItems: QueryFlag.optional(),
  limitSkippedItemsTo: z.coerce.number().int().min(1).max(100_000).optional(),
})

export const SetUser = z
  .object({
    startAfter: DateTime.nullable(),
    completeAfter: DateTime,
    syncNow: z.boolean(),
    approveSkippedItems: z.boolean(),
  })
  .partial()
export type SetUser = z.infer<typeof SetUser>
