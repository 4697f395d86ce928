/** What was sent, what waits and what failed, newest first. */
import type { NotificationChannel, NotificationKind, NotificationState } from '#contract/notification-kinds.ts'
import type { ServiceStore } from './service-store.ts'

export interface NotificationRow {
  readonly id: string
  readonly batch_id: string
  readonly batch: string
  readonly kind: NotificationKind
  readonly channel: NotificationChannel
  readonly recipient: string
  readonly state: NotificationState
  readonly attempts: number
  readonly created_at: Date
  /** With microseconds: a page goes on after it. */
  readonly created: string
  /** While a process sends it: when another one would take it up. */
  readonly next_at: Date
  readonly code: string | null
  readonly said: string
  readonly settled_at: Date | null
}

export interface NotificationFilter {
  /** Name or Guid; that of a batch that is gone, too. */
  readonly batch: { readonly id: string | null; readonly name: string } | null
  readonly state: NotificationState | null
  readonly channel: NotificationChannel | null
}

const WHERE = `($1::uuid IS NULL AND $2::text IS NULL OR n.batch_id = $1 OR ($1::uuid IS NULL AND lower(n.batch) = lower($2)))
  AND ($3::text IS NULL OR d.state = $3) AND ($4::text IS NULL OR d.channel = $4)`

export async function readNotifications(
  store: ServiceStore,
  { batch, state, channel }: NotificationFilter,
  after: readonly [created: string, id: string] | null,
  limit: number,
): Promise<{ rows: NotificationRow[]; total: number }> {
  const where = [batch?.id ?? null, batch?.name ?? null, state, channel]
  return await store.retrying(async () => {
    const [{ rows }, total] = await Promise.all([
      store.pool.query<NotificationRow>(
        `SELECT d.id, n.batch_id, n.batch, n.kind, d.channel, d.recipient, d.state, d.attempts, n.created_at,
           to_char(n.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created,
           greatest(d.next_at, CASE WHEN d.claim IS NOT NULL THEN d.claim_until END) AS next_at, d.code, d.said, d.settled_at
         FROM notification_delivery d JOIN notification n ON n.id = d.notification_id
         WHERE ${WHERE} AND ($5::timestamptz IS NULL OR (n.created_at, d.id) < ($5::timestamptz, $6::uuid))
         ORDER BY n.created_at DESC, d.id DESC LIMIT $7`,
        [...where, after?.[0] ?? null, after?.[1] ?? null, limit],
      ),
      store.pool.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM notification_delivery d JOIN notification n ON n.id = d.notification_id WHERE ${WHERE}`,
        where,
      ),
    ])
    return { rows, total: total.rows[0]!.n }
  })
}
