/**
 * Who may run: of all users with one address, one source mailbox or one target mailbox, one holds it, and only a user
 * that holds its mailbox is given slots. The unique indexes of migration_user make it true, whoever asks.
 */
import type { PoolClient } from 'pg'
import { wake } from './wake.ts'
import { withdrawJobs } from './withdraw.ts'

const TAKE = `
  UPDATE migration_user u SET holds = true
  WHERE u.id = ANY($1::uuid[]) AND NOT u.holds AND octet_length(u.source_key) > 0 AND NOT EXISTS (
    SELECT 1 FROM migration_user o WHERE o.holds
      AND (o.address_key = u.address_key OR o.source_key = u.source_key OR o.target_key = u.target_key))
  RETURNING u.id`

/** Null when two of them, or one and somebody who is faster, want the same mailbox. */
async function attempt(client: PoolClient, ids: readonly string[]): Promise<string[] | null> {
  await client.query('SAVEPOINT hold')
  try {
    const { rows } = await client.query<{ id: string }>(TAKE, [ids])
    await client.query('RELEASE SAVEPOINT hold')
    return rows.map(({ id }) => id)
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === '23505')) throw thrown
    await client.query('ROLLBACK TO SAVEPOINT hold')
    return null
  }
}

/** Users that hold no mailbox take theirs, as far as it is free, the first of the list before the others; answers those that did not. */
export async function takeHolds(client: PoolClient, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const all = await attempt(client, ids)
  const taken = new Set(all)
  if (all === null) for (const id of ids) if ((await attempt(client, [id]))?.length) taken.add(id)
  return ids.filter((id) => !taken.has(id))
}

/** Users whose mailbox is another one's fail and say whose; a pass that runs is ended. */
export async function standAside(client: PoolClient, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await withdrawJobs(client, ids)
  await client.query(
    `UPDATE migration_user u SET holds = false, next_at = 'infinity',
       status = CASE WHEN u.status = 'Removing' THEN u.status WHEN u.job_id IS NULL THEN 'Failed' ELSE 'Stopping' END,
       error_code = CASE WHEN r.address AND r.batch_id <> u.batch_id THEN 'USER_DUPLICATE_IN_OTHER_BATCH'
         ELSE 'USER_ALREADY_BEING_MIGRATED' END,
       error_message = 'Its ' || CASE WHEN r.address THEN 'address' WHEN r.source THEN 'source mailbox' ELSE 'target mailbox' END
         || ' belongs to ' || coalesce(r.who, 'another user') || ' already.',
       error_remedy = 'Correct the row, or remove the other user; then start it.'
     FROM migration_user x LEFT JOIN LATERAL (
       SELECT o.batch_id, o.address_key = x.address_key AS address, o.source_key = x.source_key AS source,
         o.address || ' of the batch "' || b.name || '"' AS who
       FROM migration_user o JOIN migration_batch b ON b.id = o.batch_id
       WHERE o.holds AND o.id <> x.id
         AND (o.address_key = x.address_key OR o.source_key = x.source_key OR o.target_key = x.target_key)
       ORDER BY o.address_key = x.address_key DESC, o.source_key = x.source_key DESC LIMIT 1) r ON true
     WHERE u.id = x.id AND u.id = ANY($1::uuid[])`,
    [ids],
  )
  await wake(client, 'stop')
}
