/** A service's database as after weeks of work on tens of thousands of mailboxes: made by the database itself, in seconds. */
import type { Pool, PoolClient } from 'pg'
import { inTransaction } from '#store/ledger/transaction.ts'
import type { StoredChoices } from '#store/tables.ts'

export interface SeededBatch {
  readonly name: string
  readonly users: number
  /** As they are when nobody has started it, when all went well, and in the midst of it. */
  readonly state: 'Created' | 'Synced' | 'Mixed'
}

export const ENDPOINT = 'Old server'

const CHOICES: StoredChoices = {
  excludeFolders: ['Trash'],
  includeFolders: [],
  contentFilter: '',
  contentFilterLanguage: 'en-US',
  notificationEmails: ['ops@contoso.example'],
  reportInterval: '1.00:00:00',
  skipReports: false,
  allowUnknownColumnsInCsv: false,
  timeZone: 'UTC',
  allowIncrementalSyncs: true,
}

const ENDPOINT_AND_DATABASE = `
  INSERT INTO migration_endpoint (id, name, name_key, type, remote_server, port, security, authentication,
    accept_untrusted, allow_clear_text, max_migrations, max_incremental)
  VALUES (gen_random_uuid(), '${ENDPOINT}', lower('${ENDPOINT}'), 'IMAP', 'imap.contoso.example', 993, 'Ssl', 'Basic',
    false, false, 20, 10);
  INSERT INTO mailbox_database (id, name, name_key, kind, server, port, security, login_template, admin_user)
  VALUES (gen_random_uuid(), 'New server', 'new server', 'Imap', 'new.contoso.example', 993, 'Ssl', '{address}', 'admin')`

/** Of a batch in the midst of it, of a hundred users: 70 are synced, 7 have failed, 3 were stopped, 20 wait until tomorrow. */
const STATUS = `CASE $4
  WHEN 'Created' THEN 'Validating' WHEN 'Synced' THEN 'Synced'
  ELSE CASE WHEN n % 100 < 70 THEN 'Synced' WHEN n % 100 < 75 THEN 'Failed' WHEN n % 100 < 77 THEN 'IncrementalFailed'
    WHEN n % 100 < 80 THEN 'IncrementalStopped' ELSE 'Queued' END END`

const USERS = `
  WITH made AS (
    SELECT n, md5($1::uuid::text || n) AS word, ${STATUS} AS status, 200 + (n * 7919) % 40000 AS items
    FROM generate_series(1, $3::int) AS n)
  INSERT INTO migration_user (id, batch_id, row_number, address, address_key, user_name, password, database_id, cells,
    holds, source_key, target_key, status, status_since, stage, next_at, initial_synced_at, last_synced_at, last_check_at,
    source_items, synced_items, transferred_items, skipped_items, synced_folders, transferred_bytes, transfer_ms,
    error_code, error_message, error_remedy, created_at)
  SELECT gen_random_uuid(), $1::uuid, n + 1, address, address, split_part(address, '@', 1), decode(repeat(word, 4), 'hex'),
    (SELECT id FROM mailbox_database WHERE name = 'New server'), ARRAY[address, split_part(address, '@', 1), ''], true,
    sha256(('s' || word)::bytea), sha256(('t' || word)::bytea), status, now() - n * interval '1 second',
    CASE WHEN is_past THEN 'Processing' WHEN status = 'Queued' THEN 'Injection' ELSE 'Validation' END,
    now() + interval '1 day', CASE WHEN is_past THEN now() - interval '3 days' - n * interval '1 second' END,
    CASE WHEN is_past THEN now() - n * interval '1 second' END, CASE WHEN is_past THEN now() END,
    CASE WHEN is_past THEN items END, CASE WHEN is_past THEN items - skipped ELSE 0 END,
    CASE WHEN is_past THEN items - skipped ELSE 0 END, CASE WHEN is_past THEN skipped ELSE 0 END,
    CASE WHEN is_past THEN 12 ELSE 0 END, CASE WHEN is_past THEN items * 61000::bigint ELSE 0 END,
    CASE WHEN is_past THEN items * 3 ELSE 0 END,
    CASE WHEN status LIKE '%Failed' THEN 'IMAP_LOGIN_REFUSED' END,
    CASE WHEN status LIKE '%Failed' THEN 'imap.contoso.example refused the log-in of ' || address || ': NO [AUTHENTICATIONFAILED] Authentication failed.' END,
    CASE WHEN status LIKE '%Failed' THEN 'Correct the password of this row and resume the user.' END,
    now() - interval '10 days'
  FROM (SELECT *, substr(word, 1, 9) || '.' || n || '@' || $2::text || '.example' AS address,
    status IN ('Synced', 'IncrementalFailed', 'IncrementalStopped') AS is_past,
    CASE WHEN n % 20 = 0 THEN n % 7 ELSE 0 END AS skipped FROM made) AS rows`

