import { listDatabaseRows, type DatabaseRow } from '#store/service/databases.ts'
import { nameKey } from '#store/service/named.ts'
import type { ServiceDeps } from './deps.ts'
import type { PlanContext } from './plan-users.ts'

/** What rows of a batch are read against: its endpoint, its database, and the others that a row may name. */
export async function planContext(
  { store, secrets }: ServiceDeps,
  batch: { readonly endpointId: string; readonly databaseId: string },
): Promise<PlanContext> {
  const databases = await listDatabaseRows(store)
  const byName = new Map<string, DatabaseRow>(databases.map((row) => [row.name_key, row]))
  return {
    endpointId: batch.endpointId,
    database: databases.find(({ id }) => id === batch.databaseId)!,
    databaseNamed: (name) => byName.get(nameKey(name)) ?? null,
    secrets,
    // Whether the batch runs is looked at when they are stored: it may be stopped meanwhile.
    status: 'Validating',
  }
}
