/** API tokens as they are stored: never themselves, only their SHA-256, for 256 random bits need no slow hash. */
import type { Insertable, Selectable } from 'kysely'
import { nameTaken, notFound } from '#base/request-faults.ts'
import type { ApiTokenTable } from '../tables.ts'
import type { AdministratorRow } from './administrators.ts'
import { isStillReferred, nameKey } from './named.ts'
import type { ServiceStore } from './service-store.ts'

export interface TokenRow extends Omit<Selectable<ApiTokenTable>, 'hash'> {
  /** Null, with an owner_id of null, too: the local administrator's. */
  readonly owner: Pick<AdministratorRow, 'name' | 'roles' | 'must_change_password'> | null
}

const KIND = 'API token'

const tokens = ({ db }: ServiceStore) =>
  db
    .selectFrom('api_token')
    .leftJoin('administrator', 'administrator.id', 'api_token.owner_id')
    .select([
      'api_token.id',
      'api_token.name',
      'api_token.name_key',
      'api_token.scopes',
      'api_token.created_at',
      'api_token.created_by',
      'api_token.expires_at',
      'api_token.last_used_at',
      'api_token.owner_id',
      'administrator.name as owner_name',
      'administrator.roles as owner_roles',
      'administrator.must_change_password as owner_must_change',
    ])
type Joined = Awaited<ReturnType<ReturnType<typeof tokens>['executeTakeFirstOrThrow']>>

function withOwner({ owner_name: name, owner_roles: roles, owner_must_change: mustChange, ...row }: Joined): TokenRow {
  return {
    ...row,
    owner: name === null || roles === null ? null : { name, roles, must_change_password: mustChange ?? false },
  }
}

export async function listTokenRows(store: ServiceStore): Promise<TokenRow[]> {
  return (await store.retrying(() => tokens(store).execute())).map(withOwner)
}

/** @throws Fault NAME_TAKEN; OBJECT_NOT_FOUND when the owner is removed at this moment */
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
      .catch((thrown: unknown) => {
        throw isStillReferred(thrown) ? notFound('administrator', row.owner_id ?? '') : thrown
      })
    // Of one that was made before a crash nobody has seen the token: it is this one now.
    await store.db.updateTable('api_token').set({ hash: row.hash }).where('id', '=', row.id).execute()
    return tokens(store).where('api_token.id', '=', row.id).executeTakeFirst()
  })
  if (!stored) throw nameTaken(KIND, row.name)
  return withOwner(stored)
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

/** The token of this hash while it is valid and its owner may sign in; that it was used is noted once a minute. */
export async function useToken(store: ServiceStore, hash: Buffer, now: number): Promise<TokenRow | null> {
  const row = await store.retrying(() =>
    tokens(store)
      .where('hash', '=', hash)
      .where('api_token.expires_at', '>', new Date(now))
      .where((where) => where.or([where('owner_id', 'is', null), where('administrator.enabled', '=', true)]))
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
  return withOwner(row)
}
