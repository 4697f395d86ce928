/** Get-, New-, Set-, Remove- and Test-MailboxDatabase (architecture.md §4). */
import type { UseCases } from '#contract/calls.ts'
import type { OutgoingRules } from '#mailbox/imap/reach.ts'
import type { Secrets } from '#store/secrets.ts'
import {
  type DatabaseRow,
  batchesByDatabase,
  deleteDatabase,
  findDatabase,
  listDatabaseRows,
} from '#store/service/databases.ts'
import type { ServiceStore } from '#store/service/service-store.ts'
import type { ConnectionTester } from '../endpoint/connection-tester.ts'
import { pageByName, sortable } from '../page.ts'
import { createDatabase } from './create-database.ts'
import type { AllowedRoots } from './maildir-path.ts'
import { showDatabase, showUsed } from './show-database.ts'
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

const SORTS = {
  kind: (row: DatabaseRow) => row.kind,
  where: (row: DatabaseRow) => row.path ?? `${row.server}:${row.port}`,
  isDefault: (row: DatabaseRow) => String(!row.is_default),
}

export function databaseUseCases(
  deps: DatabaseDeps,
): Pick<
  UseCases,
  'listDatabases' | 'getDatabase' | 'createDatabase' | 'updateDatabase' | 'removeDatabase' | 'testDatabase'
> {
  const { store } = deps
  return {
    async listDatabases({ query }) {
      const batches = await batchesByDatabase(store)
      const namesOf = (row: DatabaseRow) => (batches.get(row.id) ?? []).map(({ name }) => name)
      return pageByName(
        await listDatabaseRows(store),
        query,
        (row) => ({ ...showDatabase(row), batches: namesOf(row) }),
        { ...SORTS, batches: (row) => sortable(namesOf(row).length) },
      )
    },
    getDatabase: async ({ params }) => showUsed(store, await findDatabase(store, params.identity)),
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
