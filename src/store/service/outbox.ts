/**
 * The outbox: each delivery is claimed by one process for a while, and settled by that process only. Between a server's
 * 250 and our commit lies a moment in which a crash sends a mail twice; its Message-ID is the same then.
 */
import { randomUUID } from 'node:crypto'
import type { NotificationChannel, NotificationKind } from '#contract/notification-kinds.ts'
import { inTransaction } from '../ledger/transaction.ts'
import { addEvent } from './events.ts'
import type { ErrorRows, NotificationFacts } from './notification-facts.ts'
import type { ServiceClient, ServiceStore } from './service-store.ts'
import { wake } from './wake.ts'

/** One thing to send, held by this process until `claimMs` have passed. */
export interface Delivery {
  readonly id: string
  readonly claim: string
  readonly channel: NotificationChannel
  readonly recipient: string
  /** With this one. */
  readonly attempts: number
  readonly tried_since: Date
  /** Why it is not sent any more: it was held up, and what it tells has passed, or nobody wants it. */
  readonly dropped: string | null
  readonly notification_id: string
  readonly batch_id: string
  readonly batch: string
  readonly kind: NotificationKind
  readonly occasion: string
  readonly facts: NotificationFacts
  readonly errors: ErrorRows | null
  readonly created_at: Date
}

const mine = `id = $1 AND claim = $2 AND state = 'Waiting'`

/**
 * Who hears of the end must not hear of the start afterwards. What is sent at its first attempt comes in its order: only
 * what was held up, or held by a process that died, can be late.
 */
const DROPPED = `CASE WHEN n.kind NOT IN ('Started', 'Progress') THEN NULL
  WHEN c.channel = 'Mail' AND (SELECT (b.choices->>'skipReports')::boolean FROM migration_batch b WHERE b.id = n.batch_id)
    THEN 'SkipReports was set before it could be sent.'
  WHEN c.was_held_up AND EXISTS (SELECT 1 FROM notification later WHERE later.batch_id = n.batch_id
    AND later.kind IN ('Finished', 'Stopped') AND later.created_at > n.created_at)
    THEN 'It was held up, and the batch has ended meanwhile, which is told instead.' END`

/** The one that is due longest; null when none is. */
export async function claimDelivery(
  store: ServiceStore,
  channel: NotificationChannel,
  claimMs: number,
): Promise<Delivery | null> {
  const { rows } = await store.pool.query<Delivery>(
    `WITH due AS (
       SELECT id, tried_since FROM notification_delivery WHERE state = 'Waiting' AND channel = $1 AND next_at <= now()
         AND (claim IS NULL OR claim_until < now()) ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED),
     claimed AS (
       UPDATE notification_delivery d SET claim = $2, claim_until = now() + $3 * interval '1 millisecond',
         attempts = attempts + 1, tried_since = coalesce(d.tried_since, now())
       FROM due WHERE d.id = due.id
       RETURNING d.id, claim, channel, recipient, attempts, d.tried_since, notification_id,
         due.tried_since IS NOT NULL AS was_held_up)
     SELECT c.*, n.batch_id, n.batch, n.kind, n.occasion, n.facts, n.errors, n.created_at, ${DROPPED} AS dropped
     FROM claimed c JOIN notification n ON n.id = c.notification_id`,
    [channel, randomUUID(), claimMs],
  )
  return rows[0] ?? null
}

/** While it is being sent. False when it is no longer ours. */
export async function renewClaim(store: ServiceStore, { id, claim }: Delivery, claimMs: number): Promise<boolean> {
  const { rowCount } = await store.pool.query(
    `UPDATE notification_delivery SET claim_until = now() + $3 * interval '1 millisecond' WHERE ${mine}`,
    [id, claim, claimMs],
  )
  return Boolean(rowCount)
}

/** Why something was not delivered. */
export interface Refusal {
  readonly code: string
  readonly said: string
}

