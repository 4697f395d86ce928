/** GET /batches: there are at most some hundred, and their status is derived: they are sorted and cut here. */
import type { MigrationBatch } from '#contract/batch.ts'
import type { Answer, Call } from '#contract/calls.ts'
import type { listBatches as Route } from '#contract/routes/batches.ts'
import { readBatches } from '#store/service/batches.ts'
import { findEndpoint } from '#store/service/endpoints.ts'
import { pageOfRows, sortable, sortOf } from '../page.ts'
import type { ServiceDeps } from './deps.ts'
import { withPace } from './pace.ts'
import { showBatch } from './show-batch.ts'

const SORTS = {
  identity: (batch: MigrationBatch) => batch.identity.toLowerCase(),
  status: (batch: MigrationBatch) => batch.status,
  percentageSynced: (batch: MigrationBatch) => sortable(batch.percentageSynced * 10),
  totalCount: (batch: MigrationBatch) => sortable(batch.totalCount),
  syncedCount: (batch: MigrationBatch) => sortable(batch.syncedCount),
  finalizedCount: (batch: MigrationBatch) => sortable(batch.finalizedCount),
  failedCount: (batch: MigrationBatch) => sortable(batch.failedCount),
  // What is unknown comes before all else.
  itemsPerMinute: ({ itemsPerMinute: rate }: MigrationBatch) => (rate === null ? '' : sortable(rate)),
  bytesTransferredPerMinute: ({ bytesTransferredPerMinute: rate }: MigrationBatch) =>
    rate === null ? '' : sortable(rate),
  estimatedCompletionDateTime: (batch: MigrationBatch) => batch.estimatedCompletionDateTime ?? '',
  creationDateTime: (batch: MigrationBatch) => batch.creationDateTime,
}

export async function listBatches(
  { store }: ServiceDeps,
  query: Call<typeof Route>['query'],
): Promise<Answer<typeof Route>> {
  const sort = sortOf(query.sort, Object.keys(SORTS) as (keyof typeof SORTS)[], 'identity')
  // An endpoint that is not there is told, not answered with no batches.
  const endpoint = query.endpoint === undefined ? null : await findEndpoint(store, query.endpoint)
  const search = query.search?.toLowerCase() ?? null
  const batches = (await withPace(store, await readBatches(store), null))
    .filter(({ endpoint_id: id, name }) => {
      return (endpoint === null || id === endpoint.id) && (search === null || name.toLowerCase().includes(search))
    })
    .map(showBatch)
    .filter(({ status }) => query.status === undefined || status === query.status)
  return pageOfRows(batches, SORTS[sort.key], ({ batchGuid }) => batchGuid, sort, query)
}
