/** GET /users: pages made by the database, for a batch may have 50,000. */
import { notFound } from '#base/request-faults.ts'
import type { Answer, Call } from '#contract/calls.ts'
import { codesOf } from '#contract/exchange-errors.ts'
import type { listUsers as Route } from '#contract/routes/users.ts'
import { findBatch } from '#store/service/batches.ts'
import { USER_SORTS, isUserPlace, listUsers as readUsers } from '#store/service/users.ts'
import type { ServiceDeps } from '../batch/deps.ts'
import { badCursor, readCursor, sortOf, writeCursor } from '../page.ts'
import { showUser } from './show-user.ts'

export async function listUsers(
  { store }: ServiceDeps,
  query: Call<typeof Route>['query'],
): Promise<Answer<typeof Route>> {
  const sort = sortOf(query.sort, USER_SORTS, 'identity')
  const batchId = query.batch === undefined ? null : await findBatch(store, query.batch)
  if (query.batch !== undefined && batchId === null) throw notFound('migration batch', query.batch)
  const cursor = readCursor(query.cursor)
  const after = cursor === null ? null : { value: cursor[0], id: cursor[1] }
  if (after !== null && !isUserPlace(sort.key, after)) throw badCursor()
  const page = await readUsers(
    store,
    {
      batchId,
      status: query.status ?? null,
      summary: query.statusSummary ?? null,
      address: query.emailAddress ?? null,
      search: query.search ?? null,
      errorCodes: query.errorType === undefined ? null : codesOf(query.errorType),
    },
    sort.key,
    sort.isDescending,
    after,
    query.limit,
  )
  return {
    items: page.rows.map(showUser),
    nextCursor: page.next === null ? null : writeCursor([page.next.value, page.next.id]),
    total: page.total,
  }
}
