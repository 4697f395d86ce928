/** Brings the database to the schema of this code: numbered SQL files, each applied once, in order, for ever. */
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Pool, PoolClient } from 'pg'
import { Fault, bug } from '#base/fault.ts'
import { LOCK_CLASS, SCHEMA_LOCK } from './instance-lock.ts'
import type { Whereabouts } from './pg-faults.ts'

export interface SchemaFile {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

export interface Applied {
  readonly number: number
  readonly name: string
  readonly sha256: string
}

const SQL_FOLDER = fileURLToPath(new URL('sql', import.meta.url))

/** `NNNN-name.sql` of a folder, ascending. Numbers may have gaps, not doubles. */
export function schemaFiles(folder = SQL_FOLDER): SchemaFile[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name), 'utf8')
      const number = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1]
      if (number === undefined) throw bug('SCHEMA_NAME', `${name} is not called NNNN-name.sql`)
      return { number: Number(number), name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
    })
  const double = files.find((file, at) => files[at - 1]?.number === file.number)
  if (double) throw bug('SCHEMA_DOUBLE', `two files have the number of ${double.name}`)
  return files
}

/**
 * Applies what is missing, each file in one transaction, under an advisory lock: any number of processes may start
 * at once. Answers how many files were applied.
 * @throws Fault SCHEMA_NEWER when a newer Waybill was here, SCHEMA_CHANGED when an applied file is another now
 */
export async function migrateSchema(pool: Pool, where: Whereabouts, files = schemaFiles()): Promise<number> {
  const applied = await appliedFiles(pool)
  refuseForeign(applied, files, where)
  const missing = files.filter((file) => !applied.some(({ number }) => number === file.number))
  if (missing.length === 0) return 0
  const client = await pool.connect()
  try {
    let count = 0
    for (const file of missing) if (await apply(client, file, files, where)) count++
    client.release()
    return count
  } catch (thrown) {
    // Its transaction may be open still: closed, not given back.
    client.release(true)
    throw thrown
  }
}

/** Whether the database has the files of this code, no fewer and no more: another Waybill may have been at it since. */
export async function isSchemaCurrent(pool: Pool): Promise<boolean> {
  ours ??= schemaFiles()
  const applied = await appliedFiles(pool)
  return (
    applied.length === ours.length &&
    applied.every(({ number, sha256 }, at) => ours![at]?.number === number && ours![at].sha256 === sha256)
  )
}
let ours: readonly SchemaFile[] | undefined

export async function appliedFiles(client: Pool | PoolClient): Promise<Applied[]> {
  const { rows } = await client.query<{ there: boolean }>(`select to_regclass('schema_migration') is not null as there`)
  if (!rows[0]?.there) return []
  return (await client.query<Applied>('select number, name, sha256 from schema_migration order by number')).rows
}

/** False when another process has applied it meanwhile. */
async function apply(client: PoolClient, file: SchemaFile, files: SchemaFile[], where: Whereabouts): Promise<boolean> {
  await client.query('begin')
  // An index over millions of rows takes its time; so does waiting for another process that builds it.
  await client.query('set local statement_timeout = 0; set local lock_timeout = 0')
  await client.query(`select pg_advisory_xact_lock(${LOCK_CLASS}, ${SCHEMA_LOCK})`)
  await client.query(MIGRATION_TABLE)
  const applied = await appliedFiles(client)
  refuseForeign(applied, files, where)
  if (applied.some(({ number }) => number === file.number)) {
    await client.query('rollback')
    return false
  }
  await applyFile(client, file)
  await client.query('commit')
  return true
}

const MIGRATION_TABLE = `create table if not exists schema_migration (
  number int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())`

/** Within a transaction of the caller's, on a database that has none of `files`: for a restore, which is all or nothing. */
export async function applyFiles(client: PoolClient, files: readonly SchemaFile[]): Promise<void> {
  await client.query(MIGRATION_TABLE)
  for (const file of files) await applyFile(client, file)
}

async function applyFile(client: PoolClient, file: SchemaFile): Promise<void> {
  await client.query(file.sql)
  await client.query('insert into schema_migration (number, name, sha256) values ($1, $2, $3)', [
    file.number,
    file.name,
    file.sha256,
  ])
}

/** @throws Fault SCHEMA_NEWER, SCHEMA_CHANGED */
export function refuseForeign(applied: readonly Applied[], files: readonly SchemaFile[], { place }: Whereabouts): void {
  const init = { scope: 'instance', transient: false } as const
  for (const { number, name, sha256 } of applied) {
    const file = files.find((one) => one.number === number)
    if (!file) {
      throw new Fault({
        ...init,
        code: 'SCHEMA_NEWER',
        message: `the database in ${place} was used by a newer Waybill: it has ${name}, which this one does not know`,
        remedy: 'Install the newest Waybill, or restore the backup that was made before the upgrade.',
        facts: { place, number },
      })
    }
    if (file.sha256 !== sha256) {
      throw new Fault({
        ...init,
        code: 'SCHEMA_CHANGED',
        message: `the database in ${place} was made with another ${name} than this Waybill brings`,
        remedy: 'Install the Waybill that made it, or use a new data folder or database.',
        facts: { place, number },
      })
    }
  }
}
