/** What a report tells of a batch, as it is at this moment: read within the transaction that writes the report down. */
import type { PoolClient } from 'pg'
import type { NotificationKind } from '#contract/notification-kinds.ts'
import { type BatchStatus, statusesOf, SUMMARY_OF, type UserStatus } from '#contract/states.ts'
import type { StoredChoices } from '../tables.ts'

/** A user that failed, and why. */
export interface FailedUser {
  readonly address: string
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/** Stored as JSON: times are ISO 8601. */
export interface NotificationFacts {
  readonly status: BatchStatus
  readonly endpoint: string
  readonly timeZone: string
  readonly at: string
  readonly startedAt: string | null
  readonly total: number
  /** Past their initial sync, and not failed since. */
  readonly synced: number
  readonly failed: number
  /** Before their initial sync was over, as the active: each user counts once. */
  readonly stopped: number
  readonly active: number
  readonly items: number
  readonly skipped: number
  readonly bytes: number
  /** Per second, since the start; null where none was measured. */
  readonly bytesPerSecond: number | null
  /** Null where the size of a mailbox that waits is not known yet. */
  readonly secondsLeft: number | null
  /** The first of the failed, in the order of the file. */
  readonly failures: readonly FailedUser[]
  /** The errors CSV was too large to be kept with the report. */
  readonly areErrorsTooLarge: boolean
  /** Why the service itself has stopped the batch; empty when it has not. */
  readonly reason: string
  /** Of a batch that will end by itself: how and when. */
  readonly end: { readonly action: 'Stop' | 'Remove'; readonly at: string } | null
}

/** What errorsCsv takes: cells without secrets, and what went wrong. */
export interface ErrorRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly [cells: readonly string[], message: string])[]
}

/** The batch that is told of. */
export interface ToldBatch {
  readonly id: string
  readonly name: string
  readonly endpoint: string
  readonly choices: StoredChoices
  readonly columns: readonly string[]
  readonly last_started_at: Date | null
  readonly start_items: number
  readonly start_bytes: number
  readonly asked_why: string
  readonly expiry_action: 'Stop' | 'Remove' | null
  readonly expiry_told: Date | null
}

const FAILED = statusesOf('Failed')
const MOST_FAILURES = 20
/** As large as an attachment may be that most mail servers take; of the cells, before quoting. */
const MOST_ERROR_BYTES = 5 * 1_048_576

interface SumRow {
  readonly status: UserStatus
  readonly n: number
  readonly past: number
  readonly items: string
  readonly skipped: string
  readonly bytes: string
  readonly transferred: string
  /** Messages that are left, of those in their initial sync; null where one of them was not counted yet. */
  readonly left: string | null
}

const SUMS = `
  SELECT status, count(*)::int AS n, count(initial_synced_at)::int AS past, sum(synced_items) AS items,
    sum(skipped_items) AS skipped, sum(transferred_bytes) AS bytes, sum(transferred_items) AS transferred,
    CASE WHEN bool_and(source_items IS NOT NULL) THEN sum(greatest(0, source_items - synced_items)) END AS left
  FROM migration_user WHERE batch_id = $1 GROUP BY status`

export async function factsOf(
  client: PoolClient,
  batch: ToldBatch,
  status: BatchStatus,
  kind: NotificationKind,
): Promise<{ facts: NotificationFacts; errors: ErrorRows | null }> {
  const { rows } = await client.query<SumRow>(SUMS, [batch.id])
  const sum = (pick: (row: SumRow) => number | string, of: (row: SumRow) => boolean = () => true) =>
    rows.filter(of).reduce((total, row) => total + Number(pick(row)), 0)
  const summary = (wanted: string) => (row: SumRow) => SUMMARY_OF[row.status] === wanted
  const failed = sum(({ n }) => n, summary('Failed'))
  const now = new Date()
  const seconds = batch.last_started_at === null ? 0 : (now.getTime() - batch.last_started_at.getTime()) / 1000
  const perSecond = (amount: number) => (seconds >= 1 && amount > 0 ? amount / seconds : null)
  const bytes = sum((row) => row.bytes)
  const errors = failed > 0 && kind !== 'Started' ? await errorRows(client, batch) : null
  return {
    errors,
    facts: {
      status,
      endpoint: batch.endpoint,
      timeZone: batch.choices.timeZone,
      at: now.toISOString(),
      startedAt: batch.last_started_at?.toISOString() ?? null,
      total: sum(({ n }) => n),
      synced: sum(({ past }) => past) - sum(({ past }) => past, summary('Failed')),
      failed,
      stopped: sum(({ n, past }) => n - past, summary('Stopped')),
      active: sum(({ n, past }) => n - past, summary('Active')),
      items: sum((row) => row.items),
      skipped: sum((row) => row.skipped),
      bytes,
      bytesPerSecond: perSecond(bytes - batch.start_bytes),
      secondsLeft: secondsLeft(rows, perSecond(sum((row) => row.transferred) - batch.start_items)),
      failures: failed > 0 && kind !== 'Started' ? await failures(client, batch.id) : [],
      areErrorsTooLarge: failed > 0 && kind !== 'Started' && errors === null,
      reason: kind === 'Stopped' || kind === 'Expiring' ? batch.asked_why : '',
      end:
        kind === 'Expiring' && batch.expiry_action && batch.expiry_told
          ? { action: batch.expiry_action, at: batch.expiry_told.toISOString() }
          : null,
    },
  }
}

/** @param perSecond messages */
function secondsLeft(rows: readonly SumRow[], perSecond: number | null): number | null {
  const active = rows.filter(({ status, past, n }) => SUMMARY_OF[status] === 'Active' && past < n)
  if (perSecond === null || active.length === 0 || active.some(({ left }) => left === null)) return null
  const left = active.reduce((total, row) => total + Number(row.left), 0)
  return Math.ceil(left / perSecond)
}

async function failures(client: PoolClient, batchId: string): Promise<FailedUser[]> {
  const { rows } = await client.query<FailedUser>(
    `SELECT address, coalesce(error_code, '') AS code, coalesce(error_message, '') AS message,
       coalesce(error_remedy, '') AS remedy
     FROM migration_user WHERE batch_id = $1 AND status = ANY($2) ORDER BY row_number, id LIMIT ${MOST_FAILURES}`,
    [batchId, FAILED],
  )
  return rows
}

async function errorRows(client: PoolClient, { id, columns }: ToldBatch): Promise<ErrorRows | null> {
  const size = await client.query<{ bytes: string }>(
    `SELECT coalesce(sum(octet_length(array_to_string(cells, ',', '')) + coalesce(octet_length(error_message), 0)
       + coalesce(octet_length(error_remedy), 0) + 4), 0) AS bytes
     FROM migration_user WHERE batch_id = $1 AND status = ANY($2)`,
    [id, FAILED],
  )
  if (Number(size.rows[0]!.bytes) > MOST_ERROR_BYTES) return null
  const { rows } = await client.query<{ cells: string[]; message: string }>(
    `SELECT cells, trim(concat_ws(' ', error_message, error_remedy)) AS message
     FROM migration_user WHERE batch_id = $1 AND status = ANY($2) ORDER BY row_number, id`,
    [id, FAILED],
  )
  return { columns, rows: rows.map(({ cells, message }) => [cells, message] as const) }
}
