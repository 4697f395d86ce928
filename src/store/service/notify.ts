/**
 * Writes down what is to be told of batches, in the transaction of what it tells of where there is one (Start, Stop,
 * Remove), else by a look that may be repeated at will. Sending is another matter (migration/notification).
 */
import { randomUUID } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { NotificationKind } from '#contract/notification-kinds.ts'
import type { BatchStatus } from '#contract/states.ts'
import { inTransaction } from '../ledger/transaction.ts'
import type { MigrationBatchTable } from '../tables.ts'
import type { Selectable } from 'kysely'
import { statusOf, totalsIn } from './batches.ts'
import { LEAST_INTERVAL_MS, dueNotification, isReportDue } from './due-notification.ts'
import { factsOf } from './notification-facts.ts'
import { readNotificationSettings } from './notification-settings.ts'
import type { ServiceStore } from './service-store.ts'
import { wake } from './wake.ts'

type Batch = Selectable<MigrationBatchTable> & { readonly endpoint: string }

interface Candidate {
  readonly id: string
  readonly is_likely: boolean
  readonly last_report_at: Date | null
  readonly interval: string
}

/** Batches that are not told to their end. What is likely is an index look-up for each, for it is asked every second. */
const CANDIDATES = `
  SELECT b.id, b.last_report_at, b.choices->>'reportInterval' AS interval, NOT b.running
    OR (b.told_start < b.starts AND (b.start_after IS NULL OR b.start_after <= now()
      OR EXISTS (SELECT 1 FROM migration_user u WHERE u.batch_id = b.id AND u.status IN ('Starting', 'Syncing', 'Synced'))))
    OR NOT EXISTS (SELECT 1 FROM migration_user u WHERE u.batch_id = b.id
      AND u.status IN ('Validating', 'Provisioning', 'ProvisionUpdating', 'Queued', 'Starting', 'Syncing')) AS is_likely
  FROM migration_batch b WHERE b.starts > b.told_end AND b.flags = 'None'`

/** Looks at every batch that may have something to tell. */
export async function noteNotifications(store: ServiceStore, leastIntervalMs = LEAST_INTERVAL_MS): Promise<void> {
  const { rows } = await store.pool.query<Candidate>(CANDIDATES)
  for (const { id, is_likely: isLikely, last_report_at: at, interval } of rows) {
    if (isLikely || isReportDue(at, interval, Date.now(), leastIntervalMs))
      await inTransaction(store.pool, (client) => noteBatch(client, id, leastIntervalMs))
  }
}

/** What is due of one batch. Inside a command's transaction it tells of what that has changed. */
export async function noteBatch(client: PoolClient, id: string, leastIntervalMs?: number): Promise<void> {
  // A start and its end may be due at once.
  for (let more = true; more;) more = await noteNext(client, id, leastIntervalMs)
}

/** The batch is about to go: what is due is told, and nothing that its removal makes of it. */
export async function noteLast(client: PoolClient, id: string): Promise<void> {
  await client.query(`UPDATE migration_batch SET flags = 'None' WHERE id = $1`, [id])
  await noteBatch(client, id)
  await client.query(
    `UPDATE migration_batch SET flags = 'Remove', told_start = starts, told_end = starts WHERE id = $1`,
    [id],
  )
}

/** The service itself has stopped it, which nobody of its administrators has seen. */
export async function noteStopped(client: PoolClient, id: string): Promise<void> {
  const { rows } = await client.query<Batch>(`${BATCH} WHERE b.id = $1`, [id])
  if (rows[0] && rows[0].asked_why !== '') await write(client, rows[0], 'Stopped', 'Stopped')
}

/** It will end by itself, if nobody touches it until then. In the transaction that announces it. */
export async function noteExpiring(client: PoolClient, id: string, why: string): Promise<void> {
  const { rows } = await client.query<Batch>(`${BATCH} WHERE b.id = $1`, [id])
  if (!rows[0]) return
  const batch = { ...rows[0], asked_why: why }
  await write(client, batch, statusOf({ ...batch, totals: await totalsIn(client, id) }), 'Expiring')
}

async function noteNext(client: PoolClient, id: string, leastIntervalMs?: number): Promise<boolean> {
  const batch = await lockBatch(client, id)
  if (!batch) return false
  const status = statusOf({ ...batch, totals: await totalsIn(client, id) })
  const state = { ...batch, reportInterval: batch.choices.reportInterval }
  const due = dueNotification(state, status, Date.now(), leastIntervalMs)
  if (due === null) return false
  if (due === 'settle') {
    await client.query('UPDATE migration_batch SET told_start = starts, told_end = starts WHERE id = $1', [id])
    return false
  }
  await write(client, batch, status, due)
  await client.query(
    `UPDATE migration_batch SET last_report_at = now(),
       told_start = CASE WHEN $2 = 'Started' THEN starts ELSE told_start END,
       told_end = CASE WHEN $2 = 'Finished' THEN starts ELSE told_end END,
       reports = CASE $2 WHEN 'Started' THEN 0 WHEN 'Progress' THEN reports + 1 ELSE reports END
     WHERE id = $1`,
    [id, due],
  )
  return due === 'Started'
}

const BATCH = `SELECT b.*, (SELECT name FROM migration_endpoint e WHERE e.id = b.endpoint_id) AS endpoint FROM migration_batch b`

/** Not its key: passes that only refer to the batch do not wait for us. */
async function lockBatch(client: PoolClient, id: string): Promise<Batch | null> {
  const { rows } = await client.query<Batch>(
    `${BATCH} WHERE b.id = $1 AND b.starts > b.told_end FOR NO KEY UPDATE SKIP LOCKED`,
    [id],
  )
  return rows[0] ?? null
}

/** Once for each occasion, to everybody who is to be told; to nobody: nothing is written. */
async function write(client: PoolClient, batch: Batch, status: BatchStatus, kind: NotificationKind): Promise<void> {
  const recipients = await recipientsOf(client, batch, kind)
  if (recipients.length === 0) return
  const { facts, errors } = await factsOf(client, batch, status, kind)
  const id = randomUUID()
  const occasion = occasionOf(batch, kind)
  const written = await client.query(
    `INSERT INTO notification (id, batch_id, batch, kind, occasion, facts, errors) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (batch_id, kind, occasion) DO NOTHING`,
    [id, batch.id, batch.name, kind, occasion, JSON.stringify(facts), errors && JSON.stringify(errors)],
  )
  if (!written.rowCount) return
  for (const { channel, recipient } of recipients)
    await client.query(
      `INSERT INTO notification_delivery (id, notification_id, channel, recipient) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [randomUUID(), id, channel, recipient],
    )
  await wake(client, 'reports')
}

function occasionOf({ starts, reports, expiry_told: end }: Batch, kind: NotificationKind): string {
  if (kind === 'Progress') return `${starts}.${reports + 1}`
  return kind === 'Expiring' ? `${starts} ${end?.toISOString() ?? ''}` : String(starts)
}

/** SkipReports is about mail; who set a hook chose there what it is told. */
async function recipientsOf(client: PoolClient, { choices }: Batch, kind: NotificationKind) {
  const settings = await readNotificationSettings(client)
  const mails = choices.skipReports ? [] : [...new Set(choices.notificationEmails)]
  const hook =
    settings.hook_url !== null && settings.hook_events.includes(kind) ? [new URL(settings.hook_url).origin] : []
  return [
    ...mails.map((recipient) => ({ channel: 'Mail', recipient })),
    ...hook.map((recipient) => ({ channel: 'Hook', recipient })),
  ]
}
