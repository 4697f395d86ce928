/** The endpoints, those first that a batch was made with last. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { LIMITS } from '#contract/limits.ts'
import { ask } from '../../api.ts'
import { LIVE } from '../../live.ts'
import { endpointsQuery } from '../batch-queries.ts'

const lastBatches = queryOptions({
  queryKey: [LIVE, 'batches', 'last'],
  queryFn: ({ signal }) => ask('listBatches', { query: { limit: LIMITS.batches, sort: '-creationDateTime' }, signal }),
})

export function useEndpoints() {
  const endpoints = useQuery(endpointsQuery)
  const batches = useQuery(lastBatches)
  const used = [...new Set(batches.data?.items.map(({ sourceEndpoint }) => sourceEndpoint))]
  const place = (name: string) => (used.includes(name) ? used.indexOf(name) : used.length)
  return {
    error: endpoints.error ?? batches.error,
    lastUsed: used[0] ?? null,
    data:
      batches.data === undefined
        ? undefined
        : endpoints.data?.items.toSorted((a, b) => place(a.identity) - place(b.identity)),
  }
}
