/** GET /csv-files/:csvFile/check: what a batch of an uploaded file would refuse; nothing is stored. */
import type { Answer, Call } from '#contract/calls.ts'
import type { checkCsvFile as Route } from '#contract/routes/batches.ts'
import { type NewUser, type Rival, rivalsOf } from '#store/service/add-users.ts'
import { findEndpoint } from '#store/service/endpoints.ts'
import { csvOf } from './csv-of.ts'
import type { ServiceDeps } from './deps.ts'
import { planContext } from './plan-context.ts'
import { planUsers, standAside } from './plan-users.ts'
import { targetDatabase } from './target-database.ts'

/** Shown of the rows that are refused; more are counted. */
const MOST_ROWS = 1000
/** Stands for the batch that does not exist. */
const THIS_BATCH = ''

export async function checkCsvFile(
  deps: ServiceDeps,
  { params, query }: Pick<Call<typeof Route>, 'params' | 'query'>,
): Promise<Answer<typeof Route>> {
  const endpoint = await findEndpoint(deps.store, query.sourceEndpoint)
  const database = await targetDatabase(deps, query.targetDatabase === undefined ? [] : [query.targetDatabase])
  const check = await csvOf(deps, params.csvFile, {
    allowUnknownColumns: query.allowUnknownColumns ?? false,
    targetLogin: database.login_template,
  })
  const context = await planContext(deps, { endpointId: endpoint.id, databaseId: database.id })
  const { ready, failed } = await planUsers(check, context)
  const aside = standingAside(ready, await rivalsOf(deps.store.pool, ready))
  return {
    users: ready.length - aside.length,
    refusedCount: aside.length + failed.length,
    // What nobody can see in the file comes first.
    refused: [...aside, ...failed].slice(0, MOST_ROWS).map(({ rowNumber, address, error }) => ({
      rowNumber,
      emailAddress: address,
      message: (error?.message ?? '').replace(/^Row \d+: /, ''),
      errorDetail: error?.remedy ?? '',
    })),
  }
}

/** As addUsers does it: who runs in another batch stands in the way, and then the rows before. */
function standingAside(users: readonly NewUser[], rivals: ReadonlyMap<string, Rival>): NewUser[] {
  const sources = new Map<string, NewUser>()
  const targets = new Map<string, NewUser>()
  return users.flatMap((user) => {
    const outside = rivals.get(user.id)
    if (outside !== undefined) return [standAside(user, outside, THIS_BATCH)]
    const source = user.sourceKey.toString('hex')
    const target = user.targetKey.toString('hex')
    const before = sources.get(source) ?? targets.get(target)
    if (before !== undefined) {
      const what = sources.has(source) ? 'source' : 'target'
      return [standAside(user, { id: before.id, what, batch: THIS_BATCH, address: before.address }, THIS_BATCH)]
    }
    sources.set(source, user)
    targets.set(target, user)
    return []
  })
}