export async function settleSent(store: ServiceStore, delivery: Delivery): Promise<void> {
  await settle(store, delivery, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE notification_delivery SET state = 'Sent', settled_at = now(), claim = NULL, code = NULL, said = '' WHERE ${mine}`,
      [delivery.id, delivery.claim],
    )
    if (!rowCount) return
    await client.query(
      `UPDATE migration_batch SET message = '' WHERE id = $1 AND message LIKE 'A report for ' || $2 || ' %'`,
      [delivery.batch_id, delivery.recipient.replaceAll(/[\\%_]/g, String.raw`\$&`)],
    )
    await tell(client, delivery, 'notification.sent', {})
  })
}

/** For good: shown on the batch, too. */
export async function settleFailed(store: ServiceStore, delivery: Delivery, { code, said }: Refusal): Promise<void> {
  await settle(store, delivery, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE notification_delivery SET state = 'Failed', settled_at = now(), claim = NULL, code = $3, said = $4 WHERE ${mine}`,
      [delivery.id, delivery.claim, code, said],
    )
    if (!rowCount) return
    await client.query(`UPDATE migration_batch SET message = $2 WHERE id = $1`, [
      delivery.batch_id,
      `A report for ${delivery.recipient} was not delivered: ${said}`,
    ])
    await tell(client, delivery, 'notification.failed', { code })
  })
}

/** Nothing went wrong: the batch does not tell of it. */
export async function settleDropped(store: ServiceStore, delivery: Delivery, { code, said }: Refusal): Promise<void> {
  await settle(store, delivery, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE notification_delivery SET state = 'Failed', settled_at = now(), claim = NULL, code = $3, said = $4 WHERE ${mine}`,
      [delivery.id, delivery.claim, code, said],
    )
    if (rowCount) await tell(client, delivery, 'notification.dropped', { code })
  })
}

/** Tried again after a pause; its claim is given back. */
export async function settleLater(
  store: ServiceStore,
  { id, claim }: Delivery,
  { code, said }: Refusal,
  pauseMs: number,
): Promise<void> {
  await store.retrying(() =>
    store.pool.query(
      `UPDATE notification_delivery SET next_at = now() + $3 * interval '1 millisecond', claim = NULL, code = $4, said = $5
       WHERE ${mine}`,
      [id, claim, pauseMs, code, said],
    ),
  )
}

/** All others of a channel whose server is away wait as long: each would only find out the same. */
export async function postpone(
  store: ServiceStore,
  channel: NotificationChannel,
  { code, said }: Refusal,
  pauseMs: number,
): Promise<void> {
  await store.retrying(() =>
    store.pool.query(
      `UPDATE notification_delivery SET next_at = now() + $2 * interval '1 millisecond', code = $3, said = $4,
         tried_since = coalesce(tried_since, now())
       WHERE state = 'Waiting' AND channel = $1 AND next_at <= now() AND claim IS NULL`,
      [channel, pauseMs, code, said],
    ),
  )
}

async function settle(
  store: ServiceStore,
  { notification_id: id }: Delivery,
  deed: (client: ServiceClient) => Promise<void>,
): Promise<void> {
  await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      await client.query('SELECT 1 FROM notification WHERE id = $1 FOR UPDATE', [id])
      await deed(client)
      // Nobody waits for the attachment any more.
      await client.query(
        `UPDATE notification SET errors = NULL WHERE id = $1 AND errors IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM notification_delivery WHERE notification_id = $1 AND state = 'Waiting')`,
        [id],
      )
      await wake(client, 'events')
    }),
  )
}

async function tell(
  client: ServiceClient,
  { batch_id: batchId, batch, kind, channel, recipient }: Delivery,
  event: string,
  more: Readonly<Record<string, string>>,
): Promise<void> {
  // The batch may be gone, and its name with it.
  await addEvent(client, { kind: event, batchId, facts: { batch, report: kind, channel, recipient, ...more } })
}
