/** Makes one row again of those that the figures of a batch's users are spread over (0016-user-totals.sql). */
import { LOCK_CLASS } from '../instance-lock.ts'
import { inTransaction } from '../ledger/transaction.ts'
import type { ServiceStore } from './service-store.ts'

const FOLD_LOCK = 4

const SUMS = ['users', 'free', 'moved', 'past', 'items', 'skipped', 'bytes', 'holding', 'listed', 'source', 'done']

/** One statement, so that every reader sees the rows before or after it; what others add meanwhile stays for the next time. */
const FOLD = `
  WITH spread AS (SELECT batch_id, status FROM user_total GROUP BY 1, 2 HAVING count(*) > 1),
  gone AS (DELETE FROM user_total t USING spread s WHERE t.batch_id = s.batch_id AND t.status = s.status RETURNING t.*)
  INSERT INTO user_total (batch_id, status, ${SUMS.join(', ')})
  SELECT batch_id, status, ${SUMS.map((name) => `sum(${name})`).join(', ')}
  FROM gone GROUP BY batch_id, status HAVING sum(users) <> 0`

/** One process does it, whichever comes first. */
export async function foldTotals(store: ServiceStore): Promise<void> {
  await inTransaction(store.pool, async (client) => {
    const { rows } = await client.query<{ got: boolean }>(
      `SELECT pg_try_advisory_xact_lock(${LOCK_CLASS}, ${FOLD_LOCK}) AS got`,
    )
    if (rows[0]?.got) await client.query(FOLD)
  })
}
