/** Set-MigrationBatch: what is given changes, what is not stays. */
import { badValue } from '#base/request-faults.ts'
import type { MigrationBatch, SetBatch } from '#contract/batch.ts'
import type { Call } from '#contract/calls.ts'
import type { updateBatch as Route } from '#contract/routes/batches.ts'
import type { BatchRow } from '#store/service/batches.ts'
import { type BatchChange, changeBatch } from '#store/service/change-batch.ts'
import { rekeySources } from '#store/service/correct-users.ts'
import { dropCsvFile } from '#store/service/csv-files.ts'
import { type EndpointRow, findEndpoint } from '#store/service/endpoints.ts'
import { addRows } from './add-rows.ts'
import { choicesOf, givenChoices, refuseCompletion } from './choices.ts'
import { correctRows } from './correct-rows.ts'
import type { ServiceDeps } from './deps.ts'
import { batchNamed, mayDo } from './find.ts'
import { sourceKey } from './plan-users.ts'
import { settingsOf, showOne } from './show-batch.ts'

export async function updateBatch(
  deps: ServiceDeps,
  {
    params,
    body: asked,
    principal,
    precondition,
  }: Pick<Call<typeof Route>, 'params' | 'body' | 'principal' | 'precondition'>,
): Promise<MigrationBatch> {
  const { store } = deps
  const batch = await batchNamed(store, params.identity)
  mayDo('Set', batch)
  refuseCompletion(asked)
  if (asked.approveSkippedItems) {
    throw badValue(
      'approveSkippedItems',
      'is not possible for an IMAP migration, which asks for no approval',
      'Skipped items are listed at each user.',
    )
  }
  if (asked.addUsers && asked.csvFile === undefined)
    throw badValue('addUsers', 'needs a CSV file', 'Give it with the change.')
  if (asked.syncNow) mayDo('SyncNow', batch)
  const endpoint = asked.sourceEndpoint === undefined ? null : await newEndpoint(deps, batch, asked.sourceEndpoint)
  choicesOf(asked, batch.choices)
  const users = await usersChange(deps, { ...batch, endpoint_id: endpoint?.id ?? batch.endpoint_id }, asked)
  const change: BatchChange = {
    ...(precondition && { check: (stored) => precondition.check(settingsOf(stored)) }),
    choices: givenChoices(asked),
    ...(asked.startAfter === undefined ? {} : { startAfter: asked.startAfter }),
    ...(endpoint === null ? {} : endpointChange(batch, endpoint)),
    ...(asked.highestPriority === undefined ? {} : { isHighest: asked.highestPriority }),
    syncNow: asked.syncNow ?? false,
    restart: asked.update ?? false,
    ...users,
  }
  await changeBatch(store, batch.id, change, principal.name)
  return await showOne(store, await batchNamed(store, batch.id))
}

async function newEndpoint({ store }: ServiceDeps, batch: BatchRow, named: string): Promise<EndpointRow> {
  mayDo('SetSourceEndpoint', batch)
  const endpoint = await findEndpoint(store, named)
  if (endpoint.type !== batch.type)
    throw badValue('sourceEndpoint', "must be of the batch's type", 'Name another endpoint.')
  return endpoint
}

const endpointChange = (batch: BatchRow, endpoint: EndpointRow): BatchChange => ({
  endpointId: endpoint.id,
  sourceKeys: (client) => rekeySources(client, batch.id, (name, root) => sourceKey(endpoint.id, name, root)),
})

async function usersChange(deps: ServiceDeps, batch: BatchRow, asked: SetBatch): Promise<BatchChange> {
  if (asked.csvFile === undefined) return {}
  const allow = asked.allowUnknownColumnsInCsv ?? batch.choices.allowUnknownColumnsInCsv
  const { csvFile } = asked
  const change = await (asked.addUsers ? addRows : correctRows)(deps, batch, csvFile, allow)
  return {
    ...change,
    async users(client) {
      await change.users?.(client)
      await dropCsvFile(client, csvFile)
    },
  }
}