/** What each user's way through has left behind. */
const HISTORY = `
  WITH passed AS (
    INSERT INTO migration_pass (id, user_id, kind, worker, started_at, ended_at, result, items, bytes, message)
    SELECT gen_random_uuid(), id, 'Initial', 'mover 1', status_since - interval '4 days', status_since - interval '3 days',
      CASE WHEN initial_synced_at IS NULL THEN 'Failed' ELSE 'Synced' END, transferred_items, transferred_bytes,
      coalesce(error_message, '')
    FROM migration_user WHERE batch_id = $1 AND status NOT IN ('Validating', 'Queued') RETURNING user_id, result)
  INSERT INTO event (kind, batch_id, batch, user_id, address, worker, facts)
  SELECT kind, u.batch_id, $2, u.id, u.address, 'mover 1',
    jsonb_build_object('result', result, 'bucket', 'initial', 'items', u.transferred_items, 'bytes', u.transferred_bytes,
      'code', u.error_code)
  FROM passed p JOIN migration_user u ON u.id = p.user_id, (VALUES ('pass.started'), ('pass.ended')) AS kinds (kind)`

/** Batches with users in the states of real ones. Nothing becomes due for a day: a service that is started on it is idle. */
export async function seedBatches(pool: Pool, batches: readonly SeededBatch[]): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(ENDPOINT_AND_DATABASE)
    for (const [at, { name, users, state }] of batches.entries()) {
      const { rows } = await client.query<{ id: string }>(
        `INSERT INTO migration_batch (id, name, name_key, type, endpoint_id, database_id, running, was_started, choices,
           columns, submitted_by, created_at, started_at, starts, told_start, told_end)
         SELECT gen_random_uuid(), $1, lower($1), 'IMAP', e.id, d.id, $2, $2, $3, '{EmailAddress,UserName,Password}',
           'administrator', now() - interval '10 days' + $4 * interval '1 hour',
           CASE WHEN $2 THEN now() - interval '9 days' END, $2::int, $2::int, $2::int
         FROM migration_endpoint e, mailbox_database d WHERE e.name = $5 AND d.name = 'New server' RETURNING id`,
        [name, state !== 'Created', JSON.stringify(CHOICES), at, ENDPOINT],
      )
      const id = rows[0]!.id
      await client.query(USERS, [id, `wave${at}`, users, state])
      await client.query(HISTORY, [id, name])
    }
  })
  // As autovacuum would within a minute; without it plans are made for an empty table.
  await pool.query('VACUUM ANALYZE')
}

/** Batches that were removed, with their users, and what administrators did. */
export async function seedPast(
  pool: Pool | PoolClient,
  { archived, users, acts }: { readonly archived: number; readonly users: number; readonly acts: number },
): Promise<void> {
  await pool.query(
    `INSERT INTO archived_batch (id, name, name_key, type, settings, columns, warnings, submitted_by, created_at,
       started_at, initial_synced_at, last_synced_at, last_action_at, removed_by, reason, users, removed_before, items,
       skipped, bytes, waybills)
     SELECT gen_random_uuid(), 'Past ' || n, 'past ' || n, 'IMAP', $1::jsonb || jsonb_build_object('startAfter', null,
         'sourceEndpoint', jsonb_build_object('name', 'Older', 'type', 'IMAP', 'remoteServer', 'imap.old.example', 'port', 993, 'security', 'Ssl'),
         'targetDatabase', jsonb_build_object('name', 'New server', 'kind', 'Imap', 'path', null, 'server', 'new.contoso.example')),
       '{EmailAddress,UserName,Password}', '{}', 'administrator', at, at, at, at, at, 'administrator', '',
       jsonb_build_object('Synced', $2::int), 0, $2::int * 1000, 0, $2::bigint * 61000000, 0
     FROM (SELECT n, now() - n * interval '1 day' AS at FROM generate_series(1, $3::int) AS n) AS each`,
    [JSON.stringify(CHOICES), users, archived],
  )
  await pool.query(
    `INSERT INTO archived_user (id, batch_id, row_number, address, user_name, cells, status, source_items, synced_items,
       skipped_items, transferred_bytes, waybills, removed_alone)
     SELECT gen_random_uuid(), b.id, n + 1, a, a, ARRAY[a, a, ''], 'Synced', 1000, 1000, 0, 61000000, 0, false
     FROM archived_batch b, generate_series(1, $1::int) AS n, LATERAL (SELECT 'u' || n || '@' || b.name_key AS a) AS named`,
    [users],
  )
  await pool.query(
    `INSERT INTO admin_audit (id, at, caller, caller_key, via, client_address, cmdlet, cmdlet_key, object, object_key,
       object_guid, parameters, result)
     SELECT gen_random_uuid(), now() - ($1::int - n + 1) * interval '30 seconds', c, c, 'Session', '192.0.2.1', m, lower(m),
       o, o, gen_random_uuid(), '[{"name": "Identity", "value": "Moves"}]',
       CASE WHEN n % 1000 = 0 THEN 'Failed' ELSE 'Succeeded' END
     FROM (SELECT n, 'admin ' || n % 3 AS c, (ARRAY['Start', 'Stop', 'Set', 'New'])[1 + n % 4] || '-MigrationBatch' AS m,
       'batch ' || n % 500 AS o FROM generate_series(1, $1::int) AS n) AS rows`,
    [acts],
  )
}
