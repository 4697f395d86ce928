/** What the pages look up one by one: the users of a report, and an entry of the audit log; their answers, pages and refusals. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import type { AdminAuditLogEvent } from '#contract/audit.ts'
import type { ReportUser } from '#contract/organization.ts'
import { until } from '#test/crash/until.ts'
import { type ApiService, apiService } from './api-service.ts'
import { seedBatch } from './seeded-rows.ts'

suite('report users and audit entries', { timeout: 60_000 }, () => {
  let service: ApiService
  before(async () => {
    service = await apiService()
    const failed = { status: 'Failed', errorCode: 'AUTH_REFUSED' }
    const users = [{ status: 'Synced', syncedItems: 7 }, failed, { status: 'Stopped' }, failed, failed]
    const { users: ids } = await seedBatch(service.store.pool, { name: 'Wave', endpoint: 'Old', running: false, users })
    await service.store.pool.query('UPDATE migration_user SET skipped_items = 3 WHERE id = $1', [ids[2]])
  })
  after(async () => {
    await service[Symbol.asyncDispose]()
  })

  const get = async (path: string) => {
    const { status, json } = await service.ask('GET', path)
    return { status, body: json as Listed & { code: string } }
  }
  interface Listed {
    readonly items: readonly ReportUser[]
    readonly nextCursor: string | null
    readonly total: number
  }
  const rows = ({ items }: Listed) => items.map(({ rowNumber }) => rowNumber)

  test('the users of a batch come in the order of its file, with what became of them', async () => {
    const { status, body } = await get('/report-users?batch=wave')
    assert.deepEqual([status, body.total, body.nextCursor, rows(body)], [200, 5, null, [2, 3, 4, 5, 6]])
    const [synced, failed] = body.items
    assert.deepEqual(
      [synced!.identity, synced!.statusSummary, synced!.itemsSynced, synced!.error],
      ['u0@wave.example', 'Synced', 7, ''],
    )
    assert.deepEqual(
      [failed!.status, failed!.errorType, failed!.error, failed!.errorRemedy, failed!.removedBefore],
      ['Failed', 'AUTH_REFUSED', 'AUTH_REFUSED of u1@wave.example', 'Mend it.', false],
    )
  })

  test('those that failed, and those with skipped messages, can be had alone, and are counted alone', async () => {
    const failed = await get('/report-users?batch=Wave&show=Failed')
    assert.deepEqual([failed.body.total, rows(failed.body)], [3, [3, 5, 6]])
    const skipped = await get('/report-users?batch=Wave&show=Skipped')
    assert.deepEqual([skipped.body.total, rows(skipped.body)], [1, [4]])
  })

  test('page follows page, each row once, and the total is of all', async () => {
    const seen: number[] = []
    let cursor = ''
    for (let pages = 1; ; pages++) {
      const { body } = await get(`/report-users?batch=Wave&limit=2${cursor}`)
      assert.equal(body.total, 5)
      seen.push(...rows(body))
      if (body.nextCursor === null) {
        assert.equal(pages, 3)
        break
      }
      cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`
    }
    assert.deepEqual(seen, [2, 3, 4, 5, 6])
  })

  test('no batch, one that is not there, a cursor of nobody and another order are refused', async () => {
    for (const [query, status, code] of [
      ['', 422, 'VALUE_INVALID'],
      ['?batch=Nothing', 404, 'OBJECT_NOT_FOUND'],
      ['?batch=Wave&cursor=nonsense', 422, 'VALUE_INVALID'],
      ['?batch=Wave&show=Best', 422, 'VALUE_INVALID'],
      ['?batch=Wave&sort=identity', 422, 'VALUE_INVALID'],
      ['?batch=Wave&limit=0', 422, 'VALUE_INVALID'],
    ] as const) {
      const refused = await get(`/report-users${query}`)
      assert.deepEqual([query, refused.status, refused.body.code], [query, status, code])
    }
  })

  test('one entry of the audit log is what the list has of it; what is none is not found', async () => {
    const made = await service.ask('POST', '/endpoints', {
      json: { name: 'Audited', remoteServer: 'imap.old.example', skipVerification: true },
    })
    assert.equal(made.status, 201)
    const listed = async () =>
      (await service.ask('GET', '/audit-log?cmdlets=New-MigrationEndpoint&objectIds=Audited')).json
        .items as AdminAuditLogEvent[]
    await until('it is in the log', async () => (await listed())[0]?.succeeded === true)
    const [entry] = await listed()
    const { status, json } = await service.ask('GET', `/audit-log/${entry!.identity}`)
    assert.deepEqual([status, json], [200, entry])
    const body = json as AdminAuditLogEvent
    assert.deepEqual(
      [body.cmdletName, body.objectModified, body.via, body.error],
      ['New-MigrationEndpoint', 'Audited', 'Socket', ''],
    )
    assert.ok(
      body.modifiedProperties.some(({ name, newValue }) => name === 'RemoteServer' && newValue === 'imap.old.example'),
    )
    for (const identity of [randomUUID(), 'nothing', '*']) {
      const refused = await get(`/audit-log/${encodeURIComponent(identity)}`)
      assert.deepEqual([identity, refused.status, refused.body.code], [identity, 404, 'OBJECT_NOT_FOUND'])
    }
  })
})
