/** Users of batches: found, listed in pages, changed one at a time. */
import type { Selectable } from 'kysely'
import { type StatusSummary, statusesOf, type UserStatus } from '#contract/states.ts'
import type { MigrationUserTable } from '../tables.ts'
import { isGuid } from './named.ts'
import type { ServiceStore } from './service-store.ts'

export interface UserRow extends Omit<Selectable<MigrationUserTable>, 'status'> {
  readonly status: UserStatus
  readonly batch: string
  readonly batch_start_after: Date | null
  readonly batch_was_started: boolean
  readonly database: string
  readonly endpoint_id: string
}

const COLUMNS = `u.*, b.name AS batch, b.start_after AS batch_start_after, b.was_started AS batch_was_started, b.endpoint_id, d.name AS database`
const TABLES = `migration_user u JOIN migration_batch b ON b.id = u.batch_id JOIN mailbox_database d ON d.id = u.database_id`

/** All users that an address or a Guid names; an address may stand in several batches. */
export async function findUsers(store: ServiceStore, identity: string, batchId: string | null): Promise<UserRow[]> {
  const { rows } = await store.retrying(() =>
    store.pool.query<UserRow>(
      `SELECT ${COLUMNS} FROM ${TABLES}
       WHERE (u.address_key = $1 OR u.id = $2::uuid) AND ($3::uuid IS NULL OR u.batch_id = $3)
       ORDER BY b.name_key`,
      [identity.toLowerCase(), isGuid(identity) ? identity : null, batchId],
    ),
  )
  return rows
}

/** Users that any of these names, a thousand names a statement; one that two names mean may come twice. */
export async function findManyUsers(store: ServiceStore, identities: readonly string[]): Promise<UserRow[]> {
  const found: UserRow[] = []
  for (let at = 0; at < identities.length; at += MANY) {
    const some = identities.slice(at, at + MANY)
    const { rows } = await store.retrying(() =>
      store.pool.query<UserRow>(
        `SELECT ${COLUMNS} FROM ${TABLES} WHERE u.address_key = ANY($1) OR u.id = ANY($2::uuid[]) ORDER BY b.name_key`,
        [some.map((identity) => identity.toLowerCase()), some.filter(isGuid)],
      ),
    )
    found.push(...rows)
  }
  return found
}
const MANY = 1_000

interface SortBy {
  /** Never null, so that a page can go on after any row. */
  readonly by: string
  /** As a cursor holds it. */
  readonly shown: string
  /** The same out of a cursor's `$6`. */
  readonly read: string
  /** What `read` can take. */
  readonly fits: RegExp
}
const text = (column: string): SortBy => {
  const by = `${column} COLLATE "C"`
  return { by, shown: by, read: '$6 COLLATE "C"', fits: /^[^\0]*$/ }
}
const number = (by: string): SortBy => ({ by, shown: `(${by})::text`, read: '$6::bigint', fits: /^\d{1,18}$/ })
/** Microseconds since 1970 show it whole. */
const time = (column: string): SortBy => {
  const by = `coalesce(${column}, timestamptz 'epoch')`
  return {
    by,
    shown: `((extract(epoch FROM ${by}) * 1000000)::bigint)::text`,
    read: `(timestamptz 'epoch' + $6::bigint * interval '1 microsecond')`,
    fits: /^\d{1,16}$/,
  }
}

/** What a list may be sorted by. Addresses and times of the last sync have an index; the rest is sorted, 50,000 in 50 ms. */
const SORTS = {
  identity: text('u.address_key'),
  rowNumber: number('u.row_number'),
  status: text('u.status'),
  batchId: text('b.name_key'),
  syncedItemCount: number('u.synced_items'),
  skippedItemCount: number('u.skipped_items'),
  bytesTransferred: number('u.transferred_bytes'),
  bytesTransferredPerMinute: number(
    'CASE WHEN u.transfer_ms > 0 THEN u.transferred_bytes * 60000 / u.transfer_ms ELSE 0 END',
  ),
  // As much as a cursor holds.
  errorSummary: text(`left(coalesce(u.error_message, ''), 150)`),
  lastSuccessfulSyncTime: time('u.last_synced_at'),
} as const satisfies Record<string, SortBy>
/** By the index over all batches, which is in the database's own order. */
const BY_ADDRESS_OF_ALL: SortBy = { ...SORTS.identity, by: 'u.address_key', shown: 'u.address_key', read: '$6' }
export type UserSort = keyof typeof SORTS
export const USER_SORTS = Object.keys(SORTS) as UserSort[]

