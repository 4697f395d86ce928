/** Batches made and changed. Rules stand in migration/; what must be true of the tables stands here. */
import type { PoolClient } from 'pg'
import { notFound, stateForbids } from '#base/request-faults.ts'
import { inTransaction } from '../ledger/transaction.ts'
import type { StoredChoices } from '../tables.ts'
import type { NewUser } from './add-users.ts'
import { lockBatch, type StoredBatch } from './batches.ts'
import { addEvent } from './events.ts'
import { nameKey } from './named.ts'
import { START_AFTER } from './resting.ts'
import type { ServiceStore } from './service-store.ts'
import { TOUCHED, touchBatches } from './touch.ts'
import { wake } from './wake.ts'
import { withdrawJobsOfBatch } from './withdraw.ts'

export interface NewBatchRow {
  readonly id: string
  readonly name: string
  readonly type: 'IMAP'
  readonly endpointId: string
  readonly databaseId: string
  readonly choices: StoredChoices
  readonly startAfter: string | null
  readonly columns: readonly string[]
  readonly warnings: readonly string[]
  readonly submittedBy: string
  readonly isStarted: boolean
}

/** `taken`: another batch has the name. `full`: there are as many as may be. Nothing is stored then. */
export async function insertBatch(
  store: ServiceStore,
  batch: NewBatchRow,
  mostBatches: number,
  fill: (client: PoolClient) => Promise<void>,
): Promise<'made' | 'taken' | 'full'> {
  return await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      // Counting and inserting are one deed: two that come at once must not make the 101st.
      await client.query(`SELECT pg_advisory_xact_lock(hashtext('migration_batch'))`)
      // Checking and storing tens of thousands of rows takes seconds.
      await client.query(`SET LOCAL statement_timeout = '120s'; SET LOCAL idle_in_transaction_session_timeout = '60s'`)
      const found = await client.query<{ own: boolean; taken: boolean; n: number }>(
        `SELECT EXISTS (SELECT 1 FROM migration_batch WHERE id = $2) AS own,
           EXISTS (SELECT 1 FROM migration_batch WHERE name_key = $1) AS taken,
           (SELECT count(*)::int FROM migration_batch) AS n`,
        [nameKey(batch.name), batch.id],
      )
      const { own, taken, n } = found.rows[0]!
      // An earlier try was committed though its answer was lost.
      if (own) return 'made'
      if (taken) return 'taken'
      if (n >= mostBatches) return 'full'
      await client.query(
        `INSERT INTO migration_batch (id, name, name_key, type, endpoint_id, database_id, choices, start_after, columns,
           warnings, submitted_by, flags) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
        [
          batch.id,
          batch.name,
          nameKey(batch.name),
          batch.type,
          batch.endpointId,
          batch.databaseId,
          JSON.stringify(batch.choices),
          batch.startAfter,
          batch.columns,
          batch.warnings,
          batch.submittedBy,
          batch.isStarted ? 'Start' : 'None',
        ],
      )
      await fill(client)
      await addEvent(client, { kind: 'batch.created', batchId: batch.id, facts: { by: batch.submittedBy } })
      await wake(client, 'work')
      await wake(client, 'events')
      return 'made'
    }),
  )
}

/** Leaves a command for the service to carry out, unless the batch has changed since `seen`; then false. */
export async function askBatch(
  store: ServiceStore,
  id: string,
  seen: string,
  asked: 'Start' | 'Stop' | 'Remove',
  by: string,
  check: BatchCheck | null = null,
): Promise<boolean> {
  return await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      const stored = check && (await lockBatch(client, id))
      if (stored) check?.(stored)
      const { rowCount } = await client.query(
        `UPDATE migration_batch SET flags = $3, asked_by = $4, asked_why = '', ${TOUCHED}
         WHERE id = $1 AND flags IN ($2, $3)`,
        [id, seen, asked, by],
      )
      if (!rowCount) return false
      await addEvent(client, { kind: `batch.asked`, batchId: id, facts: { command: asked, by } })
      await wake(client, 'work')
      await wake(client, 'events')
      return true
    }),
  )
}

/** The errors CSV has them all. */
const MOST_WARNINGS = 100

/** Behind those that the batch has: why users of its file do not run. */
export async function addWarnings(client: PoolClient, id: string, users: readonly NewUser[]): Promise<void> {
  const texts = users.slice(0, MOST_WARNINGS).map(({ error }) => error?.message ?? '')
  if (texts.length === 0) return
  await client.query(
    `UPDATE migration_batch SET warnings = (warnings || $2::text[])[1:${MOST_WARNINGS}] WHERE id = $1`,
    [id, texts],
  )
}

export type BatchCheck = (batch: StoredBatch) => void

/** What changes; what is absent stays. */
export interface BatchChange {
  /** Sees the batch as it is, locked, and throws what forbids the change. */
  readonly check?: BatchCheck
  readonly choices?: Partial<StoredChoices>
  readonly startAfter?: string | null
  readonly endpointId?: string
  /** New source keys of its users, which follow from the endpoint. */
  readonly sourceKeys?: (client: PoolClient) => Promise<void>
  readonly isHighest?: boolean
  /** Users past their initial sync are due at once. */
  readonly syncNow?: boolean
  /** Passes that run begin anew. */
  readonly restart?: boolean
  readonly users?: (client: PoolClient) => Promise<void>
  readonly warnings?: readonly string[]
}

export async function changeBatch(store: ServiceStore, id: string, change: BatchChange, by: string): Promise<void> {
  await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      await client.query(`SET LOCAL statement_timeout = '120s'; SET LOCAL idle_in_transaction_session_timeout = '60s'`)
      const stored = await lockBatch(client, id)
      if (!stored) throw notFound('migration batch', id)
      change.check?.(stored)
      await touchBatches(client, [id])
      // Started since it was looked at: passes would read from one server and be counted with the other.
      if (change.endpointId !== undefined && (await hasJobs(client, id)))
        throw stateForbids('Set-MigrationBatch -SourceEndpoint', 'the batch', 'it was started meanwhile')
      if (change.choices)
        await client.query('UPDATE migration_batch SET choices = choices || $2::jsonb WHERE id = $1', [
          id,
          JSON.stringify(change.choices),
        ])
      if (change.choices?.allowIncrementalSyncs === false) await endIncremental(client, id)
      if (change.startAfter !== undefined) await startLater(client, id, change.startAfter)
      if (change.endpointId !== undefined)
        await client.query('UPDATE migration_batch SET endpoint_id = $2 WHERE id = $1', [id, change.endpointId])
      if (change.isHighest !== undefined) await prefer(client, id, change.isHighest)
      if (change.warnings)
        await client.query('UPDATE migration_batch SET warnings = $2 WHERE id = $1', [id, change.warnings])
      await change.sourceKeys?.(client)
      await change.users?.(client)
      if (change.users) await joinIn(client, id)
      if (change.syncNow)
        await client.query(
          `UPDATE migration_user SET next_at = now() WHERE batch_id = $1 AND status IN ('Synced', 'IncrementalFailed')`,
          [id],
        )
      if (change.restart) {
        await client.query('UPDATE migration_user SET restart = true WHERE batch_id = $1 AND pass_token IS NOT NULL', [
          id,
        ])
        await wake(client, 'stop')
      }
      await addEvent(client, { kind: 'batch.changed', batchId: id, facts: { by } })
      await wake(client, 'work')
      await wake(client, 'events')
    }),
  )
}

async function hasJobs(client: PoolClient, id: string): Promise<boolean> {
  const found = await client.query('SELECT 1 FROM migration_user WHERE batch_id = $1 AND job_id IS NOT NULL LIMIT 1', [
    id,
  ])
  return (found.rowCount ?? 0) > 0
}

async function startLater(client: PoolClient, id: string, startAfter: string | null): Promise<void> {
  await client.query('UPDATE migration_batch SET start_after = $2 WHERE id = $1', [id, startAfter])
  await client.query(
    `UPDATE migration_user u SET next_at = greatest(now(), ${START_AFTER})
     WHERE batch_id = $1 AND status = 'Queued' AND job_id IS NULL`,
    [id],
  )
}

/** No incremental sync is allowed any more; those that run are the last. */
async function endIncremental(client: PoolClient, id: string): Promise<void> {
  await withdrawJobsOfBatch(client, id)
  await client.query(
    `UPDATE migration_user SET status = CASE WHEN status = 'Starting' THEN 'Queued' ELSE 'IncrementalStopped' END
     WHERE batch_id = $1 AND job_id IS NULL AND status IN ('Starting', 'Synced', 'IncrementalFailed')`,
    [id],
  )
}

/** New users do as their batch does: run with it, or wait with it for its Start. */
async function joinIn(client: PoolClient, id: string): Promise<void> {
  await client.query(
    `UPDATE migration_user u SET status = CASE WHEN b.running THEN 'Queued' ELSE 'Stopped' END,
       stage = CASE WHEN b.running THEN 'Injection' ELSE u.stage END,
       next_at = greatest(now(), coalesce(u.start_after, b.start_after))
     FROM migration_batch b WHERE b.id = $1 AND u.batch_id = b.id AND u.status = 'Validating'
       AND b.was_started AND b.flags IN ('None', 'Stop')`,
    [id],
  )
}

/** The one that was preferred last goes before all others. */
async function prefer(client: PoolClient, id: string, isHighest: boolean): Promise<void> {
  await client.query(
    `UPDATE migration_batch SET priority = CASE WHEN $2 THEN (SELECT max(priority) + 1 FROM migration_batch) ELSE 0 END
     WHERE id = $1`,
    [id, isHighest],
  )
}
