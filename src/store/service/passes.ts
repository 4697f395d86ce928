/**
 * A pass in the tables: begun, told of, ended. Whoever begins it leaves a token, and only with that token is anything
 * recorded: a worker that was frozen and wakes after another has taken over finds that it is not its pass any more.
 */
import { randomUUID } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { UserStatus } from '#contract/states.ts'
import { inTransaction } from '../ledger/transaction.ts'
import { tellStart } from './batch-start.ts'
import { addEvent } from './events.ts'
import { STOPPED_STATUS } from './resting.ts'
import type { ServiceStore } from './service-store.ts'
import { wake } from './wake.ts'

export interface BegunPass {
  readonly passId: string
  readonly token: string
  readonly isInitial: boolean
}

export interface PassBeginning {
  readonly jobId: string
  readonly userId: string
  readonly endpointId: string
  readonly bucket: 'initial' | 'incremental'
  readonly worker: string
  /** How often the job was given out before; who has an older one begins nothing. */
  readonly attempt: number
}

interface Begun {
  readonly status: UserStatus
  readonly batch_id: string
  readonly initial: boolean
  readonly pass_token: string | null
  readonly job_attempt: number
  readonly flags: string
  readonly unstarted: boolean
}

/** Null when there is nothing to run: the user was stopped or removed meanwhile, or the job is not the user's any more. */
export async function beginPass(store: ServiceStore, begin: PassBeginning): Promise<BegunPass | null> {
  const token = randomUUID()
  const passId = randomUUID()
  // Of a batch that waited for its StartAfter.
  let unstarted: string | null = null
  const begun = await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      const { rows } = await client.query<Begun>(
        `SELECT u.status, u.batch_id, u.initial_synced_at IS NULL AS initial, u.pass_token, u.job_attempt, b.flags,
           b.started_at IS NULL AS unstarted
         FROM migration_user u JOIN migration_batch b ON b.id = u.batch_id
         WHERE u.id = $1 AND u.job_id = $2 FOR UPDATE OF u`,
        [begin.userId, begin.jobId],
      )
      const user = rows[0]
      if (!user) {
        await freeSlot(client, begin.jobId)
        return null
      }
      unstarted = user.unstarted ? user.batch_id : null
      // An earlier try was committed though its answer was lost.
      if (user.pass_token === token) return { passId, token, isInitial: user.initial }
      // Frozen between taking the job and now, while it was given to another worker.
      if (user.job_attempt > begin.attempt) return null
      if (
        user.status === 'Stopping' ||
        user.status === 'Removing' ||
        user.flags === 'Stop' ||
        user.flags === 'Remove'
      ) {
        await rest(
          client,
          begin.userId,
          user.status === 'Removing' || user.flags === 'Remove' ? 'Removing' : 'Stopping',
        )
        await freeSlot(client, begin.jobId)
        return null
      }
      // Of a worker that died at it: that it was interrupted is part of the history.
      await client.query(
        `WITH lost AS (UPDATE migration_pass SET result = 'Interrupted', ended_at = now(),
             message = 'The worker was lost; another one went on.'
           WHERE user_id = $1 AND result = 'Running' RETURNING items, bytes)
         UPDATE migration_user SET transferred_items = transferred_items + (SELECT sum(items) FROM lost),
           transferred_bytes = transferred_bytes + (SELECT sum(bytes) FROM lost)
         WHERE id = $1 AND EXISTS (SELECT 1 FROM lost)`,
        [begin.userId],
      )
      await client.query(
        `UPDATE migration_user SET status = $2, stage = 'Processing', pass_token = $3, job_attempt = $4, restart = false,
           last_check_at = now() WHERE id = $1`,
        [begin.userId, begin.bucket === 'initial' ? 'Syncing' : 'IncrementalSyncing', token, begin.attempt],
      )
      await client.query('INSERT INTO migration_pass (id, user_id, kind, worker, result) VALUES ($1, $2, $3, $4, $5)', [
        passId,
        begin.userId,
        begin.bucket === 'initial' ? 'Initial' : 'Incremental',
        begin.worker,
        'Running',
      ])
      await addEvent(client, {
        kind: 'pass.started',
        batchId: user.batch_id,
        userId: begin.userId,
        endpointId: begin.endpointId,
        worker: begin.worker,
        facts: { bucket: begin.bucket, pass: passId, job: begin.jobId },
      })
      await wake(client, 'events')
      return { passId, token, isInitial: user.initial }
    }),
  )
  // Afterwards: whoever holds the batch may be waiting for this user. Lost with the worker, the next pass says it.
  if (begun !== null && unstarted !== null) await tellStart(store, unstarted, passId)
  return begun
}

