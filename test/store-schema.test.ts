import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { silentLog } from '#base/log.ts'
import { createdBySchema } from '#store/backup/tables.ts'
import { instanceHash } from '#store/embedded/socket-folder.ts'
import { openStore, type Store } from '#store/open.ts'
import { migrateSchema, schemaFiles, type SchemaFile } from '#store/schema.ts'
import { refuseWeakServer } from '#store/server-checks.ts'
import { removeFolder } from '#test/remove-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'waybill-schema-'))
let store: Store
before(async () => {
  store = await openStore({ dataFolder: folder, log: silentLog })
})
after(async () => {
  await store[Symbol.asyncDispose]()
  removeFolder(folder)
})

const file = (number: number, sql: string, sha256 = `${number}`): SchemaFile => ({
  number,
  name: `${number}.sql`,
  sql,
  sha256,
})

test('files are applied once and in order, by any number of processes at once', async () => {
  const files = [...schemaFiles(), file(9001, 'create table a (n int)'), file(9002, 'alter table a add m int')]
  const counts = await Promise.all([1, 2, 3].map(() => migrateSchema(store.pool, store.where, files)))
  assert.equal(
    counts.reduce((sum, count) => sum + count),
    2,
  )
  assert.equal(await migrateSchema(store.pool, store.where, files), 0)
  await store.pool.query('delete from schema_migration where number > 9000')
})

test('a file that fails leaves nothing behind', async () => {
  const files = [...schemaFiles(), file(9003, 'create table half (n int); select 1/0')]
  await assert.rejects(migrateSchema(store.pool, store.where, files))
  const { rows } = await store.pool.query(`select to_regclass('half') as half`)
  assert.deepEqual(rows, [{ half: null }])
})

test('the tables of the schema are known by name: a backup and a restore touch no other', async () => {
  const { rows } = await store.pool.query<{ name: string }>(
    `SELECT relname::text AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')`,
  )
  const there = rows.map(({ name }) => name).filter((name) => !['schema_migration', 'a'].includes(name))
  assert.deepEqual(there.toSorted(), createdBySchema('table').toSorted())
})

test('a database of a newer Waybill, or of another file, is refused with the remedy', async () => {
  await store.pool.query(`insert into schema_migration (number, name, sha256) values (9009, '9009-x.sql', 'x')`)
  await assert.rejects(migrateSchema(store.pool, store.where), { code: 'SCHEMA_NEWER', scope: 'instance' })
  await store.pool.query('delete from schema_migration where number = 9009')
  const changed = schemaFiles().map((one) => ({ ...one, sha256: 'other' }))
  await assert.rejects(migrateSchema(store.pool, store.where, changed), { code: 'SCHEMA_CHANGED' })
})

function urlOf(): string {
  const password = readFileSync(join(folder, 'keys', 'postgres.password'), 'utf8')
  const socket = [`/run/waybill/${instanceHash(folder)}`, `/tmp/waybill-${instanceHash(folder)}`].find((path) =>
    existsSync(path),
  )!
  return `postgresql://waybill:${password}@/waybill?host=${encodeURIComponent(socket)}`
}

test('with DATABASE_URL two processes share the database, and no password reaches a message', async () => {
  const other = mkdtempSync(join(tmpdir(), 'waybill-schema-'))
  try {
    const options = { dataFolder: other, databaseUrl: urlOf(), log: silentLog }
    await using one = await openStore(options)
    await using two = await openStore(options)
    assert.equal(one.kind, 'external')
    assert.equal(
      await two.retrying(async () => (await two.db.selectFrom('schema_migration').select('number').execute()).length),
      schemaFiles().length,
    )
    await store.pool.query('alter role waybill set synchronous_commit = off')
    await assert.rejects(openStore(options), { code: 'DATABASE_NOT_DURABLE', message: /synchronous_commit = off/ })
    await store.pool.query('alter role waybill reset synchronous_commit')
    const wrong = options.databaseUrl.replace(/:[^:@/]+@/, ':geheim@')
    await assert.rejects(openStore({ ...options, databaseUrl: wrong }), (fault: Error & { code: string }) => {
      assert.equal(fault.code, 'DATABASE_LOGIN_REFUSED')
      assert.doesNotMatch(fault.message, /geheim/)
      return true
    })
  } finally {
    removeFolder(other)
  }
})

test('a connection that is lost while a query has it ends that query, not the process', async () => {
  const uncaught: Error[] = []
  const hear = (error: Error) => void uncaught.push(error)
  process.on('uncaughtException', hear)
  try {
    const lost = store.db.connection().execute(async (held) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(held)
      await store.pool.query('select pg_terminate_backend($1, 5000)', [rows[0]!.pid])
      // Whoever holds the connection hears of it with its next query, one round trip later at the latest.
      await store.pool.query('select 1')
      await sql`select 1`.execute(held)
    })
    await assert.rejects(lost)
    await store.db.selectFrom('setting').select('name').execute()
    assert.deepEqual(uncaught, [])
  } finally {
    process.off('uncaughtException', hear)
  }
})

test('a server that promises less than we stand on is refused', () => {
  const good = {
    version: 150000,
    versionText: '15',
    fsync: 'on',
    synchronousCommit: 'on',
    fullPageWrites: 'on',
    encoding: 'UTF8',
    readOnly: false,
  }
  assert.doesNotThrow(() => refuseWeakServer(good, store.where))
  for (const [weak, code] of [
    [{ version: 140011 }, 'DATABASE_TOO_OLD'],
    [{ fsync: 'off' }, 'DATABASE_NOT_DURABLE'],
    [{ synchronousCommit: 'local' }, 'DATABASE_NOT_DURABLE'],
    [{ fullPageWrites: 'off' }, 'DATABASE_NOT_DURABLE'],
    [{ encoding: 'SQL_ASCII' }, 'DATABASE_ENCODING'],
    [{ readOnly: true }, 'DATABASE_READ_ONLY'],
  ] as const) {
    assert.throws(() => refuseWeakServer({ ...good, ...weak }, store.where), { code })
  }
})
