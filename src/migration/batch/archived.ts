/** Batches that were removed, as they were. */
import { notFound } from '#base/request-faults.ts'
import type { ArchivedBatch } from '#contract/batch.ts'
import type { Answer, Call } from '#contract/calls.ts'
import type { getArchivedBatch as Get, listArchivedBatches as List } from '#contract/routes/batches.ts'
import { SUMMARY_OF, USER_STATUSES, type StatusSummary } from '#contract/states.ts'
import { type ArchivedBatch as ArchivedRow, readArchivedBatches } from '#store/service/archive.ts'
import { pageOfRows, sortOf } from '../page.ts'
import type { ServiceDeps } from './deps.ts'

/** Newest first. */
export async function listArchivedBatches(
  { store }: ServiceDeps,
  { query }: Pick<Call<typeof List>, 'query'>,
): Promise<Answer<typeof List>> {
  const sort = sortOf(query.sort, ['archivedDateTime', 'identity'], 'archivedDateTime')
  const isDescending = query.sort === undefined || sort.isDescending
  const search = query.search?.toLowerCase() ?? ''
  const rows = (await readArchivedBatches(store)).filter(({ name }) => name.toLowerCase().includes(search))
  return pageOfRows(
    rows.map(show),
    (batch) => batch[sort.key].toLowerCase(),
    ({ batchGuid }) => batchGuid,
    { ...sort, isDescending },
    query,
  )
}

/** Of several that had the name, the one removed last. */
export async function getArchivedBatch(
  { store }: ServiceDeps,
  { params }: Pick<Call<typeof Get>, 'params'>,
): Promise<Answer<typeof Get>> {
  const [batch] = await readArchivedBatches(store, params.identity)
  if (!batch) throw notFound('archived migration batch', params.identity)
  return show(batch)
}

function show(batch: ArchivedRow): ArchivedBatch {
  const count = (...summaries: readonly StatusSummary[]) =>
    USER_STATUSES.reduce(
      (sum, status) => sum + (summaries.includes(SUMMARY_OF[status]) ? (batch.users[status] ?? 0) : 0),
      0,
    )
  return {
    identity: batch.name,
    batchGuid: batch.id,
    migrationType: batch.type,
    archivedDateTime: batch.archived_at.toISOString(),
    removedBy: batch.removed_by,
    reason: batch.reason,
    submittedByUser: batch.submitted_by,
    creationDateTime: batch.created_at.toISOString(),
    startDateTime: batch.started_at?.toISOString() ?? null,
    initialSyncDateTime: batch.initial_synced_at?.toISOString() ?? null,
    lastSyncedDateTime: batch.last_synced_at?.toISOString() ?? null,
    lastActionDateTime: batch.last_action_at.toISOString(),
    totalCount: count('Active', 'Synced', 'Completed', 'Failed', 'Stopped'),
    stoppedCount: count('Stopped'),
    syncedCount: count('Synced'),
    finalizedCount: count('Completed'),
    failedCount: count('Failed'),
    removedBeforeCount: batch.removed_before,
    userCounts: { ...batch.users },
    itemsSynced: batch.items,
    itemsSkipped: batch.skipped,
    bytesTransferred: batch.bytes,
    waybillCount: batch.waybills,
    validationWarnings: batch.warnings,
    columns: batch.columns,
    settings: { ...batch.settings },
  }
}
