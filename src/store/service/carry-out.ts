/** Carries out what administrators asked of batches: Start, Stop, Remove. Each step can be repeated after a crash. */
import type { PoolClient } from 'pg'
import { crashPoint } from '#base/crash-point.ts'
import type { Log } from '#base/log.ts'
import { inTransaction } from '../ledger/transaction.ts'
import { STARTED_AT } from './batch-start.ts'
import { archiveBatch } from './archive.ts'
import { addEvent } from './events.ts'
import { takeHolds } from './holds.ts'
import { START_AFTER, STOPPED_STATUS, WAITING_STATUS } from './resting.ts'
import { noteBatch, noteLast, noteStopped } from './notify.ts'
import type { ServiceStore } from './service-store.ts'
import { wake } from './wake.ts'
import { withdrawJobsOfBatch } from './withdraw.ts'

interface Asked {
  readonly id: string
  readonly flags: 'Start' | 'Stop' | 'Remove'
  readonly running: boolean
}

/** One step of every batch that waits for one; true when there is more to do at once. */
export async function carryOut(store: ServiceStore, log: Log): Promise<boolean> {
  const { rows } = await store.pool.query<Pick<Asked, 'id'>>(`SELECT id FROM migration_batch WHERE flags <> 'None'`)
  let more = false
  for (const { id } of rows) {
    try {
      more = (await inTransaction(store.pool, (client) => step(client, id))) || more
    } catch (thrown) {
      // One batch that cannot be carried out holds up no other one.
      log.warn('a command could not be carried out', { batch: id, said: thrown instanceof Error ? thrown.message : '' })
    }
  }
  return more
}

async function step(client: PoolClient, id: string): Promise<boolean> {
  const { rows } = await client.query<Asked>(
    `SELECT id, flags, running FROM migration_batch WHERE id = $1 AND flags <> 'None' FOR UPDATE SKIP LOCKED`,
    [id],
  )
  return rows[0]
    ? await { Start: start, Stop: stop, Remove: remove }[rows[0].flags](client, id, rows[0].running)
    : false
}

/** Resumes what was stopped, tries again what has failed; what is synced goes on as it was. */
async function start(client: PoolClient, id: string, wasRunning: boolean): Promise<boolean> {
  await takeHold(client, id)
  const { rowCount: changed } = await client.query(
    `UPDATE migration_user u SET next_at = greatest(now(), ${START_AFTER}), transient_failures = 0, error_code = NULL,
       error_message = NULL, error_remedy = NULL, stage = 'Injection', status = ${WAITING_STATUS}
     WHERE batch_id = $1 AND holds AND status IN ('Validating', 'Stopped', 'Failed', 'IncrementalStopped', 'IncrementalFailed')`,
    [id],
  )
  await client.query(
    `UPDATE migration_batch SET flags = 'None', running = true, was_started = true, started_at = ${STARTED_AT}
     WHERE id = $1`,
    [id],
  )
  // A Start that finds everybody at work or synced already begins nothing that could be told.
  if (!wasRunning || (changed ?? 0) > 0) await beginTelling(client, id)
  await addEvent(client, { kind: 'batch.started', batchId: id })
  await wake(client, 'work')
  await wake(client, 'events')
  return false
}

/** From here on its reports count: the start is told, and what comes of it. */
async function beginTelling(client: PoolClient, id: string): Promise<void> {
  await client.query(
    `UPDATE migration_batch b SET starts = starts + 1, last_started_at = now(), last_report_at = NULL, message = '',
       start_items = u.items, start_bytes = u.bytes
     FROM (SELECT coalesce(sum(transferred_items), 0) AS items, coalesce(sum(transferred_bytes), 0) AS bytes
       FROM migration_user WHERE batch_id = $1) u WHERE b.id = $1`,
    [id],
  )
  await noteBatch(client, id)
}

/**
 * Users that stood aside because another one had their mailbox try again, in the order of the file. Rows whose values
 * are wrong stay: only a corrected file helps.
 */
async function takeHold(client: PoolClient, id: string): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM migration_user WHERE batch_id = $1 AND NOT holds AND status = 'Failed'
       AND error_code IN ('USER_ALREADY_BEING_MIGRATED', 'USER_DUPLICATE_IN_OTHER_BATCH') ORDER BY row_number`,
    [id],
  )
  await takeHolds(
    client,
    rows.map((user) => user.id),
  )
}

/** What runs is told to end; all else is stopped at once. Done when nothing runs any more. */
async function stop(client: PoolClient, id: string): Promise<boolean> {
  // Stopped before its Start was carried out, it was started all the same: it is Stopped then, not Created.
  await client.query('UPDATE migration_batch SET running = false, was_started = true WHERE id = $1', [id])
  await withdrawJobsOfBatch(client, id)
  await client.query(
    // A user that was being given a slot while we looked is Stopping without a job by the next step.
    `UPDATE migration_user SET status = CASE WHEN job_id IS NOT NULL THEN 'Stopping' ELSE ${STOPPED_STATUS} END
     WHERE batch_id = $1 AND status <> 'Removing' AND (
       (job_id IS NOT NULL AND status <> 'Stopping') OR
       (job_id IS NULL AND status IN ('Validating', 'Queued', 'Starting', 'Stopping', 'Synced', 'IncrementalFailed')))`,
    [id],
  )
  await wake(client, 'stop')
  if (await isAtWork(client, id)) return false
  await client.query(`UPDATE migration_batch SET flags = 'None', stopped_at = now() WHERE id = $1`, [id])
  await noteBatch(client, id)
  await noteStopped(client, id)
  await addEvent(client, { kind: 'batch.stopped', batchId: id })
  await wake(client, 'events')
  return false
}

const CHUNK = 5_000

/**
 * Its name stays taken until it is gone. Only records are deleted, never mail, and what reports tell goes to the archive
 * (0007-hygiene.sql); the passwords are gone.
 */
async function remove(client: PoolClient, id: string): Promise<boolean> {
  await noteLast(client, id)
  await client.query('UPDATE migration_batch SET running = false WHERE id = $1', [id])
  await withdrawJobsOfBatch(client, id)
  await client.query(`UPDATE migration_user SET status = 'Removing' WHERE batch_id = $1 AND job_id IS NOT NULL`, [id])
  await wake(client, 'stop')
  const { rowCount } = await client.query(
    `DELETE FROM migration_user WHERE id IN (SELECT id FROM migration_user WHERE batch_id = $1 AND job_id IS NULL LIMIT ${CHUNK})`,
    [id],
  )
  crashPoint('archive.users')
  if ((rowCount ?? 0) === CHUNK) return true
  if (await isAtWork(client, id)) return false
  await archiveBatch(client, id)
  crashPoint('archive.batch')
  await addEvent(client, { kind: 'batch.removed', batchId: id })
  await client.query('DELETE FROM migration_batch WHERE id = $1', [id])
  await wake(client, 'events')
  return false
}

async function isAtWork(client: PoolClient, id: string): Promise<boolean> {
  const { rows } = await client.query<{ at: boolean }>(
    'SELECT EXISTS (SELECT 1 FROM migration_user WHERE batch_id = $1 AND job_id IS NOT NULL) AS at',
    [id],
  )
  return rows[0]?.at ?? false
}
