/** Endpoint, database, batches and users as rows, where what matters is what is counted of them. */
import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'

export interface SeededUser {
  readonly status: string
  readonly sourceItems?: number | null
  readonly syncedItems?: number
  readonly errorCode?: string
  readonly jobId?: string
}

export interface SeededBatch {
  readonly name: string
  readonly endpoint: string
  readonly running?: boolean
  readonly startedAt?: Date | null
  readonly users: readonly SeededUser[]
}

/** Ids of the batch and of its users. */
export async function seedBatch(
  pool: Pool,
  { name, endpoint, running = true, startedAt = new Date(), users }: SeededBatch,
): Promise<{ id: string; users: string[] }> {
  await pool.query(
    `INSERT INTO migration_endpoint (id, name, name_key, type, remote_server, port, security, authentication,
       accept_untrusted, allow_clear_text, max_migrations, max_incremental)
     VALUES (gen_random_uuid(), $1, lower($1), 'IMAP', 'h', 993, 'Ssl', 'Basic', false, false, 20, 10) ON CONFLICT DO NOTHING`,
    [endpoint],
  )
  await pool.query(
    `INSERT INTO mailbox_database (id, name, name_key, kind) VALUES (gen_random_uuid(), 'd', 'd', 'Maildir') ON CONFLICT DO NOTHING`,
  )
  const id = randomUUID()
  await pool.query(
    `INSERT INTO migration_batch (id, name, name_key, type, endpoint_id, database_id, choices, columns, submitted_by, running,
       was_started, started_at, last_started_at)
     SELECT $1, $2, lower($2), 'IMAP', e.id, d.id, '{"allowIncrementalSyncs": true}', '{}', 'me', $4, $4, $5, $5
     FROM migration_endpoint e, mailbox_database d WHERE e.name = $3 AND d.name = 'd'`,
    [id, name, endpoint, running, startedAt],
  )
  const ids: string[] = []
  for (const [at, user] of users.entries()) {
    const userId = randomUUID()
    ids.push(userId)
    await pool.query(
      `INSERT INTO migration_user (id, batch_id, row_number, address, address_key, user_name, database_id, cells, holds,
         source_key, target_key, status, source_items, synced_items, initial_synced_at, error_code, error_message,
         error_remedy, job_id)
       SELECT $1, $2, $3, $4, $4, $4, d.id, '{}', true, sha256(($4::text || '<')::bytea), sha256(($4::text || '>')::bytea),
         $5, $6, $7, CASE WHEN $5 = 'Synced' THEN now() END, $8, $8::text || ' of ' || $4, 'Mend it.', $9
       FROM mailbox_database d WHERE d.name = 'd'`,
      [
        userId,
        id,
        at + 2,
        `u${at}@${name.toLowerCase()}.example`,
        user.status,
        user.sourceItems ?? null,
        user.syncedItems ?? 0,
        user.errorCode ?? null,
        user.jobId ?? null,
      ],
    )
  }
  return { id, users: ids }
}

/** What was carried, so long ago. */
export async function seedThroughput(
  pool: Pool,
  batchId: string,
  rows: readonly { readonly minutesAgo: number; readonly items: number; readonly seconds?: number }[],
  endpoint = 'Source',
): Promise<void> {
  for (const { minutesAgo, items, seconds = 60 } of rows) {
    await pool.query(
      `INSERT INTO throughput AS t (at, seconds, batch_id, endpoint, kind, shard, items, bytes)
       VALUES (date_bin($5 * interval '1 second', now() - $1 * interval '1 minute', 'epoch'), $5, $2, $4, 'Initial', 0, $3::bigint, $3::bigint * 1000)
       ON CONFLICT (at, seconds, batch_id, endpoint, kind, shard) DO UPDATE SET items = t.items + excluded.items`,
      [minutesAgo, batchId, items, endpoint, seconds],
    )
  }
}
