/** Sessions of administrators who signed in: as a hash, with an end that use moves, and one that nothing moves. */
import type { AdministratorRow } from './administrators.ts'
import type { ServiceStore } from './service-store.ts'

export interface SessionTimes {
  /** From the last use on, ms. */
  readonly idleMs: number
  /** From the beginning on, ms. */
  readonly mostMs: number
}

export interface NewSession {
  readonly hash: Buffer
  readonly administratorId: string
  readonly passwordHash: string | null
  readonly signOutUrl: string | null
}

export interface SessionRow {
  readonly administrator: AdministratorRow
  readonly expiresAt: Date
}

/**
 * Begins a session in the very moment in which the administrator is still who was let in: enabled, with the password
 * that was checked (null: with none, by OpenID Connect). False when that is over. Sessions that have ended are removed.
 */
export async function insertSession(
  store: ServiceStore,
  { hash, administratorId, passwordHash, signOutUrl }: NewSession,
  now: number,
  { idleMs, mostMs }: SessionTimes,
): Promise<boolean> {
  return store.retrying(async () => {
    await store.pool.query('DELETE FROM administrator_session WHERE expires_at <= $1 OR last_used_at <= $2', [
      new Date(now),
      new Date(now - idleMs),
    ])
    // The update waits for whoever changes the row, and then sees it as it has become.
    await store.pool.query(
      `WITH who AS (
         UPDATE administrator SET last_sign_in_at = $3
         WHERE id = $2 AND enabled AND ($5::text IS NULL OR password_hash = $5) RETURNING id)
       INSERT INTO administrator_session (hash, administrator_id, created_at, last_used_at, expires_at, sign_out_url)
       SELECT $1, id, $3, $3, $4, $6 FROM who ON CONFLICT DO NOTHING`,
      [hash, administratorId, new Date(now), new Date(now + mostMs), passwordHash, signOutUrl],
    )
    const { rowCount } = await store.pool.query('SELECT FROM administrator_session WHERE hash = $1', [hash])
    return rowCount === 1
  })
}

const NOTED_EVERY_MS = 60_000

/**
 * The session of this hash while it lasts. `isUse`: moves its idle end, noted once a minute; an event stream that only
 * asks whether it is still good does not.
 */
export async function lookUpSession(
  store: ServiceStore,
  hash: Buffer,
  now: number,
  { idleMs }: Pick<SessionTimes, 'idleMs'>,
  isUse: boolean,
): Promise<SessionRow | null> {
  return store.retrying(async () => {
    const { rows } = await store.pool.query<AdministratorRow & { used: Date; ends: Date }>(
      `SELECT a.*, s.last_used_at AS used, s.expires_at AS ends
       FROM administrator_session s JOIN administrator a ON a.id = s.administrator_id
       WHERE s.hash = $1 AND s.expires_at > $2 AND s.last_used_at > $3 AND a.enabled`,
      [hash, new Date(now), new Date(now - idleMs)],
    )
    if (!rows[0]) return null
    const { used, ends, ...administrator } = rows[0]
    if (isUse && used.getTime() <= now - Math.min(NOTED_EVERY_MS, idleMs / 10)) {
      await store.pool.query('UPDATE administrator_session SET last_used_at = $2 WHERE hash = $1', [
        hash,
        new Date(now),
      ])
    }
    return { administrator, expiresAt: ends }
  })
}

/** Where the provider ends its own session, when there is such a place. */
export async function deleteSession(store: ServiceStore, hash: Buffer): Promise<string | null> {
  const row = await store.retrying(() =>
    store.db.deleteFrom('administrator_session').where('hash', '=', hash).returning('sign_out_url').executeTakeFirst(),
  )
  return row?.sign_out_url ?? null
}