export interface UserFilter {
  readonly batchId: string | null
  readonly status: UserStatus | null
  readonly summary: StatusSummary | null
  readonly address: string | null
  readonly search: string | null
  readonly errorCodes: readonly string[] | null
}

/** The place after which a page begins: the sort value and the id of the last row of the page before. */
export interface UserPlace {
  readonly value: string
  readonly id: string
}

export const isUserPlace = (sort: UserSort, { value, id }: UserPlace): boolean =>
  isGuid(id) && SORTS[sort].fits.test(value)

export interface UserPage {
  readonly rows: readonly UserRow[]
  readonly next: UserPlace | null
  readonly total: number
}

export async function listUsers(
  store: ServiceStore,
  filter: UserFilter,
  sort: UserSort,
  isDescending: boolean,
  after: UserPlace | null,
  limit: number,
): Promise<UserPage> {
  const statuses = filter.status ? [filter.status] : filter.summary ? statusesOf(filter.summary) : null
  const values = [
    filter.batchId,
    statuses,
    filter.address?.toLowerCase() ?? null,
    filter.search === null ? null : `%${filter.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`,
    filter.errorCodes,
  ]
  const isCounted = filter.address === null && filter.search === null && filter.errorCodes === null
  const where = `($1::uuid IS NULL OR u.batch_id = $1) AND ($2::text[] IS NULL OR u.status = ANY($2))
    AND ($3::text IS NULL OR u.address_key = $3) AND ($4::text IS NULL OR u.address_key LIKE $4)
    AND ($5::text[] IS NULL OR u.error_code = ANY($5))`
  const { by, shown, read }: SortBy = sort === 'identity' && filter.batchId === null ? BY_ADDRESS_OF_ALL : SORTS[sort]
  const [way, past] = isDescending ? ['DESC', '<'] : ['ASC', '>']
  // Counted already, but for what is searched.
  const count = isCounted
    ? `SELECT coalesce(sum(users), 0)::int AS n FROM user_total u
         WHERE ($1::uuid IS NULL OR u.batch_id = $1) AND ($2::text[] IS NULL OR u.status = ANY($2))`
    : `SELECT count(*)::int AS n FROM migration_user u WHERE ${where}`
  const [{ rows }, { rows: counts }] = await store.retrying(() =>
    Promise.all([
      // Only the rows of the page are read whole.
      store.pool.query<UserRow & { sort_value: string }>(
        `SELECT ${COLUMNS}, page.sort_value FROM (
           SELECT u.id, ${by} AS place, ${shown} AS sort_value
           FROM migration_user u LEFT JOIN migration_batch b ON b.id = u.batch_id
           WHERE ${where} AND ($6::text IS NULL OR (${by}, u.id) ${past} (${read}, $7::uuid))
           ORDER BY ${by} ${way}, u.id ${way} LIMIT $8) AS page
         JOIN (${TABLES}) ON u.id = page.id ORDER BY page.place ${way}, page.id ${way}`,
        [...values, after?.value ?? null, after?.id ?? null, limit + 1],
      ),
      store.pool.query<{ n: number }>(count, isCounted ? values.slice(0, 2) : values),
    ]),
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    rows: page,
    next: rows.length > limit && last ? { value: last.sort_value, id: last.id } : null,
    total: counts[0]?.n ?? 0,
  }
}

/** The passes of a user, newest first. */
export async function readPasses(store: ServiceStore, userId: string, limit: number) {
  return await store.retrying(() =>
    store.db
      .selectFrom('migration_pass')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('started_at', 'desc')
      .limit(limit)
      .execute(),
  )
}
