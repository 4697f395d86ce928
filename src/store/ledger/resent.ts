/** Messages that were in doubt and sent once more: listed until two audits have passed (transfer-engine.md §3.8). */
import { randomUUID } from 'node:crypto'
import type { Intended, Runs } from '#engine/ports.ts'
import { columnsOf, type Context } from './context.ts'
import { unpackIntended, wordIdsInIntended } from './pack-intended.ts'

const AUDITS = 2

export async function readResent(context: Context, folder: string): Promise<Intended[]> {
  const { store, words } = context
  const { rows } = await store.retrying(() =>
    store.pool.query<{ packed: Buffer }>(
      'SELECT packed FROM resent WHERE folder_ref = $1 AND audits < $2 ORDER BY uid',
      [context.refOf(folder), AUDITS],
    ),
  )
  const known = await words.load(rows.flatMap(({ packed }) => wordIdsInIntended(packed)))
  return rows.flatMap(({ packed }) => unpackIntended(packed, known))
}

/** Counts one audit of each. */
export async function countAudit(context: Context, folder: string, uids: Runs): Promise<void> {
  const values = [context.refOf(folder), ...columnsOf(uids), randomUUID()]
  await context.committer.commit(async (client) => {
    await client.query(
      `UPDATE resent SET audits = audits + 1, audit_id = $4 FROM unnest($2::bigint[], $3::bigint[]) AS t(low, high)
       WHERE folder_ref = $1 AND uid BETWEEN low AND high AND audit_id IS DISTINCT FROM $4`,
      values,
    )
  })
}
