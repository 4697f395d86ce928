/** Which tables a backup holds: every one of ours but those that only mean something while processes run. */
import type { ClientBase } from 'pg'
import { schemaFiles } from '../schema.ts'

/** Work in hand, sign-ins and answers kept for repetition: all of it is void in another place at another time. */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  'schema_migration',
  'slot',
  'worker',
  'csv_file',
  'administrator_session',
  'first_password',
  'known_network',
  'idempotency_key',
  'openid_pending',
])

/**
 * Types whose values mean nothing in another cluster: an event is shown once no older transaction is open, and the
 * numbers of transactions begin anew there.
 */
const LEFT_OUT_TYPES = ['xid8']

/** Names that the files of our schema give. Whatever else is in the database is other software's. */
export const createdBySchema = (what: 'table' | 'function'): string[] =>
  schemaFiles().flatMap(({ sql }) =>
    [...sql.matchAll(new RegExp(`^\\s*create ${what} (?:if not exists )?([a-z_][a-z0-9_]*)`, 'gim'))].map(
      ([, name]) => name!,
    ),
  )

export interface TableShape {
  readonly name: string
  readonly columns: readonly string[]
}

/** In an order in which they can be loaded: whoever is referred to comes first. */
export async function backupTables(client: ClientBase, leftOut = LEFT_OUT): Promise<TableShape[]> {
  const { rows: columns } = await client.query<{ name: string; columns: string[] }>(
    `SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
       AND a.attgenerated = '' AND format_type(a.atttypid, NULL) <> ALL($1) AND c.relname = ANY($2)
     GROUP BY c.relname ORDER BY c.relname`,
    [LEFT_OUT_TYPES, ['schema_migration', ...createdBySchema('table')]],
  )
  const { rows: references } = await client.query<{ from: string; to: string }>(
    `SELECT DISTINCT f.relname::text AS from, t.relname::text AS to
     FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
     WHERE k.contype = 'f' AND f.relnamespace = current_schema()::regnamespace AND f.oid <> t.oid`,
  )
  const wanted = new Map(columns.filter(({ name }) => !leftOut.has(name)).map((table) => [table.name, table]))
  const ordered: TableShape[] = []
  const visit = (name: string, path: readonly string[]) => {
    const table = wanted.get(name)
    if (!table || path.includes(name)) return
    for (const { from, to } of references) if (from === name) visit(to, [...path, name])
    if (wanted.delete(name)) ordered.push(table)
  }
  for (const { name } of columns) visit(name, [])
  return ordered
}

export interface IdentityColumn {
  readonly table: string
  readonly column: string
  readonly sequence: string
}

export async function identityColumns(client: ClientBase): Promise<IdentityColumn[]> {
  const { rows } = await client.query<IdentityColumn>(
    `SELECT c.relname::text AS table, a.attname::text AS column,
       pg_get_serial_sequence(format('%I', c.relname), a.attname) AS sequence
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attidentity <> ''
     ORDER BY 1, 2`,
  )
  return rows
}
