/** Get-, New-, Set-, Remove- and Test-MailboxDatabase (architecture.md §4). */
import type { UseCases } from '#contract/calls.ts'
import type { OutgoingRules } from '#mailbox/imap/reach.ts'
import type { Secrets } from '#store/secrets.ts'
import { deleteDatabase, findDatabase, listDatabaseRows } from '#store/service/databases.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import type { ConnectionTester } from '../endpoint/connection-tester.ts'
import { pageByName } from '../page.ts'
import { createDatabase } from './create-database.ts'
import type { AllowedRoots } from './maildir-path.ts'
import { showDatabase } from './show-database.ts'
import { testDatabase } from './test-database.ts'
import { updateDatabase } from './update-database.ts'

export interface DatabaseDeps {
  readonly store: ServiceStore
  readonly secrets: Secrets
  readonly tester: ConnectionTester
  readonly outgoing: OutgoingRules
  /** Below what Maildirs may lie: `serverRoots`. */
  readonly allowedRoots: AllowedRoots
}

export function databaseUseCases(
  deps: DatabaseDeps,
): Pick<
  UseCases,
  'listDatabases' | 'getDatabase' | 'createDatabase' | 'updateDatabase' | 'removeDatabase' | 'testDatabase'
> {
  const { store } = deps
  return {
    listDatabases: async ({ query }) => pageByName(await listDatabaseRows(store), query, showDatabase),
    getDatabase: async ({ params }) => showDatabase(await findDatabase(store, params.identity)),
    createDatabase: (call) => createDatabase(deps, call),
    updateDatabase: (call) => updateDatabase(deps, call),
    async removeDatabase({ params, precondition }) {
      const row = await findDatabase(store, params.identity)
      await deleteDatabase(store, row, (now) => precondition?.check(showDatabase(now)))
      return undefined
    },
    testDatabase: (call) => testDatabase(deps, call),
  }
}
