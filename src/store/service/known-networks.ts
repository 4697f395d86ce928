/** The networks from which an administrator has signed in, for a while: as a hash, for no more is asked of them. */
import { createHash } from 'node:crypto'
import { nameKey } from './named.ts'
import type { ServiceStore } from './service-store.ts'

const KEPT_MS = 90 * 24 * 3_600_000
/** Of one person; the one that was used least lately goes. */
const MOST = 20

const hashOf = (administratorId: string, network: string): Buffer =>
  createHash('sha256').update(`${administratorId} ${network}`).digest()

/** After a sign-in that succeeded: only such make rows. Ended ones are removed. */
export async function noteNetwork(
  store: ServiceStore,
  administratorId: string,
  network: string,
  now: number,
): Promise<void> {
  await store.retrying(async () => {
    await store.pool.query(
      `INSERT INTO known_network (hash, administrator_id, last_used_at)
       SELECT $1, id, $3 FROM administrator WHERE id = $2 FOR KEY SHARE
       ON CONFLICT (hash) DO UPDATE SET last_used_at = $3`,
      [hashOf(administratorId, network), administratorId, new Date(now)],
    )
    await store.pool.query(
      `DELETE FROM known_network WHERE last_used_at <= $1 OR hash IN (
         SELECT hash FROM known_network WHERE administrator_id = $2 ORDER BY last_used_at DESC, hash OFFSET $3)`,
      [new Date(now - KEPT_MS), administratorId, MOST],
    )
  })
}

/** @param name as it was typed; of a name that nobody has: no */
export async function isKnownNetwork(
  store: ServiceStore,
  name: string,
  network: string,
  now: number,
): Promise<boolean> {
  const who = await store.retrying(() =>
    store.db.selectFrom('administrator').select('id').where('name_key', '=', nameKey(name)).executeTakeFirst(),
  )
  const found = await store.retrying(() =>
    store.db
      .selectFrom('known_network')
      .select('hash')
      .where('hash', '=', hashOf(who?.id ?? '', network))
      .where('last_used_at', '>', new Date(now - KEPT_MS))
      .executeTakeFirst(),
  )
  return found !== undefined
}
