/** What a command that moves mail stands on: data folder, store, ledger, key, log. */
import { join } from 'node:path'
import { type Log, fileLog } from '#base/log.ts'
import { instanceSigner, type Signer } from '#migration/waybill/signer.ts'
import { prepareDataFolder, resolveDataFolder } from '#store/data-folder.ts'
import { openLedger, type PostgresLedger } from '#store/ledger/open-ledger.ts'
import { openStore, type Store } from '#store/open.ts'
import { tuningFromEnvironment } from './tuning.ts'

export interface World extends AsyncDisposable {
  readonly store: Store
  readonly ledger: PostgresLedger
  readonly signer: Signer
  readonly log: Log
  readonly reports: string
}

/** @param joins the database that another process of ours runs. Throws instance Faults: the command cannot start (exit 4). */
export async function openWorld(dataFolder: string | null, joins = false): Promise<World> {
  const path = resolveDataFolder(dataFolder ?? undefined)
  const folder = prepareDataFolder(path)
  const log = fileLog(join(folder.logs, 'waybill.log'))
  try {
    const store = await openStore({ dataFolder: path, databaseUrl: process.env['DATABASE_URL'], joins, log })
    const { lease } = tuningFromEnvironment()
    return {
      store,
      ledger: openLedger(store, lease),
      signer: instanceSigner(folder.keys),
      log,
      reports: folder.reports,
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]()
        log.close()
      },
    }
  } catch (thrown) {
    log.close()
    throw thrown
  }
}