/** What the tables keep of a pass. `outcome` says what becomes of the user. */
export interface PassEnd {
  readonly result: 'Synced' | 'Failed' | 'Stopped' | 'Interrupted'
  readonly outcome:
    | { readonly kind: 'synced'; readonly nextAt: Date | null }
    /** `retryAt`: of a mailbox that was synced before, when its next round is. */
    | { readonly kind: 'failed'; readonly retryAt: Date }
    /** Comes again at that time. `counts`: as one more passing fault in a row. */
    | { readonly kind: 'again'; readonly at: Date; readonly counts: boolean }
    /** An administrator's Stop or Remove, or new settings; the service looks which. */
    | { readonly kind: 'ended' }
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string | null } | null
  readonly items: number
  readonly bytes: number
  readonly transferMs: number
  /** Null: not known, for the mailbox was not opened. */
  readonly totals: {
    readonly sourceItems: number
    readonly syncedItems: number
    readonly skippedItems: number
    readonly folders: number
  } | null
  readonly mailboxId: string | null
  readonly notes: readonly string[]
  readonly waybill: string | null
}

/** False when the pass is not ours any more: nothing was recorded. */
export async function endPass(
  store: ServiceStore,
  begin: PassBeginning,
  pass: BegunPass,
  end: PassEnd,
): Promise<boolean> {
  return await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      const { rows } = await client.query<{ status: UserStatus; batch_id: string; holds: boolean }>(
        `SELECT status, batch_id, holds FROM migration_user
         WHERE id = $1 AND pass_token = $2 AND job_id = $3 FOR UPDATE`,
        [begin.userId, pass.token, begin.jobId],
      )
      const user = rows[0]
      if (!user) {
        await recordLate(client, begin.userId, pass, end)
        return false
      }
      await record(client, begin.userId, pass, end, user.holds)
      // Before the user may be gone, with its address.
      await addEvent(client, {
        kind: 'pass.ended',
        batchId: user.batch_id,
        userId: begin.userId,
        endpointId: begin.endpointId,
        worker: begin.worker,
        facts: {
          bucket: begin.bucket,
          pass: pass.passId,
          result: end.result,
          items: end.items,
          bytes: end.bytes,
          code: end.error?.code ?? null,
        },
      })
      if (end.outcome.kind === 'synced') await markSynced(client, begin.userId)
      if (user.status === 'Stopping' || user.status === 'Removing') {
        await rest(client, begin.userId, user.status)
      } else await settle(client, begin.userId, pass, end)
      await client.query('UPDATE migration_user SET job_id = NULL, pass_token = NULL WHERE id = $1', [begin.userId])
      await freeSlot(client, begin.jobId)
      await wake(client, 'events')
      return true
    }),
  )
}

/**
 * Of a pass that was taken for lost, or whose end was stored though the answer was lost: what landed is no other pass's,
 * so what it had not told by then is added. Told again it adds nothing.
 */
async function recordLate(
  client: PoolClient,
  userId: string,
  { passId }: BegunPass,
  { items, bytes }: PassEnd,
): Promise<void> {
  // First the user, as whoever begins a pass does.
  await client.query('SELECT FROM migration_user WHERE id = $1 FOR UPDATE', [userId])
  await client.query(
    `WITH told AS (SELECT id, result = 'Running' AS is_open, items, bytes FROM migration_pass WHERE id = $2 FOR UPDATE),
       late AS (UPDATE migration_pass p SET items = greatest(p.items, $3), bytes = greatest(p.bytes, $4),
           result = CASE WHEN told.is_open THEN 'Interrupted' ELSE p.result END, ended_at = coalesce(p.ended_at, now())
         FROM told WHERE p.id = told.id
         -- Of one that was taken for lost the user has what was told; of one that is open, nothing.
         RETURNING p.kind, p.result, told.is_open, p.items - CASE WHEN told.is_open THEN 0 ELSE told.items END AS items,
           p.bytes - CASE WHEN told.is_open THEN 0 ELSE told.bytes END AS bytes),
       -- One that is open is counted where it ends here (0010-operations.sql).
       counted AS (INSERT INTO pass_total AS t (kind, result, shard, passes, items, bytes)
         SELECT kind, result, pg_backend_pid() % 16, 0, items, bytes FROM late
         WHERE NOT is_open AND (items > 0 OR bytes > 0)
         ON CONFLICT (kind, result, shard) DO UPDATE
           SET items = t.items + excluded.items, bytes = t.bytes + excluded.bytes)
     UPDATE migration_user u SET transferred_items = transferred_items + late.items,
       transferred_bytes = transferred_bytes + late.bytes
     FROM late WHERE u.id = $1`,
    [userId, passId, items, bytes],
  )
}

