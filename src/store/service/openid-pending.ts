/** Sign-ins that a browser has begun and the provider has not answered yet: each is good once, for ten minutes. */
import type { Selectable } from 'kysely'
import type { OpenIdPendingTable } from '../openid-tables.ts'
import type { ServiceStore } from './service-store.ts'

export type OpenIdPendingRow = Selectable<OpenIdPendingTable>

/** Anybody may begin one, so there are never more: a network's oldest goes for its newest, then the oldest of all. */
const OF_A_NETWORK = 50
const OF_ALL = 5_000

export async function putPending(store: ServiceStore, row: OpenIdPendingRow, now: number): Promise<void> {
  await store.retrying(async () => {
    await store.pool.query(
      `DELETE FROM openid_pending WHERE expires_at <= $1
         OR hash IN (SELECT hash FROM openid_pending WHERE network = $2 ORDER BY expires_at DESC OFFSET $3)
         OR hash IN (SELECT hash FROM openid_pending ORDER BY expires_at DESC OFFSET $4)`,
      [new Date(now), row.network, OF_A_NETWORK - 1, OF_ALL - 1],
    )
    await store.pool.query(
      `INSERT INTO openid_pending (hash, issuer, client_id, return_to, network, expires_at, session_hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hash) DO NOTHING`,
      [row.hash, row.issuer, row.client_id, row.return_to, row.network, row.expires_at, row.session_hash],
    )
  })
}

/**
 * Takes it away: of two that come with it one gets it. Not tried again when the database breaks off, since the first
 * attempt may have taken it; then one begins anew.
 */
export async function takePending(store: ServiceStore, hash: Buffer, now: number): Promise<OpenIdPendingRow | null> {
  const { rows } = await store.pool.query<OpenIdPendingRow>('DELETE FROM openid_pending WHERE hash = $1 RETURNING *', [
    hash,
  ])
  return rows[0] && rows[0].expires_at.getTime() > now ? rows[0] : null
}
