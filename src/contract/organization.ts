/** What the whole service counts, may and tells: statistics, configuration, reports, tokens, events. */
import { z } from 'zod'
import { BATCH_STATUSES, STATUS_SUMMARIES, USER_STATUSES } from './states.ts'
import { LIMITS } from './limits.ts'
import { DateTime, Name, TimeSpan } from './values.ts'

export const MigrationStatistics = z.object({
  identity: z.string(),
  migrationType: z.enum(['IMAP']),
  totalCount: z.int(),
  activeCount: z.int(),
  stoppedCount: z.int(),
  syncedCount: z.int(),
  finalizedCount: z.int(),
  failedCount: z.int(),
  pendingCount: z.int(),
  batches: z.partialRecord(z.enum(BATCH_STATUSES), z.int()),
  workers: z.array(
    z.object({ name: z.string(), capacity: z.int(), active: z.int(), lastHeartbeat: DateTime, isAlive: z.boolean() }),
  ),
})
export type MigrationStatistics = z.infer<typeof MigrationStatistics>

export const MigrationConfig = z.object({
  identity: z.string(),
  maxNumberOfBatches: z.int().min(1).max(1000),
  /** Of all endpoints together. */
  maxConcurrentMigrations: z.int().min(1).max(LIMITS.slots),
  features: z.array(z.enum(['MultiBatch', 'Endpoints'])),
  incrementalSyncInterval: TimeSpan,
  /** How long the audit log is kept. */
  adminAuditLogAgeLimit: TimeSpan,
  /** How long nobody touches a batch before it is stopped or removed; 00:00:00: never. */
  stopSyncedBatchesAfter: TimeSpan,
  removeStoppedBatchesAfter: TimeSpan,
  removeFailedBatchesAfter: TimeSpan,
  removeCompletedBatchesAfter: TimeSpan,
  /** How long what is archived of removed batches is kept; 00:00:00: for ever. */
  removeArchivesAfter: TimeSpan,
})
export type MigrationConfig = z.infer<typeof MigrationConfig>
export const SetConfig = MigrationConfig.pick({
  maxNumberOfBatches: true,
  maxConcurrentMigrations: true,
  incrementalSyncInterval: true,
  adminAuditLogAgeLimit: true,
  stopSyncedBatchesAfter: true,
  removeStoppedBatchesAfter: true,
  removeFailedBatchesAfter: true,
  removeCompletedBatchesAfter: true,
  removeArchivesAfter: true,
}).partial()
export type SetConfig = z.infer<typeof SetConfig>

/** A report is of a batch: the errors CSV, one line for each user, or one for each waybill of an archived batch. */
export const MigrationReport = z.object({
  identity: z.string(),
  batchId: z.string(),
  reportType: z.enum(['BatchFailure', 'BatchReport', 'BatchWaybills']),
  rowCount: z.int(),
  creationTime: DateTime,
  /** When the batch was removed; null while it is there. */
  archivedTime: DateTime.nullable(),
})
export type MigrationReport = z.infer<typeof MigrationReport>

/** What became of one user of a batch, there or removed. */
export const ReportUser = z.object({
  identity: z.string(),
  guid: z.uuid(),
  rowNumber: z.int(),
  status: z.enum(USER_STATUSES),
  statusSummary: z.enum(STATUS_SUMMARIES),
  /** Messages in the source; null until the first listing. */
  itemsInSource: z.int().nullable(),
  itemsSynced: z.int(),
  itemsSkipped: z.int(),
  bytesTransferred: z.int(),
  lastSuccessfulSyncTime: DateTime.nullable(),
  errorType: z.string(),
  error: z.string(),
  errorRemedy: z.string(),
  /** Taken out of the batch before the batch itself was removed. */
  removedBefore: z.boolean(),
})
export type ReportUser = z.infer<typeof ReportUser>

export const SCOPES = ['view', 'migration', 'organization'] as const
export type Scope = (typeof SCOPES)[number]

export const ApiToken = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  creationDateTime: DateTime,
  expiresAt: DateTime,
  lastUsedAt: DateTime.nullable(),
  /** The administrator whose it is: it may no more than they may now, and ends with them. Null: the local administrator's. */
  owner: z.string().nullable(),
})
export type ApiToken = z.infer<typeof ApiToken>
export const NewToken = z.object({ name: Name, scopes: z.array(z.enum(SCOPES)).min(1), expiresAt: DateTime })
export const CreatedToken = ApiToken.extend({
  /** Shown this once. */
  token: z.string(),
})

/** One line of the event log. */
export const ServiceEvent = z.object({
  id: z.int(),
  at: DateTime,
  kind: z.string(),
  batch: z.string().nullable(),
  user: z.string().nullable(),
  endpoint: z.string().nullable(),
  worker: z.string().nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type ServiceEvent = z.infer<typeof ServiceEvent>

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  remedy: z.string().nullable(),
  /** Which fields were wrong, and why. */
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof Problem>
