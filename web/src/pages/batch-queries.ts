/** What the pages of the batches show, asked for once and kept under keys that the event stream refreshes (live.ts). */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { MigrationBatch } from '#contract/batch.ts'
import { type BatchStatus, IS_RUNNING } from '#contract/states.ts'
import { ask } from '../api.ts'
import { LIVE, RESTING_MS, RUNNING_MS } from '../live.ts'

export const PAGE_SIZE = 50

const interval = (batches: readonly MigrationBatch[]) =>
  batches.some(({ status }) => IS_RUNNING[status]) ? RUNNING_MS : RESTING_MS

export interface ListAsked {
  readonly search: string
  readonly sort: string
  readonly cursor: string | undefined
}

/** As the API's lists want it. */
export const pageAsked = ({ search, sort, cursor }: ListAsked) => ({
  limit: PAGE_SIZE,
  sort,
  cursor,
  ...(search !== '' && { search }),
})

export interface BatchesAsked extends ListAsked {
  readonly status: BatchStatus | null
  readonly endpoint: string | null
}

export const batchesQuery = ({ status, endpoint, ...asked }: BatchesAsked) =>
  queryOptions({
    queryKey: [LIVE, 'batches', asked.search, asked.sort, asked.cursor ?? '', status, endpoint],
    queryFn: ({ signal }) =>
      ask('listBatches', {
        query: {
          ...pageAsked(asked),
          ...(status !== null && { status }),
          ...(endpoint !== null && { endpoint }),
        },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => interval(state.data?.items ?? []),
  })

export const batchQuery = (batch: string) =>
  queryOptions({
    queryKey: [LIVE, 'batch', batch],
    queryFn: ({ signal }) => ask('getBatch', { params: { identity: batch }, signal }),
    refetchInterval: ({ state }) => interval(state.data ? [state.data] : []),
  })

/** Over all batches. */
export const statisticsQuery = queryOptions({
  queryKey: [LIVE, 'statistics'],
  queryFn: ({ signal }) => ask('getStatistics', { signal }),
  refetchInterval: ({ state }) => ((state.data?.activeCount ?? 0) > 0 ? RUNNING_MS : RESTING_MS),
})

export const reportsQuery = (batch: string) =>
  queryOptions({
    queryKey: [LIVE, 'reports', batch],
    queryFn: ({ signal }) => ask('listReports', { query: { batch }, signal }),
  })

export const endpointsQuery = queryOptions({
  queryKey: [LIVE, 'endpoints'],
  queryFn: ({ signal }) => ask('listEndpoints', { query: { limit: 1000 }, signal }),
})

export const databasesQuery = queryOptions({
  queryKey: [LIVE, 'databases'],
  queryFn: ({ signal }) => ask('listDatabases', { query: { limit: 1000 }, signal }),
})
