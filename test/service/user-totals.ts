/** What is counted of users against a count of every one of them. */
import type { Client, Pool, PoolClient } from 'pg'

const FULL = `
  SELECT batch_id, status, count(*) AS users,
    count(*) FILTER (WHERE status = 'Queued' AND job_id IS NULL AND start_after IS NULL) AS free,
    count(*) FILTER (WHERE NOT holds AND status IN ('Stopped', 'IncrementalStopped')) AS moved,
    count(initial_synced_at) AS past, sum(synced_items) AS items, sum(skipped_items) AS skipped,
    sum(transferred_bytes) AS bytes, count(*) FILTER (WHERE holds) AS holding,
    count(source_items) FILTER (WHERE holds) AS listed, coalesce(sum(source_items) FILTER (WHERE holds), 0) AS source,
    coalesce(sum(least(source_items, synced_items + skipped_items)) FILTER (WHERE holds AND source_items IS NOT NULL), 0) AS done
  FROM migration_user GROUP BY 1, 2`
const COUNTED = `
  SELECT batch_id, status, sum(users) AS users, sum(free) AS free, sum(moved) AS moved, sum(past) AS past,
    sum(items) AS items, sum(skipped) AS skipped, sum(bytes) AS bytes, sum(holding) AS holding, sum(listed) AS listed,
    sum(source) AS source, sum(done) AS done
  FROM user_total GROUP BY 1, 2 HAVING (sum(users), sum(free), sum(moved), sum(past), sum(items), sum(skipped), sum(bytes),
    sum(holding), sum(listed), sum(source), sum(done)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`

/** Batches and statuses whose figures are not what their users add up to; empty when all are. One statement, one moment. */
export async function wrongTotals(client: Client | Pool | PoolClient): Promise<unknown[]> {
  const { rows } = await client.query(
    `WITH full_count AS (${FULL}), counted AS (${COUNTED})
     (SELECT 'there' AS what, * FROM (TABLE full_count EXCEPT TABLE counted) AS a)
     UNION ALL (SELECT 'counted', * FROM (TABLE counted EXCEPT TABLE full_count) AS b)`,
  )
  return rows
}