/** A user that stands aside for another keeps the words that say so. */
async function record(
  client: PoolClient,
  userId: string,
  pass: BegunPass,
  end: PassEnd,
  holds: boolean,
): Promise<void> {
  const message = end.error ? [end.error.message, end.error.remedy ?? ''].join(' ').trim() : ''
  // What it had told has landed, also where its end knows less, for the ledger could not be closed.
  const { rows } = await client.query<{ items: number; bytes: number }>(
    `UPDATE migration_pass SET result = $2, ended_at = now(), items = greatest(items, $3), bytes = greatest(bytes, $4),
       message = $5, notes = $6, waybill = $7
     WHERE id = $1 RETURNING items, bytes`,
    [pass.passId, end.result, end.items, end.bytes, clean(message), end.notes.map(clean), end.waybill],
  )
  const carried = rows[0] ?? end
  await client.query(
    `UPDATE migration_user SET last_check_at = now(), mailbox_id = coalesce($2, mailbox_id),
       transferred_items = transferred_items + $3, transferred_bytes = transferred_bytes + $4,
       transfer_ms = transfer_ms + $5, source_items = coalesce($6, source_items),
       synced_items = coalesce($7, synced_items), skipped_items = coalesce($8, skipped_items),
       synced_folders = coalesce($9, synced_folders), error_code = CASE WHEN $13 THEN $10 ELSE error_code END,
       error_message = CASE WHEN $13 THEN $11 ELSE error_message END,
       error_remedy = CASE WHEN $13 THEN $12 ELSE error_remedy END
     WHERE id = $1`,
    [
      userId,
      end.mailboxId,
      carried.items,
      carried.bytes,
      Math.round(end.transferMs),
      end.totals?.sourceItems ?? null,
      end.totals?.syncedItems ?? null,
      end.totals?.skippedItems ?? null,
      end.totals?.folders ?? null,
      end.error?.code ?? null,
      end.error ? clean(end.error.message) : null,
      end.error?.remedy ? clean(end.error.remedy) : null,
      holds,
    ],
  )
}

/** U+0000 can stand in no text of PostgreSQL, and servers' words may hold it. */
const clean = (words: string) => words.replaceAll('\0', '\uFFFD')

async function markSynced(client: PoolClient, userId: string): Promise<void> {
  await client.query(
    `UPDATE migration_user SET transient_failures = 0, last_synced_at = now(),
       initial_synced_at = coalesce(initial_synced_at, now()) WHERE id = $1`,
    [userId],
  )
}

async function settle(client: PoolClient, userId: string, pass: BegunPass, end: PassEnd): Promise<void> {
  const { outcome } = end
  if (outcome.kind === 'synced') {
    // The choice as it is now, for it may have changed since the pass began. New settings that came too late for a
    // pass are for the next one, at once.
    await client.query(
      `UPDATE migration_user u SET
         status = CASE WHEN c.stops THEN 'IncrementalStopped' ELSE 'Synced' END,
         next_at = CASE WHEN c.stops THEN 'infinity' WHEN u.restart THEN now() ELSE $2 END, restart = false
       FROM (SELECT id, $2::timestamptz IS NULL OR choices->>'allowIncrementalSyncs' = 'false' AS stops
         FROM migration_batch) c
       WHERE u.id = $1 AND c.id = u.batch_id`,
      [userId, outcome.nextAt],
    )
  } else if (outcome.kind === 'failed') {
    // An incremental sync that failed is repeated with the next round (exchange-semantics.md §2.3).
    await client.query(
      `UPDATE migration_user u SET status = $2, transient_failures = 0,
         next_at = CASE WHEN $2 = 'IncrementalFailed' AND b.choices->>'allowIncrementalSyncs' <> 'false'
           THEN $3 ELSE 'infinity'::timestamptz END
       FROM migration_batch b WHERE u.id = $1 AND b.id = u.batch_id`,
      [userId, pass.isInitial ? 'Failed' : 'IncrementalFailed', outcome.retryAt],
    )
  } else {
    const at = outcome.kind === 'again' ? outcome.at : new Date(0)
    const counts = outcome.kind === 'again' && outcome.counts
    await client.query(
      `UPDATE migration_user SET status = $2, next_at = $3,
         transient_failures = CASE WHEN $4 THEN CASE WHEN $5 > 0 THEN 1 ELSE transient_failures + 1 END ELSE transient_failures END
       WHERE id = $1`,
      [userId, pass.isInitial ? 'Queued' : 'Synced', at, counts, end.items],
    )
  }
}

/** A user that was being stopped is; one that was being removed is gone. */
async function rest(client: PoolClient, userId: string, status: 'Stopping' | 'Removing'): Promise<void> {
  await client.query(
    status === 'Removing'
      ? 'DELETE FROM migration_user WHERE id = $1'
      : `UPDATE migration_user SET status = ${STOPPED_STATUS}, job_id = NULL, pass_token = NULL WHERE id = $1`,
    [userId],
  )
}

/** Together with what ended the pass: the next user gets the slot at once. */
async function freeSlot(client: PoolClient, jobId: string): Promise<void> {
  await client.query('DELETE FROM slot WHERE job_id = $1', [jobId])
  await wake(client, 'work')
}

/** From now on what the ledger knows of the mailbox is found by the user, too. */
export async function recordMailbox(store: ServiceStore, token: string, mailboxId: string): Promise<void> {
  await store.retrying(() =>
    store.pool.query('UPDATE migration_user SET mailbox_id = $2 WHERE pass_token = $1', [token, mailboxId]),
  )
}
