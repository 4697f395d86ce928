/** What a restore finds in the database: whether it may go there, and what would be lost. */
import type { ClientBase } from 'pg'
import { counted } from '#base/counted.ts'
import { Fault } from '#base/fault.ts'
import { createdBySchema } from './tables.ts'

/** Tables that a later file has dropped are not there. */
async function ours(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname = ANY($1) ORDER BY relname`,
    [['schema_migration', ...createdBySchema('table')]],
  )
  return rows.map(({ name }) => name)
}

/**
 * Null when nothing is there; else a clause that names it.
 * @throws Fault RESTORE_DATABASE_FOREIGN for tables of the same names that are not Waybill's
 */
export async function whatIsThere(client: ClientBase, place: string): Promise<string | null> {
  const names = await ours(client)
  if (names.length === 0) return null
  if (!names.includes('schema_migration')) {
    throw new Fault({
      code: 'RESTORE_DATABASE_FOREIGN',
      scope: 'instance',
      transient: false,
      message: `the database in ${place} has tables of other software with names that Waybill uses: ${names.join(', ')}`,
      remedy: 'Make a database of its own for Waybill, and name it in DATABASE_URL.',
      facts: { place },
    })
  }
  const number = async (table: string, what: string) =>
    names.includes(table)
      ? Number((await client.query<{ n: string }>(`SELECT ${what}::text AS n FROM ${table}`)).rows[0]!.n)
      : 0
  const count = (table: string) => number(table, 'count(*)')
  const batches = await count('migration_batch')
  const users = await count('migration_user')
  const mailboxes = await count('mailbox')
  const messages = await number('message_group', 'coalesce(sum(n), 0)')
  if (batches + users + mailboxes + messages === 0 && !(await isSetUp(count, number))) return null
  return (
    `${counted(batches, 'migration batch', 'migration batches')}, ${counted(users, 'migration user')}, ` +
    `${counted(mailboxes, 'mailbox', 'mailboxes')} and ${counted(messages, 'message')} of the ledger in ${place}`
  )
}

/** A service that was only ever started has its first database of mailboxes, its first password and no setting. */
async function isSetUp(
  count: (table: string) => Promise<number>,
  number: (table: string, what: string) => Promise<number>,
): Promise<boolean> {
  for (const table of [
    'migration_endpoint',
    'administrator',
    'api_token',
    'archived_batch',
    'setting',
    'openid_setting',
  ])
    if ((await count(table)) > 0) return true
  return (
    (await count('mailbox_database')) > 1 ||
    (await number('notification_setting', 'count(coalesce(smtp_server, hook_url))')) > 0
  )
}

/** Jobs go with them: what was at work is told to be waiting. */
export async function dropOurs(client: ClientBase): Promise<void> {
  const names = await ours(client)
  if (names.length > 0)
    await client.query(`DROP TABLE ${names.map((name) => client.escapeIdentifier(name)).join(', ')} CASCADE`)
  for (const name of createdBySchema('function'))
    await client.query(`DROP FUNCTION IF EXISTS ${client.escapeIdentifier(name)}`)
  // In a database that is not ours yet it is another program's.
  if (names.includes('schema_migration')) await client.query('DROP SCHEMA IF EXISTS pgboss CASCADE')
}

/** A service of another process on the same DATABASE_URL; the embedded database has a lock of its own. */
export async function refuseConnected(client: ClientBase, place: string): Promise<void> {
  const { rows } = await client.query<{ n: string; at: string[] | null }>(
    `SELECT count(*)::text AS n, array_agg(DISTINCT coalesce(host(client_addr), 'this machine')) AS at FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'waybill%' AND pid <> pg_backend_pid()`,
  )
  const { n, at } = rows[0]!
  if (Number(n) === 0) return
  throw new Fault({
    code: 'DATABASE_IN_USE',
    scope: 'instance',
    transient: false,
    message: `other processes of Waybill use the database at ${place} (${n} connections, from ${(at ?? []).join(', ')})`,
    remedy: 'Stop the service and its workers on every host, then give the same command again.',
    facts: { place },
  })
}
