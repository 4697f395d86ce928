/** What the pages of administrators and tokens show. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Administrator } from '#contract/administrator.ts'
import { ask, askTagged } from '../../api.ts'
import { LIVE, RESTING_MS } from '../../live.ts'
import { type ListAsked, pageAsked } from '../batch-queries.ts'

export const administratorsQuery = (asked: ListAsked) =>
  queryOptions({
    queryKey: [LIVE, 'administrators', asked.search, asked.sort, asked.cursor ?? ''],
    queryFn: ({ signal }) => ask('listAdministrators', { query: pageAsked(asked), signal }),
    placeholderData: keepPreviousData,
    refetchInterval: RESTING_MS,
  })

export const administratorQuery = (identity: string) =>
  queryOptions({
    queryKey: [LIVE, 'administrator', identity],
    queryFn: ({ signal }) => askTagged('getAdministrator', { params: { identity }, signal }),
    refetchInterval: RESTING_MS,
  })

export const allAdministratorsQuery = queryOptions({
  queryKey: [LIVE, 'administrators'],
  queryFn: ({ signal }) => ask('listAdministrators', { query: { limit: 1000 }, signal }),
})

export const tokensQuery = (asked: ListAsked) =>
  queryOptions({
    queryKey: [LIVE, 'tokens', asked.search, asked.sort, asked.cursor ?? ''],
    queryFn: ({ signal }) => ask('listTokens', { query: pageAsked(asked), signal }),
    placeholderData: keepPreviousData,
    refetchInterval: RESTING_MS,
  })

const inCharge = ({ enabled, roles, hasPassword }: Administrator) =>
  enabled && hasPassword && roles.includes('OrganizationManagement')

/**
 * Nobody could do everything without this one. The service decides, and knows besides of one-time passwords that have
 * ended; here it is said beforehand.
 */
export const isLastInCharge = (one: Administrator, all: readonly Administrator[]): boolean =>
  inCharge(one) && !all.some((other) => other.guid !== one.guid && inCharge(other))
