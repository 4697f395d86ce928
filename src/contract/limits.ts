/** Limits and defaults of the service (exchange-semantics.md §5 and the decisions at its top). */
export const LIMITS = {
  batches: 100,
  /** Slots of an endpoint in each bucket. */
  slots: 300,
  migrations: 20,
  incrementalSyncs: 10,
  nameLength: 64,
  csvRows: 50_000,
  csvBytes: 10 * 1_048_576,
  connectionTestMs: 15_000,
  incrementalSyncIntervalSeconds: 86_400,
  adminAuditLogAgeLimitSeconds: 90 * 86_400,
  /** How long nobody touches a batch before it ends by itself, seconds. */
  stopSyncedAfterSeconds: 60 * 86_400,
  removeStoppedAfterSeconds: 90 * 86_400,
  removeFailedAfterSeconds: 90 * 86_400,
  removeCompletedAfterSeconds: 60 * 86_400,
  /** An end is announced so long before. */
  endNoticeSeconds: 7 * 86_400,
  /** How long an API token may be valid. */
  tokenDays: 3650,
  pageSize: 1000,
  messageBytes: 35 * 1_048_576,
  items: 500_000,
} as const
