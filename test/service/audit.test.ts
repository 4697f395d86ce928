/** The audit log of a running service: who did what to which object, before and after. */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import { type Store, openStore } from '#store/open.ts'
import type { AuditChange, AuditParameter } from '#store/service/admin-audit.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { Served } from './world.ts'

interface Row {
  readonly caller: string
  readonly via: string
  readonly cmdlet: string
  readonly object: string
  readonly object_guid: string | null
  readonly parameters: readonly AuditParameter[]
  readonly modified: readonly AuditChange[]
  readonly result: string
  readonly error_code: string | null
  readonly error: string | null
}

describe('the audit log', () => {
  const folder = temporaryFolder('audit')
  const dataFolder = join(folder, 'data')
  let served: Served
  let store: Store
  let last = 0

  before(async () => {
    served = await Served.start({ dataFolder, args: ['--concurrency', '0'] })
    store = await openStore({ dataFolder, joins: true, log: silentLog })
  })
  after(async () => {
    await store?.[Symbol.asyncDispose]()
    await served?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Rows since the last time this was asked. */
  async function rows(): Promise<Row[]> {
    const { rows: found } = await store.pool.query<Row & { n: number }>(
      'SELECT * FROM admin_audit WHERE n > $1 ORDER BY n',
      [last],
    )
    last = found.at(-1)?.n ?? last
    return found
  }

  async function row(): Promise<Row> {
    const found = await rows()
    assert.equal(found.length, 1, JSON.stringify(found))
    return found[0]!
  }

  const endpoint = { name: 'Source', remoteServer: 'imap.contoso.example', skipVerification: true }

  test('a new object: who, from where, with what, and what it is now', async () => {
    const { guid } = await served.must<{ guid: string }>('POST', '/endpoints', endpoint)
    const { caller, via, cmdlet, object, object_guid, parameters, modified, result } = await row()
    assert.deepEqual(
      { caller, via, cmdlet, object, object_guid, result },
      {
        caller: 'Local administrator',
        via: 'Socket',
        cmdlet: 'New-MigrationEndpoint',
        object: 'Source',
        object_guid: guid,
        result: 'Succeeded',
      },
    )
    assert.deepEqual(
      parameters.find(({ name }) => name === 'RemoteServer'),
      { name: 'RemoteServer', value: 'imap.contoso.example' },
    )
    assert.deepEqual(
      modified.find(({ name }) => name === 'MaxConcurrentMigrations'),
      { name: 'MaxConcurrentMigrations', oldValue: null, newValue: '20' },
    )
  })

  test('a change tells of what changed, and of nothing else', async () => {
    await served.must('PATCH', '/endpoints/source', { maxConcurrentMigrations: 30 })
    const { cmdlet, object, modified } = await row()
    assert.deepEqual([cmdlet, object], ['Set-MigrationEndpoint', 'Source'])
    assert.deepEqual(modified, [{ name: 'MaxConcurrentMigrations', oldValue: '20', newValue: '30' }])
  })

  test('what fails says why, under the name that was given', async () => {
    const { status } = await served.ask('DELETE', '/endpoints/nobody')
    assert.equal(status, 404)
    const { object, object_guid, result, error_code, error, modified } = await row()
    assert.deepEqual(
      { object, object_guid, result, error_code, error, modified },
      {
        object: 'nobody',
        object_guid: null,
        result: 'Failed',
        error_code: 'OBJECT_NOT_FOUND',
        error: 'There is no migration endpoint "nobody".',
        modified: [],
      },
    )
  })

  test('what is removed is told as it was', async () => {
    await served.must('DELETE', '/endpoints/Source')
    const { object, modified } = await row()
    assert.equal(object, 'Source')
    assert.ok(modified.some(({ name, oldValue, newValue }) => name === 'RemoteServer' && oldValue && newValue === null))
  })

  test('reading changes nothing and leaves no line', async () => {
    await served.must('GET', '/endpoints')
    await served.must('GET', '/config')
    assert.deepEqual(await rows(), [])
  })
})
