/** Rows that are submitted again: corrected log-ins and passwords for users that are there. */
import type { PoolClient } from 'pg'
import { standAside, takeHolds } from './holds.ts'

export interface KnownUser {
  readonly id: string
  readonly address_key: string
  readonly row_number: number
  /** It stands there because of its values alone. */
  readonly is_invalid: boolean
  readonly has_password: boolean
  readonly has_target_password: boolean
}

export async function knownUsers(client: PoolClient, batchId: string): Promise<Map<string, KnownUser>> {
  const { rows } = await client.query<KnownUser>(
    `SELECT id, address_key, row_number, error_code = 'MIGRATION_CSV_ROW_INVALID' AS is_invalid,
       password IS NOT NULL AS has_password, target_password IS NOT NULL AS has_target_password
     FROM migration_user WHERE batch_id = $1`,
    [batchId],
  )
  return new Map(rows.map((row) => [row.address_key, row]))
}

export interface Correction {
  readonly id: string
  readonly rowNumber: number
  readonly address: string
  readonly userName: string
  readonly userRoot: string | null
  /** Null keeps what is stored, here and below. */
  readonly password: Buffer | null
  readonly targetUserName: string | null
  readonly targetPassword: Buffer | null
  readonly databaseId: string
  readonly cells: readonly string[]
  readonly sourceKey: Buffer
  readonly targetKey: Buffer
}

const CHUNK = 5_000

const CORRECT = `
  UPDATE migration_user u SET holds = false, row_number = (r->>'row')::int, address = r->>'address',
    address_key = lower(r->>'address'), user_name = r->>'user', user_root = r->>'root',
    password = coalesce(decode(r->>'password', 'base64'), u.password), target_user_name = r->>'targetUser',
    target_password = coalesce(decode(r->>'targetPassword', 'base64'), u.target_password),
    database_id = (r->>'database')::uuid, cells = ARRAY(SELECT jsonb_array_elements_text(r->'cells')),
    source_key = decode(r->>'source', 'base64'), target_key = decode(r->>'target', 'base64')
  FROM jsonb_array_elements($1::jsonb) AS r WHERE u.id = (r->>'id')::uuid`

const asJson = (one: Correction) => ({
  id: one.id,
  row: one.rowNumber,
  address: one.address,
  user: one.userName,
  root: one.userRoot,
  password: one.password?.toString('base64') ?? null,
  targetUser: one.targetUserName,
  targetPassword: one.targetPassword?.toString('base64') ?? null,
  database: one.databaseId,
  cells: one.cells,
  source: one.sourceKey.toString('base64'),
  target: one.targetKey.toString('base64'),
})

/**
 * Changes the rows. A user whose mailbox belongs to another one now stands aside. Whoever has failed stays so until it
 * is started: a correction starts nothing.
 */
export async function correctUsers(client: PoolClient, corrections: readonly Correction[]): Promise<void> {
  // A row that could not run because of its values may now: it holds its mailbox, and waits to be started.
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM migration_user WHERE id = ANY($1::uuid[]) AND (holds OR error_code = 'MIGRATION_CSV_ROW_INVALID')
     FOR UPDATE`,
    [corrections.map(({ id }) => id)],
  )
  const holding = new Set(rows.map(({ id }) => id))
  // All let go before one takes hold: two rows may have been exchanged.
  for (let at = 0; at < corrections.length; at += CHUNK)
    await client.query(CORRECT, [JSON.stringify(corrections.slice(at, at + CHUNK).map(asJson))])
  const wanting = corrections.filter(({ id }) => holding.has(id)).map(({ id }) => id)
  await standAside(client, await takeHolds(client, wanting))
}

/** The source keys of a batch whose endpoint changes; computed by the caller, for log-ins are hashed there. */
export async function rekeySources(
  client: PoolClient,
  batchId: string,
  keyOf: (userName: string, userRoot: string | null) => Buffer,
): Promise<void> {
  const { rows } = await client.query<{ id: string; user_name: string; user_root: string | null; holds: boolean }>(
    `SELECT id, user_name, user_root, holds FROM migration_user WHERE batch_id = $1 AND octet_length(source_key) > 0
     ORDER BY row_number FOR UPDATE`,
    [batchId],
  )
  await client.query(
    `UPDATE migration_user u SET source_key = k.key, holds = false
     FROM unnest($1::uuid[], $2::bytea[]) AS k(id, key) WHERE u.id = k.id`,
    [rows.map(({ id }) => id), rows.map((row) => keyOf(row.user_name, row.user_root))],
  )
  const wanting = rows.filter(({ holds }) => holds).map(({ id }) => id)
  await standAside(client, await takeHolds(client, wanting))
}
