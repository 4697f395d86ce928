/** A database as an older version left it: its tables alone, with the rows that the newer one has in their columns. */
import type { Pool, PoolClient } from 'pg'
import { backupTables, identityColumns } from '#store/backup/tables.ts'
import { NONE } from './representative-rows.ts'
import { inTransaction } from '#store/ledger/transaction.ts'
import { applyFiles, schemaFiles } from '#store/schema.ts'

export type Rows = Readonly<Record<string, readonly string[]>>

/** Every row of every table in the schema `public`, as JSON text, in one order. `columns`: only these of each table. */
export async function allRows(
  pool: Pool | PoolClient,
  columns?: ReadonlyMap<string, readonly string[]>,
): Promise<Rows> {
  const client = 'release' in pool ? pool : await pool.connect()
  try {
    const found: Record<string, string[]> = {}
    for (const table of await backupTables(client, NONE)) {
      const wanted = columns === undefined ? table.columns : columns.get(table.name)
      if (!wanted) continue
      const list = wanted.map((column) => client.escapeIdentifier(column)).join(', ')
      const { rows } = await client.query<{ row: string }>(
        `SELECT row_to_json(t)::text AS row FROM (SELECT ${list} FROM ${client.escapeIdentifier(table.name)}) AS t ORDER BY 1`,
      )
      found[table.name] = rows.map(({ row }) => row)
    }
    return found
  } finally {
    if (client !== pool) client.release()
  }
}

/** Columns of every table, by its name. */
export async function columnsOf(client: PoolClient): Promise<Map<string, readonly string[]>> {
  return new Map((await backupTables(client, NONE)).map(({ name, columns }) => [name, columns]))
}

/** Makes the schema that `number` was the newest file of, out of a newer one. Jobs go. */
export async function downgrade(pool: Pool, number: number): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(
      'DROP SCHEMA IF EXISTS pgboss CASCADE; ALTER SCHEMA public RENAME TO newer; CREATE SCHEMA public',
    )
    await client.query('SET LOCAL search_path = public')
    await applyFiles(
      client,
      schemaFiles().filter((file) => file.number <= number),
    )
    const tables = await backupTables(client)
    await client.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')} CASCADE`)
    for (const { name, columns } of tables) {
      const list = columns.map((column) => client.escapeIdentifier(column)).join(', ')
      await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`)
      await client.query(
        `INSERT INTO public.${name} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM newer.${name}`,
      )
      await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`)
    }
    for (const { table, column, sequence } of await identityColumns(client))
      await client.query(`SELECT setval('${sequence}', coalesce(max(${column}), 1)) FROM ${table}`)
    await client.query('DROP SCHEMA newer CASCADE')
  })
}
