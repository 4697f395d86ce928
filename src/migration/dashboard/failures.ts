/** GET /failures: what is wrong, and with how many. */
import type { Answer, Call } from '#contract/calls.ts'
import type { Failure } from '#contract/dashboard.ts'
import { exchangeName } from '#contract/exchange-errors.ts'
import type { listFailures as Route } from '#contract/routes/dashboard.ts'
import { type FailureRow, readFailures } from '#store/service/failures.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { batchNamed } from '../batch/find.ts'

export async function listFailures(
  { store }: ServiceDeps,
  { batch }: Call<typeof Route>['query'],
): Promise<Answer<typeof Route>> {
  const rows = await readFailures(store, batch === undefined ? null : (await batchNamed(store, batch)).id)
  const byCode = Map.groupBy(rows, ({ code }) => code)
  const items = [...byCode].map(([code, of]) => showFailure(code, of))
  return { items: items.sort((a, b) => b.failedCount - a.failedCount || b.retryingCount - a.retryingCount) }
}

function showFailure(code: string, rows: readonly FailureRow[]): Failure {
  const last = rows.reduce((latest, row) => (row.at > latest.at ? row : latest))
  return {
    errorType: exchangeName(code),
    failedCount: rows.reduce((sum, { failed }) => sum + failed, 0),
    retryingCount: rows.reduce((sum, { retrying }) => sum + retrying, 0),
    batches: rows.map((row) => ({
      identity: row.batch,
      batchGuid: row.batch_id,
      failedCount: row.failed,
      retryingCount: row.retrying,
    })),
    message: last.message,
    remedy: last.remedy,
  }
}
