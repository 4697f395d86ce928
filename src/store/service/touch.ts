import type { PoolClient } from 'pg'

/** An administrator's action: what counts until the batch ends by itself begins anew, and what was announced is off. */
export const TOUCHED = 'last_action_at = now(), expiry_action = NULL, expiry_told = NULL'

export async function touchBatches(client: PoolClient, ids: readonly string[]): Promise<void> {
  await client.query(`UPDATE migration_batch SET ${TOUCHED} WHERE id = ANY($1::uuid[])`, [ids])
}
