import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Fault } from '#base/fault.ts'
import { insertDatabase, listDatabaseRows } from '#store/service/databases.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import { markFolder } from './folder-mark.ts'
import { checkedMaildirPath } from './maildir-path.ts'

/** A new service can be used at once: mail goes into Maildirs below the data folder. Does nothing once there are databases. */
export async function ensureLocalDatabase(store: ServiceStore, dataFolder: string): Promise<void> {
  if ((await listDatabaseRows(store)).length > 0) return
  const id = randomUUID()
  const path = checkedMaildirPath(join(dataFolder, 'mail'), 'any')
  // Before it is known: a crash between the two must not leave a database whose folder nobody may use.
  markFolder(path, id)
  try {
    await insertDatabase(store, {
      id,
      name: 'Local',
      kind: 'Maildir',
      path,
      server: null,
      port: null,
      security: null,
      accept_untrusted: false,
      allow_clear_text: false,
      login_template: null,
      admin_user: null,
      admin_password: null,
      is_default: true,
    })
  } catch (thrown) {
    // Another process was first.
    if (!(thrown instanceof Fault && thrown.code === 'NAME_TAKEN')) throw thrown
  }
}
