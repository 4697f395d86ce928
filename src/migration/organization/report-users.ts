/** What became of the users of a batch, for reading and for print: the same rows as its reports as CSV have. */
import type { Answer, Call } from '#contract/calls.ts'
import type { ReportUser } from '#contract/organization.ts'
import type { listReportUsers as Route } from '#contract/routes/organization.ts'
import { statusesOf, SUMMARY_OF } from '#contract/states.ts'
import { type ShownRow, reportPage } from '#store/service/report-rows.ts'
import { isGuid } from '#store/service/named.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { anyBatch } from '../batch/find.ts'
import { badCursor, cutPage, readCursor } from '../page.ts'

const FAILED = statusesOf('Failed')

export async function listReportUsers(
  { store }: ServiceDeps,
  { query: { batch, show, cursor, limit } }: Pick<Call<typeof Route>, 'query'>,
): Promise<Answer<typeof Route>> {
  const after = placeOf(cursor)
  const id = await anyBatch(store, batch)
  const { rows, total } = await reportPage(store, id, FAILED, show, after, limit + 1)
  const { page, nextCursor } = cutPage(rows, limit, (row) => [row.row_number, row.id])
  return {
    items: page.map(shown),
    nextCursor,
    total,
  }
}

function placeOf(cursor: string | undefined) {
  const place = readCursor(cursor)
  if (place === null) return null
  const row = Number(place[0])
  if (!Number.isSafeInteger(row) || !isGuid(place[1])) throw badCursor()
  return { row, id: place[1] }
}

const shown = (row: ShownRow): ReportUser => ({
  identity: row.address,
  guid: row.id,
  rowNumber: row.row_number,
  status: row.status,
  statusSummary: SUMMARY_OF[row.status],
  itemsInSource: row.source_items,
  itemsSynced: row.synced_items,
  itemsSkipped: row.skipped_items,
  bytesTransferred: row.transferred_bytes,
  lastSuccessfulSyncTime: row.last_synced_at?.toISOString() ?? null,
  errorType: row.error_code ?? '',
  error: row.error_message ?? '',
  errorRemedy: row.error_remedy ?? '',
  removedBefore: row.removed_alone,
})
