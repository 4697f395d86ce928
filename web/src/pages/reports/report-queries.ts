/** What the pages of reports show: of batches that are there, and of removed ones. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { ArchivedBatch, MigrationBatch } from '#contract/batch.ts'
import { ask, isNotThere, urlOf } from '../../api.ts'
import { LIVE, RESTING_MS } from '../../live.ts'
import { type ListAsked, pageAsked } from '../batch-queries.ts'

/** The service's own limit of one page. */
const ROWS_AT_ONCE = 1000

export const reportsQuery = (asked: ListAsked, withArchived: boolean) =>
  queryOptions({
    queryKey: [LIVE, 'reports', withArchived, asked.search, asked.sort, asked.cursor ?? ''],
    queryFn: ({ signal }) =>
      ask('listReports', {
        query: { ...pageAsked(asked), includeArchived: withArchived ? 'true' : 'false' },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: RESTING_MS,
  })

/** One of the two. */
export interface Reported {
  readonly batch: MigrationBatch | null
  readonly archived: ArchivedBatch | null
}

/** What is there goes before what had its name. */
export const reportedQuery = (identity: string) =>
  queryOptions({
    queryKey: [LIVE, 'reported', identity],
    async queryFn({ signal }): Promise<Reported> {
      const params = { identity }
      try {
        return { batch: await ask('getBatch', { params, signal }), archived: null }
      } catch (thrown) {
        if (!isNotThere(thrown)) throw thrown
        return { batch: null, archived: await ask('getArchivedBatch', { params, signal }) }
      }
    },
    refetchInterval: RESTING_MS,
  })

export type Shown = 'All' | 'Failed' | 'Skipped'

/** Not live: what is printed stands still. */
export const reportUsersQuery = (batch: string, show: Shown) =>
  infiniteQueryOptions({
    queryKey: ['report-users', batch, show],
    queryFn: ({ pageParam, signal }) =>
      ask('listReportUsers', {
        query: { batch, show, limit: ROWS_AT_ONCE, ...(pageParam !== null && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 0,
  })

/** What a report is of: `<Guid of the batch>-<kind>`. */
export const batchOf = (report: string): string => report.replace(/-(users|errors|waybills)$/, '')

export const csvUrl = (report: string): string => urlOf('exportReport', { identity: report })
