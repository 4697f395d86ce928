/** Pages of the audit log cost the same however long it is: counted in pages of the database that a search reads. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { join } from 'node:path'
import { silentLog } from '#base/log.ts'
import { type Store, openStore } from '#store/open.ts'
import { type AuditPlace, type AuditSearch, searchAudit } from '#store/service/admin-audit-search.ts'
import { startedBefore } from '#test/data-folder.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { pagesRead } from './pages-read.ts'

const ROWS = 200_000

describe(`an audit log of ${ROWS} entries`, () => {
  const folder = temporaryFolder('audit-scale')
  let store: Store
  /** Of 8 kB each. */
  let tablePages = 0
  const start = Date.UTC(2026, 0, 1)
  const at = (row: number) => new Date(start + row * 1000)

  before(async () => {
    await startedBefore(join(folder, 'data'))
    store = await openStore({ dataFolder: join(folder, 'data'), log: silentLog })
    await store.pool.query(
      `INSERT INTO admin_audit (id, at, caller, caller_key, via, client_address, cmdlet, cmdlet_key, object, object_key,
         object_guid, parameters, result)
       SELECT gen_random_uuid(), $1::timestamptz + n * interval '1 second', c, c, 'Token', '192.0.2.1', m, m, o, o,
         gen_random_uuid(), '[{"name": "Identity", "value": "Moves"}]', CASE WHEN n % 1000 = 0 THEN 'Failed' ELSE 'Succeeded' END
       FROM (SELECT n, CASE WHEN n < 10 THEN 'first' ELSE 'token robot ' || n % 3 END AS c, 'set-' || n % 20 AS m,
         'batch ' || n % 5000 AS o FROM generate_series(1, ${ROWS}) AS n) AS rows`,
      [new Date(start)],
    )
    await store.pool.query('ANALYZE admin_audit')
    const { rows } = await store.pool.query<{ pages: number }>(
      `SELECT (pg_relation_size('admin_audit') / 8192)::int AS pages`,
    )
    tablePages = rows[0]!.pages
  })
  after(async () => {
    await store?.[Symbol.asyncDispose]()
    removeFolder(folder)
  })

  /** Of a search. */
  const searchReads = (search: AuditSearch, before_: AuditPlace | null = null): Promise<number> =>
    pagesRead(store, (counting) => searchAudit(counting, search, before_, 101))

  const middle = { at: at(ROWS / 2), n: ROWS / 2 }
  const searches: [string, AuditSearch, AuditPlace | null][] = [
    ['the newest', {}, null],
    ['a page in the middle', {}, middle],
    ['a day long ago', { from: at(1000), to: at(90_000) }, null],
    ['one cmdlet', { cmdlets: ['Set-7'] }, null],
    ['one cmdlet, from the middle', { cmdlets: ['Set-7'] }, middle],
    ['several cmdlets', { cmdlets: ['Set-7', 'Set-8'] }, null],
    ['one of many callers', { callers: ['token robot 1'] }, null],
    ['a caller of long ago', { callers: ['first'] }, null],
    ['one object', { objects: ['Batch 77'] }, null],
    ['a caller on an object', { callers: ['token robot 1'], objects: ['Batch 77'] }, null],
    ['what failed', { succeeded: false }, null],
  ]
  for (const [name, search, from] of searches) {
    test(`${name}: few pages are read`, async () => {
      const pages = await searchReads(search, from)
      assert.ok(tablePages > 4_000, String(tablePages))
      assert.ok(pages > 0 && pages < 400, `${pages} of ${tablePages} pages`)
    })
  }

  test('what a search finds is what a look at every row finds', async () => {
    const found = await searchAudit(store, { objects: ['Batch 77'], callers: ['token robot 1'] }, middle, 1000)
    const { rows } = await store.pool.query<{ n: number }>(
      `SELECT n FROM admin_audit WHERE object || '' = 'batch 77' AND caller || '' = 'token robot 1' AND n < $1 ORDER BY n DESC`,
      [ROWS / 2],
    )
    assert.ok(rows.length > 5)
    assert.deepEqual(
      found.map(({ n }) => n),
      rows.map(({ n }) => n),
    )
  })
})
