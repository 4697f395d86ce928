/** What became of the users of a batch, for reading and for print: the same rows as its reports as CSV have. */
import { notFound } from '#base/request-faults.ts'
import type { Answer, Call } from '#contract/calls.ts'
import type { ReportUser } from '#contract/organization.ts'
import type { listReportUsers as Route } from '#contract/routes/organization.ts'
import { SUMMARY_OF, USER_STATUSES } from '#contract/states.ts'
import { readArchivedBatches } from '#store/service/archive.ts'
import { findBatch } from '#store/service/batches.ts'
import { type ShownRow, reportPage } from '#store/service/report-rows.ts'
import { isGuid } from '#store/service/named.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { badCursor, readCursor, writeCursor } from '../page.ts'

const FAILED = USER_STATUSES.filter((status) => SUMMARY_OF[status] === 'Failed')

export async function listReportUsers(
  { store }: ServiceDeps,
  { query: { batch, show, cursor, limit } }: Pick<Call<typeof Route>, 'query'>,
): Promise<Answer<typeof Route>> {
  const after = placeOf(cursor)
  const id = (await findBatch(store, batch)) ?? (await readArchivedBatches(store, batch))[0]?.id
  if (id === undefined) throw notFound('migration batch', batch)
  const { rows, total } = await reportPage(store, id, FAILED, show, after, limit + 1)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(shown),
    nextCursor: rows.length > page.length && last ? writeCursor([String(last.row_number), last.id]) : null,
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
