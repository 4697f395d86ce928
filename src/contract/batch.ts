/** MigrationBatch (exchange-semantics.md §1.2): many users, one source endpoint, one set of choices. */
import { z } from 'zod'
import { BATCH_FLAGS, BATCH_STATUSES, USER_STATUSES } from './states.ts'
import { BATCH_COMMANDS, MIGRATION_TYPES } from './transitions.ts'
import { DateTime, Identity, MailAddress, Name, PageQuery, TimeSpan } from './values.ts'

export const WorkflowStage = z.enum(['Discovery', 'Validation', 'Injection', 'Processing'])

const FolderNames = z.array(z.string().min(1).max(1000)).max(1000)

/** What an administrator chooses for a batch; the same on creation and on change. */
const Choices = {
  excludeFolders: FolderNames,
  includeFolders: FolderNames,
  /** `Received -ge '2020-01-01' -and Received -lt '2024-01-01'`; empty: everything. */
  contentFilter: z.string().max(1000),
  contentFilterLanguage: z.string().max(20),
  notificationEmails: z.array(MailAddress).max(50),
  /** 00:00:00: never. */
  reportInterval: TimeSpan,
  skipReports: z.boolean(),
  allowUnknownColumnsInCsv: z.boolean(),
  startAfter: DateTime.nullable(),
  /** What zone a StartAfter without one was meant in; kept for showing. */
  timeZone: z.string().max(64),
  allowIncrementalSyncs: z.boolean(),
}

export const MigrationBatch = z.object({
  identity: z.string(),
  batchGuid: z.uuid(),
  status: z.enum(BATCH_STATUSES),
  state: z.enum(['Active', 'Waiting', 'Completed', 'Stopped', 'Failed', 'Corrupted']),
  flags: z.enum(BATCH_FLAGS),
  workflowStage: WorkflowStage,
  migrationType: z.enum(MIGRATION_TYPES),
  batchDirection: z.literal('Onboarding'),
  sourceEndpoint: z.string(),
  targetDatabases: z.array(z.string()),
  totalCount: z.int(),
  activeCount: z.int(),
  stoppedCount: z.int(),
  syncedCount: z.int(),
  finalizedCount: z.int(),
  failedCount: z.int(),
  pendingCount: z.int(),
  /** Users by status; a status that no user is in is absent. */
  userCounts: z.partialRecord(z.enum(USER_STATUSES), z.int()),
  /** 0 to 100: users past their initial sync. */
  percentageSynced: z.number(),
  itemsSynced: z.int(),
  itemsSkipped: z.int(),
  bytesTransferred: z.int(),
  /** Over the last ten minutes; null where nothing runs, and in the first seconds of it. */
  itemsPerMinute: z.int().nullable(),
  bytesTransferredPerMinute: z.int().nullable(),
  /** When all that are on their way are past their initial sync, if it goes on at this rate; null where that cannot be said. */
  estimatedCompletionDateTime: DateTime.nullable(),
  message: z.string(),
  validationWarningCount: z.int(),
  validationWarnings: z.array(z.string()),
  creationDateTime: DateTime,
  startDateTime: DateTime.nullable(),
  initialSyncDateTime: DateTime.nullable(),
  initialSyncDuration: TimeSpan.nullable(),
  lastSyncedDateTime: DateTime.nullable(),
  finalizedDateTime: DateTime.nullable(),
  /** When it is stopped or removed because nobody touches it; null where nothing ends by itself. */
  expirationDateTime: DateTime.nullable(),
  expirationAction: z.enum(['Stop', 'Remove']).nullable(),
  /** When an administrator last changed it or one of its users. */
  lastActionDateTime: DateTime,
  completeAfter: z.null(),
  ...Choices,
  highestPriority: z.boolean(),
  submittedByUser: z.string(),
  /** What the state allows now, and else why not: for buttons and menus. */
  commands: z.record(z.enum(BATCH_COMMANDS), z.string().nullable()),
})
export type MigrationBatch = z.infer<typeof MigrationBatch>

