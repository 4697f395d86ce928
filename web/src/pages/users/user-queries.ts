/** What the pages of the users show, under keys that the event stream refreshes (live.ts). */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { STATUS_SUMMARIES, type StatusSummary, USER_STATUSES, type UserStatus } from '#contract/states.ts'
import { ask } from '../../api.ts'
import { LIVE, RESTING_MS, RUNNING_MS } from '../../live.ts'
import { type ListAsked, PAGE_SIZE } from '../batch-queries.ts'

/** Which users of a list. */
export interface UsersFilter {
  /** Undefined: of all batches. */
  readonly batch: string | undefined
  readonly statusSummary: StatusSummary | undefined
  readonly status: UserStatus | undefined
  readonly errorType: string | undefined
  readonly search: string | undefined
}

/** Of a filter's value for one exact status: some are called as their group is. */
export const EXACTLY = 'is-'

/** @param show as the address has it: the name of a group, or `is-` and that of a status */
export const filterOf = (batch: string | undefined, show: string, error: string, search: string): UsersFilter => ({
  batch,
  statusSummary: STATUS_SUMMARIES.find((one) => one === show),
  status: USER_STATUSES.find((one) => EXACTLY + one === show),
  errorType: error || undefined,
  search: search || undefined,
})

/** It lets everybody of its batch, or of all, through. */
export const isOfAll = ({ statusSummary, status, errorType, search }: UsersFilter): boolean =>
  [statusSummary, status, errorType, search].every((one) => one === undefined)

export const usersQuery = (filter: UsersFilter, { sort, cursor }: Pick<ListAsked, 'sort' | 'cursor'>) =>
  queryOptions({
    queryKey: [LIVE, 'users', filter, sort, cursor ?? ''],
    queryFn: ({ signal }) => ask('listUsers', { query: { ...filter, limit: PAGE_SIZE, sort, cursor }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ statusSummary }) => statusSummary === 'Active') ? RUNNING_MS : RESTING_MS,
  })

/** With its passes. */
export const userQuery = (batch: string | undefined, user: string) =>
  queryOptions({
    queryKey: [LIVE, 'user', batch ?? '', user],
    queryFn: ({ signal }) =>
      ask('getUserStatistics', { params: { identity: user }, query: { batch, includeReport: 'true' }, signal }),
    refetchInterval: ({ state }) => (state.data?.statusSummary === 'Active' ? RUNNING_MS : RESTING_MS),
  })

/** Of a list that belongs to one user. */
interface Part {
  readonly guid: string
  readonly cursor: string | undefined
  readonly isRunning: boolean
}
const part = (route: 'listSkippedItems' | 'listUserFolders' | 'listUserWaybills', { guid, cursor }: Part) =>
  [LIVE, 'user-part', route, guid, cursor ?? ''] as const
const often = ({ isRunning }: Part) => (isRunning ? RUNNING_MS : RESTING_MS)
const asked = ({ guid, cursor }: Part) => ({ params: { identity: guid }, query: { limit: PAGE_SIZE, cursor } })

export const skippedQuery = (of: Part) =>
  queryOptions({
    queryKey: part('listSkippedItems', of),
    queryFn: ({ signal }) => ask('listSkippedItems', { ...asked(of), signal }),
    placeholderData: keepPreviousData,
    refetchInterval: often(of),
  })

export const foldersQuery = (of: Part) =>
  queryOptions({
    queryKey: part('listUserFolders', of),
    queryFn: ({ signal }) => ask('listUserFolders', { ...asked(of), signal }),
    placeholderData: keepPreviousData,
    refetchInterval: often(of),
  })

export const waybillsQuery = (of: Part) =>
  queryOptions({
    queryKey: part('listUserWaybills', of),
    queryFn: ({ signal }) => ask('listUserWaybills', { ...asked(of), signal }),
    placeholderData: keepPreviousData,
    refetchInterval: often(of),
  })

/** The most that one request answers. */
const MOST = 1_000

/** The Guids of all users that a filter lets through, a thousand a request. */
export async function collectUsers(
  filter: UsersFilter,
  told: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<string[]> {
  const guids: string[] = []
  let cursor: string | null = null
  do {
    const page: { items: { guid: string }[]; nextCursor: string | null; total: number } = await ask('listUsers', {
      query: { ...filter, limit: MOST, ...(cursor !== null && { cursor }) },
      signal,
    })
    guids.push(...page.items.map(({ guid }) => guid))
    cursor = page.nextCursor
    told(guids.length, page.total)
  } while (cursor !== null)
  return guids
}
