/** What the pages of endpoints, databases and workers show; single ones with the tag that a change of them names. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask, askTagged } from '../../api.ts'
import { LIVE, RESTING_MS, RUNNING_MS } from '../../live.ts'
import { type ListAsked, pageAsked } from '../batch-queries.ts'

export const endpointListQuery = (asked: ListAsked) =>
  queryOptions({
    queryKey: [LIVE, 'endpoint-list', asked.search, asked.sort, asked.cursor ?? ''],
    queryFn: ({ signal }) => ask('listEndpoints', { query: pageAsked(asked), signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.items.some((one) => one.activeMigrationCount + one.activeIncrementalSyncCount > 0)
        ? RUNNING_MS
        : RESTING_MS,
  })

export const endpointQuery = (identity: string) =>
  queryOptions({
    queryKey: [LIVE, 'endpoint', identity],
    queryFn: ({ signal }) => askTagged('getEndpoint', { params: { identity }, signal }),
    refetchInterval: RESTING_MS,
  })

export const databaseListQuery = (asked: ListAsked) =>
  queryOptions({
    queryKey: [LIVE, 'database-list', asked.search, asked.sort, asked.cursor ?? ''],
    queryFn: ({ signal }) => ask('listDatabases', { query: pageAsked(asked), signal }),
    placeholderData: keepPreviousData,
    refetchInterval: RESTING_MS,
  })

export const databaseQuery = (identity: string) =>
  queryOptions({
    queryKey: [LIVE, 'database', identity],
    queryFn: ({ signal }) => askTagged('getDatabase', { params: { identity }, signal }),
    refetchInterval: RESTING_MS,
  })
