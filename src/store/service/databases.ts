/** Mailbox databases as they are stored: where target mailboxes live. */
import type { Selectable, Updateable } from 'kysely'
import { inUse, nameTaken, notFound, stateForbids } from '#base/request-faults.ts'
import { inTransaction } from '../ledger/transaction.ts'
import type { MailboxDatabaseTable } from '../tables.ts'
import { isGuid, isStillReferred, nameKey } from './named.ts'
import type { ServiceStore } from './service-store.ts'

export type DatabaseRow = Selectable<MailboxDatabaseTable>
export type NewDatabaseRow = Omit<DatabaseRow, 'name_key' | 'created_at' | 'modified_at'>
export type DatabaseChanges = Partial<
  Pick<
    Updateable<MailboxDatabaseTable>,
    | 'path'
    | 'server'
    | 'port'
    | 'security'
    | 'accept_untrusted'
    | 'allow_clear_text'
    | 'login_template'
    | 'admin_user'
    | 'admin_password'
    | 'is_default'
  >
>

const KIND = 'mailbox database'

export async function listDatabaseRows(store: ServiceStore): Promise<DatabaseRow[]> {
  return store.retrying(() => store.db.selectFrom('mailbox_database').selectAll().execute())
}

/** @throws Fault OBJECT_NOT_FOUND */
export async function findDatabase(store: ServiceStore, identity: string): Promise<DatabaseRow> {
  const row = await read(store, nameKey(identity), isGuid(identity) ? identity : null)
  if (!row) throw notFound(KIND, identity)
  return row
}

/** Where users go that name no other; null when an administrator removed every database. */
export async function defaultDatabase(store: ServiceStore): Promise<DatabaseRow | null> {
  const row = await store.retrying(() =>
    store.db.selectFrom('mailbox_database').selectAll().where('is_default', '=', true).executeTakeFirst(),
  )
  return row ?? null
}

export async function databaseWithId(store: ServiceStore, id: string): Promise<DatabaseRow | null> {
  return (await read(store, null, id)) ?? null
}

export async function isDatabaseName(store: ServiceStore, name: string): Promise<boolean> {
  return (await read(store, nameKey(name), null)) !== undefined
}

async function read(store: ServiceStore, key: string | null, id: string | null): Promise<DatabaseRow | undefined> {
  const { rows } = await store.retrying(() =>
    store.pool.query<DatabaseRow>(
      `SELECT * FROM mailbox_database WHERE id = $1::uuid OR name_key = $2
       ORDER BY id = $1::uuid DESC NULLS LAST LIMIT 1`,
      [id, key],
    ),
  )
  return rows[0]
}

/** Changes of which is the default come one after the other: at most one is, and while there are any, one is. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('waybill default database', 0))`

/**
 * The first one is the default.
 * @throws Fault NAME_TAKEN
 */
export async function insertDatabase(store: ServiceStore, row: NewDatabaseRow): Promise<DatabaseRow> {
  await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      await client.query(LOCK)
      const taken = await client.query('SELECT FROM mailbox_database WHERE name_key = $1', [nameKey(row.name)])
      if (taken.rowCount !== 0) return
      if (row.is_default) await client.query('UPDATE mailbox_database SET is_default = false WHERE is_default')
      await client.query(
        `INSERT INTO mailbox_database (id, name, name_key, kind, path, server, port, security, accept_untrusted,
           allow_clear_text, login_template, admin_user, admin_password, is_default)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
           NOT EXISTS (SELECT FROM mailbox_database WHERE is_default))`,
        [
          row.id,
          row.name,
          nameKey(row.name),
          row.kind,
          row.path,
          row.server,
          row.port,
          row.security,
          row.accept_untrusted,
          row.allow_clear_text,
          row.login_template,
          row.admin_user,
          row.admin_password,
        ],
      )
    }),
  )
  // There, also when it was an earlier attempt whose answer was lost.
  const stored = await read(store, null, row.id)
  if (!stored) throw nameTaken(KIND, row.name)
  return stored
}

/**
 * @param decide sees the row as it is, locked; answers what changes, or throws what forbids it
 * @throws Fault OBJECT_NOT_FOUND
 */
