/** Search-AdminAuditLog, and the whole of what is found as CSV. */
import { notFound } from '#base/request-faults.ts'
import type { AdminAuditLogEvent } from '#contract/audit.ts'
import type { Call, UseCases } from '#contract/calls.ts'
import type { exportAuditLog as Export, searchAuditLog as Search } from '#contract/routes/audit.ts'
import { type AuditPlace, type AuditSearch, readAudit, searchAudit } from '#store/service/admin-audit-search.ts'
import { isGuid } from '#store/service/named.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { defuse } from '../csv/errors-csv.ts'
import { writeCsv } from '#csv/write-csv.ts'
import { badCursor, cutPage, readCursor } from '../page.ts'
import { showEvent } from './show-event.ts'

export function auditUseCases({
  store,
}: {
  readonly store: ServiceStore
}): Pick<UseCases, 'searchAuditLog' | 'getAuditEvent' | 'exportAuditLog'> {
  return {
    async searchAuditLog({ query }: Pick<Call<typeof Search>, 'query'>) {
      const rows = await searchAudit(store, searchOf(query), placeOf(query.cursor), query.limit + 1)
      const { page, nextCursor } = cutPage(rows, query.limit, ({ at, n }) => [at.toISOString(), n])
      return { items: page.map(showEvent), nextCursor }
    },
    async getAuditEvent({ params }) {
      const row = isGuid(params.identity) ? await readAudit(store, params.identity) : null
      if (!row) throw notFound('entry of the audit log', params.identity)
      return showEvent(row)
    },
    exportAuditLog: async ({ query }: Pick<Call<typeof Export>, 'query'>) => csvOf(store, searchOf(query)),
  }
}

const searchOf = (query: Call<typeof Export>['query']): AuditSearch => ({
  from: query.startDate === undefined ? undefined : new Date(query.startDate),
  to: query.endDate === undefined ? undefined : new Date(query.endDate),
  cmdlets: query.cmdlets,
  objects: query.objectIds,
  callers: query.userIds,
  succeeded: query.succeeded,
  text: query.search,
})

function placeOf(cursor: string | undefined): AuditPlace | null {
  const place = readCursor(cursor)
  if (place === null) return null
  const [at, n] = [new Date(place[0]), Number(place[1])]
  if (Number.isNaN(at.getTime()) || !Number.isSafeInteger(n)) throw badCursor()
  return { at, n }
}

const PAGE = 1000

const COLUMNS = [
  'RunDate',
  'Caller',
  'CmdletName',
  'ObjectModified',
  'Succeeded',
  'Error',
  'CmdletParameters',
  'ModifiedProperties',
  'Via',
  'ClientAddress',
  'ObjectGuid',
  'Identity',
]

async function* csvOf(store: ServiceStore, search: AuditSearch): AsyncGenerator<string> {
  yield `\uFEFF${writeCsv([COLUMNS])}`
  let before: AuditPlace | null = null
  for (;;) {
    const rows = await searchAudit(store, search, before, PAGE)
    if (rows.length > 0) yield writeCsv(rows.map((row) => cells(showEvent(row))))
    before = rows.at(-1) ?? null
    if (before === null || rows.length < PAGE) return
  }
}

/** Names, servers' words and whatever else came from outside is text, in a spreadsheet too. */
const cells = (event: AdminAuditLogEvent): string[] => [
  event.runDate,
  defuse(event.caller),
  event.cmdletName,
  defuse(event.objectModified),
  event.succeeded === null ? 'Unknown' : event.succeeded ? 'True' : 'False',
  defuse(event.error),
  defuse(event.cmdletParameters.map(({ name, value }) => `${name}=${value ?? '$null'}`).join('; ')),
  defuse(
    event.modifiedProperties
      .map(({ name, oldValue, newValue }) => `${name}: ${oldValue ?? '$null'} -> ${newValue ?? '$null'}`)
      .join('; '),
  ),
  event.via,
  event.clientAddress ?? '',
  event.objectGuid ?? '',
  event.identity,
]
