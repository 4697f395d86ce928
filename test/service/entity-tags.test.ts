/** Two people edit one object: nobody undoes what the other did without having seen it (RFC 9110 §13). */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Answer } from '#test/api/api-world.ts'
import { type ApiService, apiService, csv } from './api-service.ts'

const endpoint = { name: 'Old', remoteServer: 'imap.example.net', skipVerification: true }
const quiet = { skipVerification: true }

suite('ETag and If-Match', { timeout: 60_000 }, () => {
  let service: ApiService
  before(async () => {
    service = await apiService()
    assert.equal((await service.ask('POST', '/endpoints', { json: endpoint })).status, 201)
    const upload = await service.ask('POST', '/csv-files', csv('EmailAddress,UserName,Password\na@x.example,a,p\n'))
    const batch = { name: 'Moves', sourceEndpoint: 'Old', csvFile: upload.json.csvFile }
    assert.equal((await service.ask('POST', '/batches', { json: batch })).status, 201)
  })
  after(async () => {
    await service[Symbol.asyncDispose]()
  })

  const get = (path: string, headers: Record<string, string> = {}) => service.ask('GET', path, { headers })
  const tag = async (path: string) => (await get(path)).headers.etag!
  const patch = (path: string, etag: string, json: object) =>
    service.ask('PATCH', path, { json, headers: { 'if-match': etag } })
  const fields = ({ json }: Answer) => (json.errors as { field: string }[]).map(({ field }) => field)

  const objects = [
    { path: '/endpoints/old', one: { maxConcurrentMigrations: 30 }, other: { maxConcurrentIncrementalSyncs: 5 } },
    { path: '/batches/moves', one: { contentFilter: "Received -ge '2020-01-01'" }, other: { skipReports: true } },
    { path: '/databases/local', one: { isDefault: true }, other: { isDefault: true } },
    { path: '/notification-settings', one: { fromName: 'Moves' }, other: { language: 'fr' } },
    { path: '/config', one: { maxNumberOfBatches: 50 }, other: { maxConcurrentMigrations: 20 } },
    { path: '/users/a@x.example', one: { startAfter: '2099-01-01T00:00:00Z' }, other: { startAfter: null } },
  ]
  for (const { path, one, other } of objects) {
    test(`${path}: a change with the tag that was seen is made and answers the next tag; with an old one it is 412`, async () => {
      const seen = await tag(path)
      assert.match(seen, /^(?:W\/)?"[\w-]+"$/)
      assert.equal(await tag(path), seen)
      const changed = await patch(path, seen, one)
      assert.equal(changed.status, 200, changed.text)
      assert.notEqual(changed.headers.etag, seen)
      assert.equal(await tag(path), changed.headers.etag)
      const refused = await patch(path, seen, other)
      assert.deepEqual([refused.status, refused.json.code], [412, 'PRECONDITION_FAILED'])
      assert.equal(refused.headers.etag, changed.headers.etag)
      const named = fields(refused).filter((field) => field !== 'lastModifiedDateTime')
      if (path !== '/databases/local') assert.deepEqual(named, Object.keys(one))
      assert.equal((await patch(path, changed.headers.etag!, other)).status, 200)
      assert.equal((await patch(path, `"none", ${await tag(path)}`, other)).status, 200)
      assert.equal((await patch(path, '*', other)).status, 200)
      assert.equal((await service.ask('PATCH', path, { json: other })).status, 200)
    })
  }

  test('412 says what the changed field is now', async () => {
    const seen = await tag('/endpoints/old')
    assert.equal((await service.ask('PATCH', '/endpoints/old', { json: { port: 1993, ...quiet } })).status, 200)
    const { json } = await patch('/endpoints/old', seen, { maxConcurrentMigrations: 40 })
    assert.deepEqual(json.errors, [{ field: 'port', message: 'is now 1993' }])
    assert.match(json.detail, /changed meanwhile: port\.$/)
  })

  test('a list is told by its words, one that is empty as none', async () => {
    const change = async (json: object) => {
      const seen = await tag('/batches/moves')
      assert.equal((await service.ask('PATCH', '/batches/moves', { json })).status, 200)
      return (await patch('/batches/moves', seen, { skipReports: true })).json.errors
    }
    const message = 'is now #Inbox#, Old things/*'
    assert.deepEqual(await change({ excludeFolders: ['#Inbox#', 'Old things/*'] }), [
      { field: 'excludeFolders', message },
    ])
    assert.deepEqual(await change({ excludeFolders: [] }), [{ field: 'excludeFolders', message: 'is now none' }])
  })

  const rivals: [string, (n: number) => object][] = [
    ['/endpoints/old', (n) => ({ maxConcurrentMigrations: 100 + n })],
    ['/batches/moves', (n) => ({ excludeFolders: [`F${n}`] })],
    ['/databases/local', () => ({ isDefault: true })],
    ['/notification-settings', (n) => ({ fromName: `N${n}` })],
    ['/config', (n) => ({ maxNumberOfBatches: 500 + n })],
    ['/users/a@x.example', (n) => ({ startAfter: `2099-02-0${n + 1}T00:00:00Z` })],
  ]
  for (const [path, change] of rivals) {
    test(`${path}: of eight that saw the same and change it at once, one does`, async () => {
      const seen = await tag(path)
      const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => patch(path, seen, change(n))))
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array<number>(7).fill(412)])
      assert.equal(await tag(path), answers.find(({ status }) => status === 200)!.headers.etag)
    })
  }

  test('which batches use a database is not part of its tag', async () => {
    const seen = await tag('/databases/local')
    await service.store.pool.query(`UPDATE migration_batch SET name = 'Moved' WHERE name = 'Moves'`)
    const database = await get('/databases/local')
    assert.deepEqual(database.json.batches, ['Moved'])
    assert.equal(database.headers.etag, seen)
    await service.store.pool.query(`UPDATE migration_batch SET name = 'Moves' WHERE name = 'Moved'`)
  })

  test('what counts while a batch runs is not part of its tag; what a form shows is', async () => {
    const seen = await tag('/batches/moves')
    const count = 'UPDATE migration_user SET synced_items = synced_items + 5, transferred_bytes = 700'
    await service.store.pool.query(count)
    const batch = await get('/batches/moves')
    assert.equal(batch.json.itemsSynced, 5)
    assert.equal(batch.headers.etag, seen)
    assert.equal((await get('/batches/moves', { 'if-none-match': seen })).status, 200)
  })

  for (const path of ['/config', '/notification-settings']) {
    test(`${path}: who has the answer already is told so with 304, and gets it when it has changed`, async () => {
      const seen = await tag(path)
      const known = await get(path, { 'if-none-match': `"other", ${seen}` })
      assert.deepEqual([known.status, known.text, known.headers.etag], [304, '', seen])
      assert.equal((await get(path, { 'if-none-match': '*' })).status, 304)
      await service.ask('PATCH', path, {
        json: path === '/config' ? { maxNumberOfBatches: 77 } : { fromName: 'Known' },
      })
      assert.equal((await get(path, { 'if-none-match': seen })).status, 200)
    })
  }

  test('a removal with an old tag removes nothing', async () => {
    await service.ask('POST', '/endpoints', { json: { ...endpoint, name: 'Gone' } })
    await service.ask('POST', '/databases', { json: { name: 'Gone', kind: 'Imap', server: 'x.example', ...quiet } })
    for (const [path, change, status] of [
      ['/endpoints/gone', { maxConcurrentMigrations: 33 }, 204],
      ['/databases/gone', { port: 1143, ...quiet }, 204],
      ['/users/a@x.example', { startAfter: '2099-03-01T00:00:00Z' }, 204],
      ['/batches/moves', { skipReports: true, excludeFolders: [] }, 202],
    ] as const) {
      const remove = (etag: string) => service.ask('DELETE', path, { headers: { 'if-match': etag } })
      const seen = await tag(path)
      assert.equal((await service.ask('PATCH', path, { json: change })).status, 200)
      assert.equal((await remove(seen)).status, 412, path)
      assert.equal((await get(path)).status, 200)
      assert.equal((await remove(await tag(path))).status, status, path)
    }
  })

  test('a created object is answered with its tag, and a tag that is none is refused', async () => {
    const made = await service.ask('POST', '/endpoints', { json: { ...endpoint, name: 'Made' } })
    assert.equal(made.headers.etag, await tag('/endpoints/made'))
    for (const wrong of ['abc', 'W/abc', '"a" "b"']) {
      assert.equal((await patch('/endpoints/made', wrong, { port: 143 })).json.code, 'REQUEST_MALFORMED', wrong)
    }
    const foreign = await patch('/endpoints/made', '"abc"', { port: 143 })
    assert.deepEqual([foreign.status, foreign.json.errors], [412, []])
  })
})
