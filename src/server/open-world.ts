/** What a command that moves mail stands on: data folder, store, ledger, key, log. */
import { join } from 'node:path'
import { type Log, fileLog } from '#base/log.ts'
import { instanceSigner, type Signer } from '#migration/waybill/signer.ts'
import { prepareDataFolder, resolveDataFolder } from '#store/data-folder.ts'
import { openLedger, type PostgresLedger } from '#store/ledger/open-ledger.ts'
import { openStore, type Store } from '#store/open.ts'
import { isServed } from './service-socket.ts'
import { tuningFromEnvironment } from './tuning.ts'

export interface World extends AsyncDisposable {
  readonly store: Store
  readonly ledger: PostgresLedger
  readonly signer: Signer
  readonly log: Log
  readonly reports: string
}

/**
 * @param joins `always`: the database is run by the service whose worker this is. `service`: where one runs for the data
 *   folder, its database is joined: a command beside it has the same ledger, and leases keep the two apart.
 * Throws instance Faults: the command cannot start (exit 4).
 */
export async function openWorld(
  dataFolder: string | null,
  joins: 'never' | 'always' | 'service' = 'never',
): Promise<World> {
  const path = resolveDataFolder(dataFolder ?? undefined)
  const folder = prepareDataFolder(path)
  const log = fileLog(join(folder.logs, 'waybill.log'))
  try {
    const databaseUrl = process.env['DATABASE_URL']
    const isJoining = joins === 'always' || (joins === 'service' && !databaseUrl && (await isServed(path)))
    const store = await openStore({ dataFolder: path, databaseUrl, joins: isJoining, log })
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
