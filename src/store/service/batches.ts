/** Batches as they are stored, with what their users add up to. */
import type { Selectable } from 'kysely'
import type { PoolClient } from 'pg'
import { type BatchStatus, type UserStatus, batchStatus } from '#contract/states.ts'
import type { MigrationBatchTable } from '../tables.ts'
import { isGuid, nameKey } from './named.ts'
import type { ServiceStore } from './service-store.ts'
import { type ServiceConfig, freshConfig } from './settings.ts'

export interface StoredBatch extends Selectable<MigrationBatchTable> {
  readonly endpoint: string
}

export interface BatchRow extends StoredBatch {
  readonly database: string
  readonly totals: BatchTotals
  /** The database's time when it was read, and the settings that say when it ends by itself. */
  readonly readAt: Date
  readonly config: ServiceConfig
}

/** Sums over the users of a batch. */
export interface BatchTotals {
  readonly users: Readonly<Partial<Record<UserStatus, number>>>
  /** Of the Queued, those that only a StartAfter in the future holds back. */
  readonly waiting: number
  /** Stopped for they go on in another batch. */
  readonly moved: number
  readonly pastInitialSync: number
  readonly items: number
  readonly skipped: number
  readonly bytes: number
  /** Null while one of them is not. */
  readonly initialSyncedAt: Date | null
  readonly lastSyncedAt: Date | null
  /** When the last one that is past its initial sync came there. */
  readonly latestInitialAt: Date | null
  /** When the status of one of them changed last. */
  readonly changedAt: Date | null
}

/** Derived here, and stored nowhere. */
export const statusOf = ({
  totals: { users, waiting, moved },
  ...batch
}: Pick<BatchRow, 'flags' | 'was_started' | 'is_corrupted' | 'totals'>): BatchStatus =>
  batchStatus({
    flags: batch.flags,
    wasStarted: batch.was_started,
    users,
    waiting,
    isCorrupted: batch.is_corrupted,
    moved,
  })

const NONE: BatchTotals = {
  users: {},
  waiting: 0,
  moved: 0,
  pastInitialSync: 0,
  items: 0,
  skipped: 0,
  bytes: 0,
  initialSyncedAt: null,
  lastSyncedAt: null,
  latestInitialAt: null,
  changedAt: null,
}

interface TotalsRow {
  readonly batch_id: string
  readonly status: UserStatus
  readonly n: number
  readonly waiting: number
  readonly moved: number
  readonly past: number
  readonly items: string
  readonly skipped: string
  readonly bytes: string
  readonly initial: Date | null
  readonly last: Date | null
  readonly changed: Date | null
}

/** Of one batch, or of all: one reading of the users each time, so that no counter can be wrong. */
const TOTALS = `
  SELECT u.batch_id, u.status, count(*)::int AS n,
    (count(*) FILTER (WHERE u.status = 'Queued' AND u.job_id IS NULL
      AND coalesce(u.start_after, b.start_after) > now()))::int AS waiting,
    (count(*) FILTER (WHERE NOT u.holds AND u.status IN ('Stopped', 'IncrementalStopped')))::int AS moved,
    count(u.initial_synced_at)::int AS past,
    sum(u.synced_items) AS items, sum(u.skipped_items) AS skipped, sum(u.transferred_bytes) AS bytes,
    max(u.initial_synced_at) AS initial, max(u.last_synced_at) AS last,
    max(u.status_since) AS changed
  FROM migration_user u JOIN migration_batch b ON b.id = u.batch_id
  WHERE $1::uuid IS NULL OR u.batch_id = $1
  GROUP BY u.batch_id, u.status`

function totalsOf(rows: readonly TotalsRow[]): BatchTotals {
  if (rows.length === 0) return NONE
  const sum = (pick: (row: TotalsRow) => number | string) => rows.reduce((total, row) => total + Number(pick(row)), 0)
  const latest = (pick: (row: TotalsRow) => Date | null) =>
    rows.reduce<Date | null>((late, row) => {
      const at = pick(row)
      return at && (!late || at > late) ? at : late
    }, null)
  const all = sum(({ n }) => n)
  const past = sum((row) => row.past)
  return {
    users: Object.fromEntries(rows.map(({ status, n }) => [status, n])),
    waiting: sum((row) => row.waiting),
    moved: sum((row) => row.moved),
    pastInitialSync: past,
    items: sum((row) => row.items),
    skipped: sum((row) => row.skipped),
    bytes: sum((row) => row.bytes),
    initialSyncedAt: past === all ? latest((row) => row.initial) : null,
    lastSyncedAt: latest((row) => row.last),
    latestInitialAt: latest((row) => row.initial),
    changedAt: latest((row) => row.changed),
  }
}

/** Of one batch, as the transaction sees it. */
export async function totalsIn(client: PoolClient, id: string): Promise<BatchTotals> {
  return totalsOf((await client.query<TotalsRow>(TOTALS, [id])).rows)
}

/** All batches (there are at most some hundred), or the one of an id. */
export async function readBatches(store: ServiceStore, id: string | null = null): Promise<BatchRow[]> {
  const config = await freshConfig(store)
  const [{ rows: batches }, { rows: totals }] = await store.retrying(() =>
    Promise.all([
      store.pool.query<Selectable<MigrationBatchTable> & { endpoint: string; database: string; readAt: Date }>(
        `SELECT b.*, e.name AS endpoint, d.name AS database, now() AS "readAt"
         FROM migration_batch b JOIN migration_endpoint e ON e.id = b.endpoint_id
           JOIN mailbox_database d ON d.id = b.database_id
         WHERE $1::uuid IS NULL OR b.id = $1 ORDER BY b.name_key`,
        [id],
      ),
      store.pool.query<TotalsRow>(TOTALS, [id]),
    ]),
  )
  const byBatch = new Map<string, TotalsRow[]>()
  for (const row of totals) byBatch.set(row.batch_id, [...(byBatch.get(row.batch_id) ?? []), row])
  return batches.map((batch) => ({ ...batch, config, totals: totalsOf(byBatch.get(batch.id) ?? []) }))
}

/** The batch as it is, held until the transaction ends. */
export async function lockBatch(client: PoolClient, id: string): Promise<StoredBatch | null> {
  const { rows } = await client.query<StoredBatch>(
    `SELECT b.*, e.name AS endpoint FROM migration_batch b JOIN migration_endpoint e ON e.id = b.endpoint_id
     WHERE b.id = $1 FOR UPDATE OF b`,
    [id],
  )
  return rows[0] ?? null
}

/** Id of the batch of a name (in any case) or a Guid; a name that looks like a Guid is found by name first. */
export async function findBatch(store: ServiceStore, identity: string): Promise<string | null> {
  const { rows } = await store.retrying(() =>
    store.pool.query<{ id: string }>(
      'SELECT id FROM migration_batch WHERE name_key = $1 OR id = $2::uuid ORDER BY name_key = $1 DESC LIMIT 1',
      [nameKey(identity), isGuid(identity) ? identity : null],
    ),
  )
  return rows[0]?.id ?? null
}

/** The batch of a name or a Guid, with its totals. */
export async function readBatch(store: ServiceStore, identity: string): Promise<BatchRow | null> {
  const id = await findBatch(store, identity)
  return id === null ? null : ((await readBatches(store, id))[0] ?? null)
}
