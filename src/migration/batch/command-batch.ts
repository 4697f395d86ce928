/** Start-, Stop-, Complete- and Remove-MigrationBatch: asked here, carried out by the service. */
import type { MigrationBatch } from '#contract/batch.ts'
import type { Precondition, Principal } from '#contract/calls.ts'
import type { StoredBatch } from '#store/service/batches.ts'
import { askBatch } from '#store/service/change-batch.ts'
import type { ServiceDeps } from './deps.ts'
import { batchNamed, mayDo } from './find.ts'
import { settingsOf, showOne } from './show-batch.ts'

/** Between reading a batch and asking, somebody else may have asked something: then it is looked at anew. */
const ATTEMPTS = 5

export async function commandBatch(
  { store }: ServiceDeps,
  identity: string,
  command: 'Start' | 'Stop' | 'Complete' | 'Remove',
  principal: Principal,
  precondition?: Precondition,
): Promise<MigrationBatch> {
  const { id } = await batchNamed(store, identity)
  for (let attempt = 1; ; attempt++) {
    const batch = await batchNamed(store, id)
    // For every type that is there now, the table refuses Complete.
    if (!mayDo(command, batch) || command === 'Complete') return await showOne(store, batch)
    // As it is now: read anew, it could be a step further, and whoever asked would never see that it was heard.
    const check = precondition ? (stored: StoredBatch) => precondition.check(settingsOf(stored)) : null
    if (await askBatch(store, id, batch.flags, command, principal.name, check)) {
      return await showOne(store, { ...batch, flags: command })
    }
    if (attempt === ATTEMPTS) return await showOne(store, batch)
  }
}
