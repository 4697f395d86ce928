/** What the pages of the batches show, asked for once and kept under keys that the event stream refreshes (live.ts). */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { MigrationBatch } from '#contract/batch.ts'
import type { BatchStatus } from '#contract/states.ts'
import { ask } from '../api.ts'
import { LIVE, RESTING_MS, RUNNING_MS } from '../live.ts'

export const PAGE_SIZE = 50

/** Something happens by itself: how far it has come is looked at. */
const RUNNING: Readonly<Record<BatchStatus, boolean>> = {
  Created: false,
  Starting: true,
  Syncing: true,
  IncrementalSyncing: true,
  Synced: false,
  SyncedWithErrors: false,
  Stopping: true,
  Stopped: false,
  Waiting: false,
  Completing: true,
  Completed: false,
  CompletedWithErrors: false,
  Failed: false,
  Removing: true,
  Corrupted: false,
}
const interval = (batches: readonly MigrationBatch[]) =>
  batches.some(({ status }) => RUNNING[status]) ? RUNNING_MS : RESTING_MS

export interface ListAsked {
  readonly search: string
  readonly sort: string
  readonly cursor: string | undefined
}

export interface BatchesAsked extends ListAsked {
  readonly status: BatchStatus | null
  readonly endpoint: string | null
}

export const batchesQuery = ({ search, sort, cursor, status, endpoint }: BatchesAsked) =>
  queryOptions({
    queryKey: [LIVE, 'batches', search, sort, cursor ?? '', status, endpoint],
    queryFn: ({ signal }) =>
      ask('listBatches', {
        query: {
          limit: PAGE_SIZE,
          sort,
          cursor,
          ...(search !== '' && { search }),
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
