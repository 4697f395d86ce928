/** The first password as it is stored: only while there is no administrator. */
import { type AdministratorRow, type NewAdministratorRow, insertInto, locked } from './administrators.ts'
import type { ServiceStore } from './service-store.ts'

/** Takes the place of an earlier one. False when there is an administrator. */
export async function putFirstPassword(store: ServiceStore, hash: Buffer, expiresAt: Date): Promise<boolean> {
  return locked(store, async (client) => {
    await client.query('DELETE FROM first_password')
    const { rowCount } = await client.query(
      `INSERT INTO first_password (hash, expires_at)
       SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM administrator) RETURNING 1`,
      [hash, expiresAt],
    )
    return rowCount === 1
  })
}

/** Makes the first administrator, once: null when the password is another one, has ended, or somebody was faster. */
export async function insertFirstAdministrator(
  store: ServiceStore,
  hash: Buffer,
  now: number,
  row: NewAdministratorRow,
): Promise<AdministratorRow | null> {
  return locked(store, async (client) => {
    const { rowCount } = await client.query(
      `DELETE FROM first_password WHERE hash = $1 AND expires_at > $2
         AND NOT EXISTS (SELECT FROM administrator)`,
      [hash, new Date(now)],
    )
    if (rowCount === 1) return insertInto(client, row)
    const { rows } = await client.query<AdministratorRow>('SELECT * FROM administrator WHERE id = $1', [row.id])
    return rows[0] ?? null
  })
}

/** Whether this is it, for a refusal before the slow hash. */
export async function isFirstPassword(store: ServiceStore, hash: Buffer, now: number): Promise<boolean> {
  const row = await store.retrying(() =>
    store.db
      .selectFrom('first_password')
      .select('hash')
      .where('hash', '=', hash)
      .where('expires_at', '>', new Date(now))
      .executeTakeFirst(),
  )
  return row !== undefined
}
