/** What a command that moves mail stands on: data folder, store, ledger, key, log. */
import { type OpenLog, openLog } from './open-log.ts'
import { instanceSigner, type Signer } from '#migration/waybill/signer.ts'
import type { Settings } from '#contract/settings.ts'
import { prepareDataFolder } from '#store/data-folder.ts'
import { openLedger, type PostgresLedger } from '#store/ledger/open-ledger.ts'
import { openStore, type Store } from '#store/open.ts'
import { databaseUrl } from './configuration/database-url.ts'
import { isServed } from './service-socket.ts'
import { tuningFromEnvironment } from './tuning.ts'

export interface World extends AsyncDisposable {
  readonly store: Store
  readonly ledger: PostgresLedger
  readonly signer: Signer
  readonly log: OpenLog
  readonly reports: string
}

export type WorldSettings = Pick<Settings, 'dataFolder' | 'databaseUrl' | 'databasePasswordFile' | 'logLevel' | 'logTo'>

/**
 * @param joins `always`: the database is run by the service whose worker this is. `service`: where one runs for the data
 *   folder, its database is joined: a command beside it has the same ledger, and leases keep the two apart.
 * Throws instance Faults: the command cannot start (exit 4).
 */
export async function openWorld(
  settings: WorldSettings,
  joins: 'never' | 'always' | 'service' = 'never',
): Promise<World> {
  const path = settings.dataFolder
  const folder = prepareDataFolder(path)
  const log = openLog(settings, folder.logs)
  try {
    const url = databaseUrl(settings)
    const isJoining = joins === 'always' || (joins === 'service' && !url && (await isServed(path)))
    const store = await openStore({ dataFolder: path, databaseUrl: url, joins: isJoining, log })
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
