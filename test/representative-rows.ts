/** A row or two in every table of whatever schema is there, made of what its columns and constraints ask for. */
import type { PoolClient } from 'pg'
import { backupTables } from '#store/backup/tables.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly identity: string
  /** Table and column that it refers to. */
  readonly to: string | null
  readonly to_column: string | null
  /** The constraints that name it. */
  readonly checks: string[] | null
}

const ROWS = 2
/** A restore leaves some tables out; here they have rows, too. */
export const NONE: ReadonlySet<string> = new Set(['schema_migration'])

/** Tables whose one row is there from the start are left as they are. */
export async function representativeRows(client: PoolClient): Promise<void> {
  for (const { name } of await backupTables(client, NONE)) {
    if ((await client.query(`SELECT 1 FROM ${name} LIMIT 1`)).rowCount) continue
    const columns = (await columnsOf(client, name)).filter(({ identity }) => identity === '')
    for (let row = 1; row <= ROWS; row++) {
      const values = columns.map((column) => valueOf(column, name, row))
      const list = columns.map((column) => client.escapeIdentifier(column.name)).join(', ')
      await client.query(`INSERT INTO ${name} (${list}) VALUES (${values.join(', ')}) ON CONFLICT DO NOTHING`)
    }
  }
}

async function columnsOf(client: PoolClient, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `SELECT a.attname::text AS name, format_type(a.atttypid, NULL) AS type, a.attidentity::text AS identity,
       k.confrelid::regclass::text AS to, f.attname::text AS to_column,
       (SELECT array_agg(pg_get_constraintdef(c.oid)) FROM pg_constraint c
        WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND a.attnum = ANY(c.conkey)) AS checks
     FROM pg_attribute a
     LEFT JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum]
     LEFT JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1]
     WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       AND format_type(a.atttypid, NULL) <> 'xid8'
     ORDER BY a.attnum`,
    [table],
  )
  return rows
}

/** SQL. Different in each row and column where the type lets it. */
function valueOf({ name, type, to, to_column, checks }: Column, table: string, row: number): string {
  if (to !== null) return `(SELECT ${to_column} FROM ${to} ORDER BY ${to_column} OFFSET ${row - 1} LIMIT 1)`
  // CHECK (kind IN ('Imap', 'Maildir')) is shown as ANY (ARRAY['Imap'::text, …]).
  const allowed = checks?.flatMap((check) => [...check.matchAll(/'([^']+)'::/g)].map(([, text]) => text!)) ?? []
  if (allowed.length > 0 && !type.endsWith('[]')) return `'${allowed[(row - 1) % allowed.length]}'`
  const text = `${table} ${name} ${row}, Größe "1"\\t`.replaceAll("'", "''")
  if (type.endsWith('[]')) return `ARRAY['${allowed[0] ?? text}']::${type}`
  switch (type) {
    case 'uuid':
      return 'gen_random_uuid()'
    case 'text':
      return `'${text}'`
    case 'boolean':
      return row === 1 || checks !== null ? 'true' : 'false'
    case 'bytea':
      return `sha256(convert_to('${text}', 'UTF8'))`
    case 'jsonb':
      return `'{"of": "${table}", "row": ${row}}'`
    case 'timestamp with time zone':
      return `'2026-03-0${row}T04:05:06.789Z'`
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'numeric':
      return String(row)
    default:
      throw new Error(`${table}.${name} is a ${type}, which no row has been made of yet`)
  }
}
