/** New-MigrationBatch: everything is looked at first; then batch and users are stored in one transaction, or nothing. */
import { randomUUID } from 'node:crypto'
import { badValue, limitReached, nameTaken } from '#base/request-faults.ts'
import type { MigrationBatch, NewBatch } from '#contract/batch.ts'
import type { Call } from '#contract/calls.ts'
import type { createBatch as Route } from '#contract/routes/batches.ts'
import { type NewUser, addUsers } from '#store/service/add-users.ts'
import { readBatches } from '#store/service/batches.ts'
import { addWarnings, insertBatch } from '#store/service/change-batch.ts'
import { dropCsvFile } from '#store/service/csv-files.ts'
import type { DatabaseRow } from '#store/service/databases.ts'
import { findEndpoint } from '#store/service/endpoints.ts'
import type { StoredChoices } from '#store/tables.ts'
import { choicesOf, refuseCompletion } from './choices.ts'
import { type CopiedUsers, copyUsers } from './copy-users.ts'
import { csvOf } from './csv-of.ts'
import type { ServiceDeps } from './deps.ts'
import { batchNamed } from './find.ts'
import { planContext } from './plan-context.ts'
import { planUsers, standAside } from './plan-users.ts'
import { showOne } from './show-batch.ts'
import { targetDatabase } from './target-database.ts'

export interface CreateDeps extends ServiceDeps {
  mostBatches(): Promise<number>
}

interface Planned {
  readonly columns: readonly string[]
  readonly warnings: readonly string[]
  readonly ready: readonly NewUser[]
  readonly failed: readonly NewUser[]
  readonly copied: CopiedUsers | null
}

export async function createBatch(
  deps: CreateDeps,
  { body: asked, principal, newId }: Pick<Call<typeof Route>, 'body' | 'principal' | 'newId'>,
): Promise<MigrationBatch> {
  const [made] = newId === undefined ? [] : await readBatches(deps.store, newId)
  if (made) return await showOne(deps.store, made)
  refuseCompletion(asked)
  const choices = choicesOf(asked)
  const endpoint = await findEndpoint(deps.store, asked.sourceEndpoint)
  const database = await targetDatabase(deps, asked.targetDatabases)
  const id = newId ?? randomUUID()
  const planned = await planUsersOf(deps, asked, choices, endpoint.id, database)
  const most = await deps.mostBatches()
  const row = {
    id,
    name: asked.name,
    type: endpoint.type,
    endpointId: endpoint.id,
    databaseId: database.id,
    choices,
    startAfter: asked.startAfter ?? null,
    columns: planned.columns,
    warnings: planned.warnings,
    submittedBy: principal.name,
    // Whoever names a time wants it to start then.
    isStarted: asked.autoStart || asked.startAfter != null,
  }
  const outcome = await insertBatch(deps.store, row, most, async (client) => {
    await planned.copied?.release(client)
    const aside = await addUsers(client, id, planned, (user, rival) => standAside(user, rival, asked.name))
    await addWarnings(client, id, [...planned.failed, ...aside])
    if (asked.csvFile) await dropCsvFile(client, asked.csvFile)
  })
  if (outcome === 'taken') throw nameTaken('migration batch', asked.name)
  if (outcome === 'full') {
    throw limitReached(
      `There are ${most} migration batches already, which is the maximum number of migration batches.`,
      'Remove a batch before you create another, or raise the maximum in the settings of migration.',
    )
  }
  return await showOne(deps.store, await batchNamed(deps.store, id))
}

async function planUsersOf(
  deps: ServiceDeps,
  asked: NewBatch,
  choices: StoredChoices,
  endpointId: string,
  database: DatabaseRow,
): Promise<Planned> {
  if ((asked.csvFile === undefined) === (asked.users === undefined)) {
    throw badValue('csvFile', 'or users must be given, and not both', 'Give a CSV file.')
  }
  const context = await planContext(deps, { endpointId, databaseId: database.id })
  if (asked.users !== undefined) {
    const copied = await copyUsers(deps, asked.users, asked.disableOnCopy, context, asked.targetDatabases.length > 0)
    return { columns: copied.columns, warnings: [], ready: copied.ready, failed: copied.failed, copied }
  }
  const check = await csvOf(deps, asked.csvFile!, {
    allowUnknownColumns: choices.allowUnknownColumnsInCsv,
    targetLogin: database.login_template,
  })
  const users = await planUsers(check, context)
  return {
    columns: check.columns,
    warnings: check.warnings,
    ...users,
    copied: null,
  }
}
