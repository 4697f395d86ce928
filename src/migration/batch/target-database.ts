/** The mailbox database that a new batch goes to: the one that is named, or the default. */
import { badValue } from '#base/request-faults.ts'
import { type DatabaseRow, defaultDatabase, findDatabase } from '#store/service/databases.ts'
import type { ServiceDeps } from './deps.ts'

export async function targetDatabase({ store }: ServiceDeps, named: readonly string[]): Promise<DatabaseRow> {
  if (named[0] !== undefined) return await findDatabase(store, named[0])
  const database = await defaultDatabase(store)
  if (database) return database
  throw badValue(
    'targetDatabases',
    'is missing, and there is no mailbox database that is the default',
    'Create one first.',
  )
}
