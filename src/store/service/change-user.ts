/** One user changed: commands of administrators, one row each. */
import type { PoolClient } from 'pg'
import { inTransaction } from '../ledger/transaction.ts'
import { STARTED_AT } from './batch-start.ts'
import { addEvent } from './events.ts'
import { takeHolds } from './holds.ts'
import { START_AFTER, WAITING_STATUS } from './resting.ts'
import type { ServiceStore } from './service-store.ts'
import { touchBatches } from './touch.ts'
import { wake } from './wake.ts'
import { withdrawJobs } from './withdraw.ts'

/** Users that go on in another batch: here they end, and their mailboxes are free. */
export async function releaseUsers(client: PoolClient, ids: readonly string[]): Promise<void> {
  await withdrawJobs(client, ids)
  await client.query(
    `UPDATE migration_user SET holds = false, next_at = 'infinity', status = CASE
         WHEN status = 'Removing' THEN status
         WHEN job_id IS NOT NULL THEN 'Stopping'
         WHEN status IN ('Failed', 'IncrementalFailed') THEN status
         WHEN initial_synced_at IS NULL THEN 'Stopped' ELSE 'IncrementalStopped' END
     WHERE id = ANY($1)`,
    [ids],
  )
  const { rows } = await client.query<{ id: string }>(
    'SELECT DISTINCT batch_id AS id FROM migration_user WHERE id = ANY($1)',
    [ids],
  )
  await touchBatches(
    client,
    rows.map(({ id }) => id),
  )
  await wake(client, 'stop')
}

type Deed = (client: PoolClient) => Promise<boolean>

/** Sees what is set, locked, and throws what forbids the change. */
type Check = (startAfter: Date | null) => void

/** Runs `deed` on the user, locked after its batch, and tells of it; false, and nothing is told, when it does nothing. */
async function onUser(
  store: ServiceStore,
  id: string,
  kind: string,
  by: string,
  deed: Deed,
  check: Check = () => {},
): Promise<boolean> {
  return await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      const { rows } = await client.query<{ batch_id: string }>(
        `SELECT b.id AS batch_id FROM migration_batch b
         WHERE b.id = (SELECT batch_id FROM migration_user WHERE id = $1) FOR UPDATE`,
        [id],
      )
      const found = await client.query<{ start_after: Date | null }>(
        'SELECT start_after FROM migration_user WHERE id = $1 FOR UPDATE',
        [id],
      )
      if (!rows[0] || !found.rows[0]) return false
      check(found.rows[0].start_after)
      await client.query('SAVEPOINT told')
      // Before the deed: of a user that is gone the log would not know the address.
      await addEvent(client, { kind, batchId: rows[0].batch_id, userId: id, facts: { by } })
      if (!(await deed(client))) {
        await client.query('ROLLBACK TO SAVEPOINT told')
        return false
      }
      await touchBatches(client, [rows[0].batch_id])
      await wake(client, 'work')
      await wake(client, 'events')
      return true
    }),
  )
}

const changed = (result: { rowCount: number | null }) => (result.rowCount ?? 0) > 0

/** Resumes or retries. A user that stood aside takes its mailbox if it is free now; false when it is not. */
export async function startUser(store: ServiceStore, id: string, by: string): Promise<boolean> {
  return await onUser(store, id, 'user.started', by, async (client) => {
    const { rows } = await client.query(
      `SELECT 1 FROM migration_batch WHERE id = (SELECT batch_id FROM migration_user WHERE id = $1) AND flags IN ('Stop', 'Remove')`,
      [id],
    )
    if (rows.length > 0) return false
    await takeHolds(client, [id])
    // Also of a batch that was stopped: this user is to run, the others stay as they are.
    await client.query(
      `UPDATE migration_batch SET running = true, was_started = true, started_at = ${STARTED_AT}
       WHERE id = (SELECT batch_id FROM migration_user WHERE id = $1 AND holds)`,
      [id],
    )
    return changed(
      await client.query(
        `UPDATE migration_user u SET next_at = greatest(now(), ${START_AFTER}), transient_failures = 0, error_code = NULL,
           error_message = NULL, error_remedy = NULL, stage = 'Injection', status = ${WAITING_STATUS}
         WHERE id = $1 AND holds AND status IN ('Validating', 'Stopped', 'Failed', 'IncrementalStopped', 'IncrementalFailed')`,
        [id],
      ),
    )
  })
}

export async function stopUser(store: ServiceStore, id: string, by: string): Promise<boolean> {
  return await onUser(store, id, 'user.stopped', by, async (client) => {
    await withdrawJobs(client, [id])
    const done = changed(
      await client.query(
        `UPDATE migration_user SET status = CASE WHEN job_id IS NOT NULL THEN 'Stopping'
             WHEN initial_synced_at IS NULL THEN 'Stopped' ELSE 'IncrementalStopped' END
         WHERE id = $1 AND status <> 'Removing' AND (job_id IS NOT NULL
           OR status IN ('Validating', 'Queued', 'Starting', 'Synced', 'IncrementalFailed'))`,
        [id],
      ),
    )
    await wake(client, 'stop')
    return done
  })
}

/** Gone at once, or when the pass that runs has ended. */
export async function removeUser(store: ServiceStore, id: string, by: string, check?: Check): Promise<boolean> {
  const deed: Deed = async (client) => {
    await withdrawJobs(client, [id])
    await client.query(`UPDATE migration_user SET status = 'Removing' WHERE id = $1 AND job_id IS NOT NULL`, [id])
    await client.query('DELETE FROM migration_user WHERE id = $1 AND job_id IS NULL', [id])
    await wake(client, 'stop')
    return true
  }
  return await onUser(store, id, 'user.removed', by, deed, check)
}

export interface UserChange {
  readonly startAfter?: string | null
  readonly syncNow?: boolean
}

export async function changeUser(
  store: ServiceStore,
  id: string,
  change: UserChange,
  by: string,
  check?: Check,
): Promise<boolean> {
  const deed: Deed = async (client) => {
    if (change.startAfter !== undefined)
      await client.query(
        `UPDATE migration_user u SET start_after = $2,
           next_at = CASE WHEN u.status = 'Queued' THEN greatest(now(), coalesce($2, b.start_after)) ELSE u.next_at END
         FROM migration_batch b WHERE u.id = $1 AND b.id = u.batch_id`,
        [id, change.startAfter],
      )
    if (change.syncNow)
      await client.query(
        `UPDATE migration_user SET next_at = now() WHERE id = $1 AND status IN ('Synced', 'IncrementalFailed')`,
        [id],
      )
    return true
  }
  return await onUser(store, id, 'user.changed', by, deed, check)
}
