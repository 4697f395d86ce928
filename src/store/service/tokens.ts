/** API tokens as they are stored: never themselves, only their SHA-256, for 256 random bits need no slow hash. */
import type { Insertable, Selectable } from 'kysely'
import { nameTaken, notFound } from '#base/request-faults.ts'
import type { ApiTokenTable } from '../tables.ts'
import { nameKey } from './named.ts'
import type { ServiceStore } from './service-store.ts'

export type TokenRow = Omit<Selectable<ApiTokenTable>, 'hash'>

const KIND = 'API token'
const COLUMNS = ['id', 'name', 'name_key', 'scopes', 'created_at', 'created_by', 'expires_at', 'last_used_at'] as const

export async function listTokenRows(store: ServiceStore): Promise<TokenRow[]> {
  return store.retrying(() => store.db.selectFrom('api_token').select(COLUMNS).execute())
}

/** @throws Fault NAME_TAKEN */
export async function insertToken(
  store: ServiceStore,
  row: Omit<Insertable<ApiTokenTable>, 'name_key' | 'last_used_at'>,
): Promise<TokenRow> {
  const stored = await store.retrying(async () => {
    await store.db
      .insertInto('api_token')
      .values({ ...row, name_key: nameKey(row.name), last_used_at: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return store.db.selectFrom('api_token').select(COLUMNS).where('id', '=', row.id).executeTakeFirst()
  })
  if (!stored) throw nameTaken(KIND, row.name)
  return stored
}

/** @throws Fault OBJECT_NOT_FOUND */
export async function deleteToken(store: ServiceStore, id: string): Promise<void> {
  const found = await store.retrying(async () => {
    const row = await store.db.selectFrom('api_token').select('id').where('id', '=', id).executeTakeFirst()
    await store.db.deleteFrom('api_token').where('id', '=', id).execute()
    return row
  })
  if (!found) throw notFound(KIND, id)
}

const NOTED_EVERY_MS = 60_000

/** The token of this hash while it is valid; that it was used is noted once a minute. */
export async function useToken(store: ServiceStore, hash: Buffer, now: number): Promise<TokenRow | null> {
  const row = await store.retrying(() =>
    store.db
      .selectFrom('api_token')
      .select(COLUMNS)
      .where('hash', '=', hash)
      .where('expires_at', '>', new Date(now))
      .executeTakeFirst(),
  )
  if (!row) return null
  const noted = row.last_used_at?.getTime() ?? -Infinity
  if (noted <= now - NOTED_EVERY_MS) {
    await store.retrying(() =>
      store.db
        .updateTable('api_token')
        .set({ last_used_at: new Date(now) })
        .where('id', '=', row.id)
        .execute(),
    )
  }
  return row
}
