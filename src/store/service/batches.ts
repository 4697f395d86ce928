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
  readonly items: number
  readonly skipped: number
  readonly bytes: number
}

/** Of one batch, or of all: what is counted in the commit of every change (0016-user-totals.sql), read in one statement. */
const TOTALS = `
  SELECT t.batch_id, t.status, sum(t.users)::int AS n,
    (CASE WHEN b.start_after > now() THEN sum(t.free) ELSE 0 END + CASE WHEN t.status = 'Queued' THEN (
      SELECT count(*) FROM migration_user u WHERE u.batch_id = t.batch_id AND u.status = 'Queued' AND u.job_id IS NULL
        AND u.start_after IS NOT NULL AND u.start_after > now()) ELSE 0 END)::int AS waiting,
    sum(t.moved)::int AS moved, sum(t.past)::int AS past, sum(t.items)::bigint AS items, sum(t.skipped)::bigint AS skipped,
    sum(t.bytes)::bigint AS bytes
  FROM user_total t JOIN migration_batch b ON b.id = t.batch_id
  WHERE $1::uuid IS NULL OR t.batch_id = $1
  GROUP BY t.batch_id, t.status, b.start_after HAVING sum(t.users) <> 0`

interface LatestRow {
  readonly batch_id: string
  readonly initial: Date | null
  readonly last: Date | null
  readonly changed: Date | null
}

/** A look into an index for each. */
const LATEST = `
  SELECT b.id AS batch_id,
    (SELECT max(u.initial_synced_at) FROM migration_user u WHERE u.batch_id = b.id) AS initial,
    nullif((SELECT max(coalesce(u.last_synced_at, timestamptz 'epoch')) FROM migration_user u WHERE u.batch_id = b.id),
      timestamptz 'epoch') AS last,
    (SELECT max(u.status_since) FROM migration_user u WHERE u.batch_id = b.id) AS changed
  FROM migration_batch b WHERE $1::uuid IS NULL OR b.id = $1`

function totalsOf(rows: readonly TotalsRow[], latest: LatestRow | undefined): BatchTotals {
  if (rows.length === 0) return NONE
  const sum = (pick: (row: TotalsRow) => number) => rows.reduce((total, row) => total + pick(row), 0)
  const past = sum((row) => row.past)
  const latestInitialAt = latest?.initial ?? null
  return {
    users: Object.fromEntries(rows.map(({ status, n }) => [status, n])),
    waiting: sum((row) => row.waiting),
    moved: sum((row) => row.moved),
    pastInitialSync: past,
    items: sum((row) => row.items),
    skipped: sum((row) => row.skipped),
    bytes: sum((row) => row.bytes),
    initialSyncedAt: past === sum(({ n }) => n) ? latestInitialAt : null,
    lastSyncedAt: latest?.last ?? null,
    latestInitialAt,
    changedAt: latest?.changed ?? null,
  }
}

/** Of one batch, as the transaction sees it. */
export async function totalsIn(client: PoolClient, id: string): Promise<BatchTotals> {
  const { rows } = await client.query<TotalsRow>(TOTALS, [id])
  return totalsOf(rows, (await client.query<LatestRow>(LATEST, [id])).rows[0])
}

/** All batches (there are at most some hundred), or the one of an id. */
export async function readBatches(store: ServiceStore, id: string | null = null): Promise<BatchRow[]> {
  const config = await freshConfig(store)
  const [{ rows: batches }, { rows: totals }, { rows: latest }] = await store.retrying(() =>
    Promise.all([
      store.pool.query<Selectable<MigrationBatchTable> & { endpoint: string; database: string; readAt: Date }>(
        `SELECT b.*, e.name AS endpoint, d.name AS database, now() AS "readAt"
         FROM migration_batch b JOIN migration_endpoint e ON e.id = b.endpoint_id
           JOIN mailbox_database d ON d.id = b.database_id
         WHERE $1::uuid IS NULL OR b.id = $1 ORDER BY b.name_key`,
        [id],
      ),
      store.pool.query<TotalsRow>(TOTALS, [id]),
      store.pool.query<LatestRow>(LATEST, [id]),
    ]),
  )
  const totalsBy = Map.groupBy(totals, (row) => row.batch_id)
  const latestBy = new Map(latest.map((row) => [row.batch_id, row]))
  const totalsFor = (batchId: string) => totalsOf(totalsBy.get(batchId) ?? [], latestBy.get(batchId))
  return batches.map((batch) => ({ ...batch, config, totals: totalsFor(batch.id) }))
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
