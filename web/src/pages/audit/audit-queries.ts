/** The audit log as the address asks for it. It does not follow the events: rows would move under the reader's eyes. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, urlOf } from '../../api.ts'

export const AUDIT = 'audit'
const PAGE_SIZE = 50

/** Names as they stand in the address; days as `2026-12-31`, in the zone of the browser. */
export const FILTERS = ['search', 'caller', 'cmdlet', 'object', 'result', 'from', 'to'] as const
export type Filters = Readonly<Record<(typeof FILTERS)[number], string>>

const named = (text: string) => text.replaceAll(',', '\\,')

/** The moment that a day begins, or the one after it. */
function beginOf(day: string, later = 0): string | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)
  if (parts === null) return undefined
  const [year, month, date] = parts.slice(1).map(Number) as [number, number, number]
  return new Date(year, month - 1, date + later).toISOString()
}

const askedOf = ({ search, caller, cmdlet, object, result, from, to }: Filters) => {
  const asked = {
    search: search.trim() || undefined,
    userIds: named(caller.trim()) || undefined,
    cmdlets: named(cmdlet.trim()) || undefined,
    objectIds: named(object.trim()) || undefined,
    succeeded: result === 'good' ? ('true' as const) : result === 'bad' ? ('false' as const) : undefined,
    startDate: beginOf(from),
    endDate: beginOf(to, 1),
  }
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as {
    [Name in keyof typeof asked]?: NonNullable<(typeof asked)[Name]>
  }
}

export const auditQuery = (filters: Filters) =>
  infiniteQueryOptions({
    queryKey: [AUDIT, filters],
    queryFn: ({ pageParam, signal }) =>
      ask('searchAuditLog', {
        query: { ...askedOf(filters), limit: PAGE_SIZE, ...(pageParam !== null && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

export const auditEntryQuery = (identity: string) =>
  queryOptions({
    queryKey: [AUDIT, 'entry', identity],
    queryFn: ({ signal }) => ask('getAuditEvent', { params: { identity }, signal }),
  })

export const exportUrl = (filters: Filters): string => {
  const query = new URLSearchParams(askedOf(filters)).toString()
  return `${urlOf('exportAuditLog')}${query && `?${query}`}`
}
