/** Uploaded CSV files, sealed, until a batch takes them or their hour is over. */
import { randomUUID } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { Secrets } from '../secrets.ts'
import type { ServiceStore } from './service-store.ts'

const HOUR_MS = 3_600_000

export interface StoredCsv {
  readonly bytes: Uint8Array
  readonly allowUnknownColumns: boolean
}

const place = (id: string) => ({ table: 'csv_file', id, column: 'content' })

export async function keepCsvFile(
  store: ServiceStore,
  secrets: Secrets,
  { bytes, allowUnknownColumns }: StoredCsv,
  now: number,
  id: string = randomUUID(),
): Promise<{ id: string; expiresAt: Date }> {
  const expiresAt = new Date(now + HOUR_MS)
  // latin1 holds any bytes one for one.
  const content = secrets.seal(Buffer.from(bytes).toString('latin1'), place(id))
  await store.retrying(() =>
    store.pool.query(
      `WITH old AS (DELETE FROM csv_file WHERE expires_at < $4)
       INSERT INTO csv_file (id, content, allow_unknown_columns, expires_at) VALUES ($1, $2, $3, $5)
       ON CONFLICT (id) DO UPDATE SET content = excluded.content, expires_at = excluded.expires_at,
         allow_unknown_columns = excluded.allow_unknown_columns`,
      [id, content, allowUnknownColumns, new Date(now), expiresAt],
    ),
  )
  return { id, expiresAt }
}

/** Null when there is none, or its hour is over. */
export async function readCsvFile(
  store: ServiceStore,
  secrets: Secrets,
  id: string,
  now: number,
): Promise<StoredCsv | null> {
  const row = await store.retrying(() =>
    store.db
      .selectFrom('csv_file')
      .selectAll()
      .where('id', '=', id)
      .where('expires_at', '>', new Date(now))
      .executeTakeFirst(),
  )
  if (!row) return null
  return {
    bytes: Buffer.from(secrets.open(row.content, place(id)), 'latin1'),
    allowUnknownColumns: row.allow_unknown_columns,
  }
}

/** With what was made of it: no password stays behind when the batch is removed within the file's hour. */
export async function dropCsvFile(client: PoolClient, id: string): Promise<void> {
  await client.query('DELETE FROM csv_file WHERE id = $1', [id])
}
