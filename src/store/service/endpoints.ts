/** Migration endpoints as they are stored, with the slots in use. */
import type { Selectable, Updateable } from 'kysely'
import { inUse, nameTaken, notFound } from '#base/request-faults.ts'
import type { MigrationEndpointTable } from '../tables.ts'
import { inTransaction } from '../ledger/transaction.ts'
import { isGuid, isStillReferred, nameKey } from './named.ts'
import type { ServiceStore } from './service-store.ts'
import { wake } from './wake.ts'

export type StoredEndpoint = Selectable<MigrationEndpointTable>

export interface EndpointRow extends StoredEndpoint {
  /** Slots in use of either bucket. */
  readonly active_migrations: number
  readonly active_incremental: number
  /** Names of those that use it. */
  readonly batches: readonly string[]
}

export type NewEndpointRow = Omit<StoredEndpoint, 'name_key' | 'created_at' | 'modified_at'>
export type EndpointChanges = Pick<
  Updateable<MigrationEndpointTable>,
  | 'remote_server'
  | 'port'
  | 'security'
  | 'authentication'
  | 'accept_untrusted'
  | 'allow_clear_text'
  | 'max_migrations'
  | 'max_incremental'
>

const KIND = 'migration endpoint'

const SELECT = `
  SELECT e.*, (SELECT count(*) FROM slot s WHERE s.endpoint_id = e.id AND s.bucket = 'initial') AS active_migrations,
    (SELECT count(*) FROM slot s WHERE s.endpoint_id = e.id AND s.bucket = 'incremental') AS active_incremental,
    ARRAY(SELECT b.name FROM migration_batch b WHERE b.endpoint_id = e.id ORDER BY b.name_key) AS batches
  FROM migration_endpoint e`

export async function listEndpointRows(store: ServiceStore): Promise<EndpointRow[]> {
  return (await store.retrying(() => store.pool.query<EndpointRow>(SELECT))).rows
}

/** @throws Fault OBJECT_NOT_FOUND */
export async function findEndpoint(store: ServiceStore, identity: string): Promise<EndpointRow> {
  const row = await read(store, nameKey(identity), isGuid(identity) ? identity : null)
  if (!row) throw notFound(KIND, identity)
  return row
}

export async function endpointWithId(store: ServiceStore, id: string): Promise<EndpointRow | null> {
  return (await read(store, null, id)) ?? null
}

export async function isEndpointName(store: ServiceStore, name: string): Promise<boolean> {
  return (await read(store, nameKey(name), null)) !== undefined
}

async function read(store: ServiceStore, key: string | null, id: string | null): Promise<EndpointRow | undefined> {
  const { rows } = await store.retrying(() =>
    store.pool.query<EndpointRow>(
      `${SELECT} WHERE e.id = $1::uuid OR e.name_key = $2 ORDER BY e.id = $1::uuid DESC NULLS LAST LIMIT 1`,
      [id, key],
    ),
  )
  return rows[0]
}

/** @throws Fault NAME_TAKEN */
export async function insertEndpoint(store: ServiceStore, row: NewEndpointRow): Promise<EndpointRow> {
  await store.retrying(() =>
    store.db
      .insertInto('migration_endpoint')
      .values({ ...row, name_key: nameKey(row.name) })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
  // There, also when it was an earlier attempt whose answer was lost.
  const stored = await read(store, null, row.id)
  if (!stored) throw nameTaken(KIND, row.name)
  return stored
}

/**
 * @param check sees the row as it is, locked, and throws what forbids the change
 * @throws Fault OBJECT_NOT_FOUND
 */
export async function changeEndpoint(
  store: ServiceStore,
  id: string,
  changes: EndpointChanges,
  check: (row: StoredEndpoint) => void,
): Promise<EndpointRow> {
  const set = Object.entries(changes).filter(([, value]) => value !== undefined)
  await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      const { rows } = await client.query<StoredEndpoint>('SELECT * FROM migration_endpoint WHERE id = $1 FOR UPDATE', [
        id,
      ])
      if (!rows[0]) throw notFound(KIND, id)
      check(rows[0])
      const columns = set.map(([column], at) => `${column} = $${at + 2}`)
      await client.query(
        `UPDATE migration_endpoint SET ${[...columns, 'modified_at = now()'].join(', ')} WHERE id = $1`,
        [id, ...set.map(([, value]) => value)],
      )
      // More slots than before may be given at once.
      await wake(client, 'work')
    }),
  )
  const changed = await read(store, null, id)
  if (!changed) throw notFound(KIND, id)
  return changed
}

/**
 * @param check sees the row as it is, locked, and throws what forbids the removal
 * @throws Fault OBJECT_IN_USE, naming the batches
 */
export async function deleteEndpoint(
  store: ServiceStore,
  { id, name }: StoredEndpoint,
  check: (row: StoredEndpoint) => void,
): Promise<void> {
  await store.retrying(async () => {
    try {
      await inTransaction(store.pool, async (client) => {
        const { rows } = await client.query<StoredEndpoint>(
          'SELECT * FROM migration_endpoint WHERE id = $1 FOR UPDATE',
          [id],
        )
        if (rows[0]) check(rows[0])
        await client.query('DELETE FROM migration_endpoint WHERE id = $1', [id])
      })
    } catch (thrown) {
      if (!isStillReferred(thrown)) throw thrown
      const batches = await store.db
        .selectFrom('migration_batch')
        .select('name')
        .where('endpoint_id', '=', id)
        .orderBy('name_key')
        .execute()
      throw inUse(
        KIND,
        name,
        batches.map((batch) => `batch "${batch.name}"`),
      )
    }
  })
}