export async function changeDatabase(
  store: ServiceStore,
  id: string,
  decide: (row: DatabaseRow) => DatabaseChanges,
): Promise<DatabaseRow> {
  await store.retrying(() =>
    inTransaction(store.pool, async (client) => {
      await client.query(LOCK)
      const { rows } = await client.query<DatabaseRow>('SELECT * FROM mailbox_database WHERE id = $1 FOR UPDATE', [id])
      if (!rows[0]) throw notFound(KIND, id)
      const set = Object.entries(decide(rows[0])).filter(([, value]) => value !== undefined)
      if (set.some(([column, value]) => column === 'is_default' && value === true)) {
        await client.query('UPDATE mailbox_database SET is_default = false WHERE is_default AND id <> $1', [id])
      }
      const columns = set.map(([column], at) => `${column} = $${at + 2}`)
      await client.query(
        `UPDATE mailbox_database SET ${[...columns, 'modified_at = now()'].join(', ')} WHERE id = $1`,
        [id, ...set.map(([, value]) => value)],
      )
    }),
  )
  const changed = await read(store, null, id)
  if (!changed) throw notFound(KIND, id)
  return changed
}

/**
 * The default goes only as the last one: which of the others should take new batches is not for us to guess.
 * @param check sees the row as it is, locked, and throws what forbids the removal
 * @throws Fault OBJECT_IN_USE, naming the batches; STATE_FORBIDS for the default while there are others
 */
export async function deleteDatabase(
  store: ServiceStore,
  { id, name }: DatabaseRow,
  check: (row: DatabaseRow) => void,
): Promise<void> {
  await store.retrying(async () => {
    try {
      await inTransaction(store.pool, async (client) => {
        await client.query(LOCK)
        const { rows } = await client.query<DatabaseRow>('SELECT * FROM mailbox_database WHERE id = $1 FOR UPDATE', [
          id,
        ])
        if (rows[0]) check(rows[0])
        const { rowCount } = await client.query(
          `SELECT FROM mailbox_database d WHERE id = $1 AND is_default
             AND EXISTS (SELECT FROM mailbox_database o WHERE o.id <> d.id)`,
          [id],
        )
        if (rowCount)
          throw stateForbids(
            'Remove-MailboxDatabase',
            `the mailbox database "${name}"`,
            'it is the default; make another one the default first',
          )
        await client.query('DELETE FROM mailbox_database WHERE id = $1', [id])
      })
    } catch (thrown) {
      if (isStillReferred(thrown)) throw inUse(KIND, name, await usersOf(store, id))
      throw thrown
    }
  })
}

async function usersOf(store: ServiceStore, id: string): Promise<string[]> {
  const batches = (await batchesByDatabase(store)).get(id) ?? []
  return batches.map(({ name, isWhole }) => (isWhole ? `batch "${name}"` : `rows of batch "${name}"`))
}

export interface DatabaseUser {
  readonly name: string
  /** Else some rows of it alone. */
  readonly isWhole: boolean
}

/**
 * By the id of the database: batches that name it, and batches of which a row does; by name. A look into an index for
 * each pair: batches are some hundred, users 50,000 in each.
 */
export async function batchesByDatabase(store: ServiceStore): Promise<ReadonlyMap<string, readonly DatabaseUser[]>> {
  const { rows } = await store.retrying(() =>
    store.pool.query<{ database_id: string; name: string; is_whole: boolean }>(
      `SELECT used.database_id, b.name, used.database_id = b.database_id AS is_whole
       FROM (SELECT id AS batch_id, database_id FROM migration_batch
             UNION SELECT b.id, d.id FROM mailbox_database d CROSS JOIN migration_batch b CROSS JOIN LATERAL (
               SELECT 1 FROM migration_user u WHERE u.database_id = d.id AND u.batch_id = b.id LIMIT 1) AS row) used
         JOIN migration_batch b ON b.id = used.batch_id ORDER BY b.name_key`,
    ),
  )
  return new Map(
    [...Map.groupBy(rows, (row) => row.database_id)].map(([id, users]) => [
      id,
      users.map((user) => ({ name: user.name, isWhole: user.is_whole })),
    ]),
  )
}
