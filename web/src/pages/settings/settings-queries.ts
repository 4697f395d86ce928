/** What the settings show; each with the tag that a change of it names. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { NotificationState } from '#contract/notification-kinds.ts'
import { ask, askTagged } from '../../api.ts'
import { LIVE, RESTING_MS, RUNNING_MS } from '../../live.ts'
import { PAGE_SIZE } from '../batch-queries.ts'

export const configQuery = queryOptions({
  queryKey: [LIVE, 'config'],
  queryFn: ({ signal }) => askTagged('getConfig', { signal }),
})

export const notificationSettingsQuery = queryOptions({
  queryKey: [LIVE, 'notification-settings'],
  queryFn: ({ signal }) => askTagged('getNotificationSettings', { signal }),
})

export const openIdQuery = queryOptions({
  queryKey: [LIVE, 'openid-settings'],
  queryFn: ({ signal }) => askTagged('getOpenIdSettings', { signal }),
})

export const notificationsQuery = (status: NotificationState | null, cursor: string | undefined) =>
  queryOptions({
    queryKey: [LIVE, 'notifications', status, cursor ?? ''],
    queryFn: ({ signal }) =>
      ask('listNotifications', { query: { limit: PAGE_SIZE, cursor, ...(status !== null && { status }) }, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.items.some((one) => one.status === 'Waiting') ? RUNNING_MS : RESTING_MS,
  })

/** For what a change would do: there are at most 1000 batches. */
export const allBatchesQuery = queryOptions({
  queryKey: ['all-batches'],
  queryFn: ({ signal }) => ask('listBatches', { query: { limit: 1000 }, signal }),
  staleTime: RESTING_MS,
})

export const statisticsQuery = queryOptions({
  queryKey: [LIVE, 'statistics'],
  queryFn: ({ signal }) => ask('getStatistics', { signal }),
})
