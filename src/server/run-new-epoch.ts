/** `waybill new-epoch`, wired: also beside a service. */
import { EXIT } from '#contract/migrate.ts'
import type { ProcessRequest } from '#contract/serve.ts'
import { inTransaction } from '#store/ledger/transaction.ts'
import { addServiceAct, localAct } from '#store/service/service-acts.ts'
import { newEpoch } from '#store/ledger/new-epoch.ts'
import { loadSettings } from './configuration/load-settings.ts'
import { openWorld } from './open-world.ts'

export async function runNewEpoch(request: ProcessRequest): Promise<number> {
  await using world = await openWorld(loadSettings(request), 'service')
  const number = await inTransaction(world.store.pool, async (client) => {
    const epoch = await newEpoch(client, 'Hand', {})
    await addServiceAct(client, localAct('waybill new-epoch', { epoch }))
    return epoch
  })
  world.log.info('a new epoch of the ledger has begun', { epoch: number })
  process.stderr.write(
    `The ledger is in epoch ${number}: what it does not know of the targets is looked for before anything is copied.\n`,
  )
  return EXIT.ok
}
