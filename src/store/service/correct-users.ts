/** Rows that are submitted again: corrected log-ins and passwords for users that are there. */
import type { PoolClient } from 'pg'

export interface KnownUser {
  readonly id: string
  readonly address_key: string
  readonly has_password: boolean
  readonly has_target_password: boolean
}

export async function knownUsers(client: PoolClient, batchId: string): Promise<Map<string, KnownUser>> {
  const { rows } = await client.query<KnownUser>(
    `SELECT id, address_key, password IS NOT NULL AS has_password, target_password IS NOT NULL AS has_target_password
     FROM migration_user WHERE batch_id = $1`,
    [batchId],
  )
  return new Map(rows.map((row) => [row.address_key, row]))
}

export interface Correction {
  readonly id: string
  readonly rowNumber: number
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

/**
 * Changes the rows. A user whose mailbox belongs to another one now stands aside. Whoever has failed stays so until it
 * is started: a correction starts nothing. Answers the addresses that stand aside.
 */
export async function correctUsers(client: PoolClient, corrections: readonly Correction[]): Promise<string[]> {
  const aside: string[] = []
  for (const one of corrections) {
    await client.query('SAVEPOINT correction')
    const values = [
      one.id,
      one.rowNumber,
      one.userName,
      one.userRoot,
      one.password,
      one.targetUserName,
      one.targetPassword,
      one.databaseId,
      one.cells,
      one.sourceKey,
      one.targetKey,
    ]
    const set = `row_number = $2, user_name = $3, user_root = $4, password = coalesce($5, password),
      target_user_name = $6, target_password = coalesce($7, target_password), database_id = $8, cells = $9,
      source_key = $10, target_key = $11`
    try {
      // A row that could not run because of its values may now: it holds its mailbox, and waits to be started.
      await client.query(
        `UPDATE migration_user SET ${set}, holds = holds OR error_code = 'MIGRATION_CSV_ROW_INVALID' WHERE id = $1`,
        values,
      )
      await client.query('RELEASE SAVEPOINT correction')
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === '23505')) throw thrown
      await client.query('ROLLBACK TO SAVEPOINT correction')
      const { rows } = await client.query<{ address: string }>(
        `UPDATE migration_user SET ${set}, holds = false, status = 'Failed',
           error_code = 'USER_ALREADY_BEING_MIGRATED',
           error_message = 'Its source or target mailbox belongs to another user of a batch already.',
           error_remedy = 'Correct the row, or remove the other user; then start it.' WHERE id = $1 RETURNING address`,
        values,
      )
      if (rows[0]) aside.push(rows[0].address)
    }
  }
  return aside
}

/** The source keys of a batch whose endpoint changes; computed by the caller, for log-ins are hashed there. */
export async function rekeySources(
  client: PoolClient,
  batchId: string,
  keyOf: (userName: string, userRoot: string | null) => Buffer,
): Promise<void> {
  const { rows } = await client.query<{ id: string; user_name: string; user_root: string | null }>(
    'SELECT id, user_name, user_root FROM migration_user WHERE batch_id = $1 AND octet_length(source_key) > 0',
    [batchId],
  )
  await client.query(
    `UPDATE migration_user u SET source_key = k.key FROM unnest($1::uuid[], $2::bytea[]) AS k(id, key) WHERE u.id = k.id`,
    [rows.map(({ id }) => id), rows.map((row) => keyOf(row.user_name, row.user_root))],
  )
}