/** Users come from an uploaded CSV file, or from other batches. */
export const NewBatch = z.object({
  name: Name,
  sourceEndpoint: Identity,
  /** Id that `POST /csv-files` answered. */
  csvFile: z.uuid().optional(),
  /** Users (by address or Guid) of other batches; a Guid where an address is in several. */
  users: z.array(Identity).max(50_000).optional(),
  disableOnCopy: z.boolean().default(false),
  targetDatabases: z.array(Identity).max(1).default([]),
  autoStart: z.boolean().default(false),
  /** Refused for IMAP, and here so that it is refused with a sentence. */
  autoComplete: z.boolean().optional(),
  completeAfter: DateTime.optional(),
  ...z.object(Choices).partial().shape,
})
export type NewBatch = z.infer<typeof NewBatch>

export const SetBatch = z
  .object({
    ...Choices,
    sourceEndpoint: Identity,
    completeAfter: DateTime,
    /** Changes the rows of users that are there; with `addUsers` only adds those that are not. */
    csvFile: z.uuid(),
    addUsers: z.boolean(),
    syncNow: z.boolean(),
    /** Passes that run begin anew with the settings of now. */
    update: z.boolean(),
    highestPriority: z.boolean(),
    approveSkippedItems: z.boolean(),
  })
  .partial()
export type SetBatch = z.infer<typeof SetBatch>

/** What stays of a batch that was removed, beside its reports. */
export const ArchivedBatch = z.object({
  identity: z.string(),
  batchGuid: z.uuid(),
  migrationType: z.enum(MIGRATION_TYPES),
  archivedDateTime: DateTime,
  removedBy: z.string(),
  /** Why, where it was the service; else empty. */
  reason: z.string(),
  submittedByUser: z.string(),
  creationDateTime: DateTime,
  startDateTime: DateTime.nullable(),
  initialSyncDateTime: DateTime.nullable(),
  lastSyncedDateTime: DateTime.nullable(),
  lastActionDateTime: DateTime,
  totalCount: z.int(),
  stoppedCount: z.int(),
  syncedCount: z.int(),
  finalizedCount: z.int(),
  failedCount: z.int(),
  /** Users that were removed before the batch was: its reports tell of them, the other counts do not. */
  removedBeforeCount: z.int(),
  userCounts: z.partialRecord(z.enum(USER_STATUSES), z.int()),
  itemsSynced: z.int(),
  itemsSkipped: z.int(),
  bytesTransferred: z.int(),
  waybillCount: z.int(),
  validationWarnings: z.array(z.string()),
  columns: z.array(z.string()),
  /** Endpoint, database and choices as they were. */
  settings: z.record(z.string(), z.unknown()),
})
export type ArchivedBatch = z.infer<typeof ArchivedBatch>

export const BatchQuery = PageQuery.extend({
  status: z.enum(BATCH_STATUSES).optional(),
  endpoint: Identity.optional(),
  /** Part of a name. */
  search: z.string().max(200).optional(),
})

/** What an uploaded file holds; it is kept, sealed, for an hour. */
export const CsvFile = z.object({
  csvFile: z.uuid(),
  columns: z.array(z.string()),
  encoding: z.string(),
  users: z.int(),
  badRows: z.array(z.object({ rowNumber: z.int(), column: z.string().nullable(), message: z.string() })),
  warnings: z.array(z.string()),
  expiresAt: DateTime,
})
export type CsvFile = z.infer<typeof CsvFile>

/** What a batch of an uploaded file would be, were it created now. */
export const CsvFileCheck = z.object({
  /** Those that would migrate. */
  users: z.int(),
  refusedCount: z.int(),
  /** Those that would stand in the batch as failed, the first thousand: first those of which the file alone does not tell. */
  refused: z.array(
    z.object({ rowNumber: z.int(), emailAddress: z.string(), message: z.string(), errorDetail: z.string() }),
  ),
})
export type CsvFileCheck = z.infer<typeof CsvFileCheck>
