/** The audit log of a running service: who did what to which object, before and after. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { silentLog } from '#base/log.ts'
import type { AdminAuditLogEvent } from '#contract/audit.ts'
import type { Principal, UseCases } from '#contract/calls.ts'
import type { Problem } from '#contract/organization.ts'
import { ROUTES, type RouteName } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { type FoldedReads, foldReads } from '#migration/audit/fold-reads.ts'
import { recordActs } from '#migration/audit/record-acts.ts'
import { until } from '#test/crash/until.ts'
import { sample } from '#test/api/api-world.ts'
import { typed } from '#test/cmdlets/shell.ts'
import { type AuditWorld, startAuditWorld, valueOf } from './audit-world.ts'
import { administrator } from './use-case-world.ts'
import { address } from './world.ts'

const SECRET = 'planted-Zq7-secret'
const endpoint = { name: 'Source', remoteServer: 'imap.contoso.example', skipVerification: true }

describe('the audit log', () => {
  let world: AuditWorld
  before(async () => {
    world = await startAuditWorld('audit')
  })
  after(() => world?.[Symbol.asyncDispose]())

  const must = <T>(...asked: Parameters<AuditWorld['served']['must']>) => world.served.must<T>(...asked)
  const changeOf = (event: AdminAuditLogEvent, property: string) =>
    event.modifiedProperties.find(({ name }) => name === property)

  test('a new object: who, from where, with what, and what it is now', async () => {
    const { guid } = await must<{ guid: string }>('POST', '/endpoints', endpoint)
    const event = await world.one()
    const { caller, via, clientAddress, cmdletName, objectModified, objectGuid, succeeded, error } = event
    assert.deepEqual(
      { caller, via, clientAddress, cmdletName, objectModified, objectGuid, succeeded, error },
      {
        caller: 'Local administrator',
        via: 'Socket',
        clientAddress: null,
        cmdletName: 'New-MigrationEndpoint',
        objectModified: 'Source',
        objectGuid: guid,
        succeeded: true,
        error: '',
      },
    )
    assert.equal(valueOf(event, 'RemoteServer'), 'imap.contoso.example')
    assert.deepEqual(changeOf(event, 'MaxConcurrentMigrations'), {
      name: 'MaxConcurrentMigrations',
      oldValue: null,
      newValue: '20',
    })
  })

  test('a change tells of what changed, and of nothing else', async () => {
    await must('PATCH', '/endpoints/source', { maxConcurrentMigrations: 30, port: 993 })
    const event = await world.one()
    assert.deepEqual([event.cmdletName, event.objectModified], ['Set-MigrationEndpoint', 'Source'])
    assert.deepEqual(event.modifiedProperties, [{ name: 'MaxConcurrentMigrations', oldValue: '20', newValue: '30' }])
    await must('PATCH', '/config', { adminAuditLogAgeLimit: '30.00:00:00' })
    const config = await world.one()
    assert.deepEqual([config.cmdletName, config.objectModified], ['Set-MigrationConfig', 'Config'])
    assert.deepEqual(config.modifiedProperties, [
      { name: 'AdminAuditLogAgeLimit', oldValue: '90.00:00:00', newValue: '30.00:00:00' },
    ])
  })

  test('what fails says why, under the name that was given', async () => {
    assert.equal((await world.served.ask('DELETE', '/endpoints/nobody')).status, 404)
    const { objectModified, objectGuid, succeeded, error, modifiedProperties } = await world.one()
    assert.deepEqual(
      { objectModified, objectGuid, succeeded, error, modifiedProperties },
      {
        objectModified: 'nobody',
        objectGuid: null,
        succeeded: false,
        error: 'OBJECT_NOT_FOUND: There is no migration endpoint "nobody".',
        modifiedProperties: [],
      },
    )
  })

  test('a password is told of as changed and removed, and stands nowhere', async () => {
    const database = {
      name: 'Imap target',
      kind: 'Imap',
      server: 'imap.contoso.example',
      loginTemplate: '{user}*{admin}',
      adminUserName: 'admin',
      adminPassword: SECRET,
      skipVerification: true,
    }
    await must('POST', '/databases', database)
    const created = await world.one()
    assert.equal(valueOf(created, 'AdminPassword'), '***')
    assert.deepEqual(changeOf(created, 'AdminPassword'), {
      name: 'AdminPassword',
      oldValue: null,
      newValue: 'changed',
    })
    await must('PATCH', '/databases/Imap%20target', { adminPassword: `${SECRET}2`, skipVerification: true })
    assert.deepEqual((await world.one()).modifiedProperties, [
      { name: 'AdminPassword', oldValue: null, newValue: 'changed' },
    ])
    await must('PATCH', '/databases/Imap%20target', { adminPassword: null, loginTemplate: null })
    const removed = await world.one()
    assert.equal(changeOf(removed, 'AdminPassword')?.newValue, 'removed')
    assert.deepEqual(changeOf(removed, 'HasAdminPassword'), {
      name: 'HasAdminPassword',
      oldValue: 'true',
      newValue: 'false',
    })
    // Refused by the use case, after its row was written.
    await world.served.ask('POST', '/databases', { ...database, adminPassword: `${SECRET}3` })
    assert.equal((await world.one()).succeeded, false)
  })

  test('another address of an endpoint, where the passwords of its users go next, is told with the one before', async () => {
    await must('PATCH', '/endpoints/Source', { remoteServer: 'renamed.example', skipVerification: true })
    const moved = await world.one()
    assert.equal(moved.cmdletName, 'Set-MigrationEndpoint')
    const { oldValue, newValue } = changeOf(moved, 'RemoteServer')!
    assert.equal(newValue, 'renamed.example')
    await must('PATCH', '/endpoints/Source', { remoteServer: oldValue, skipVerification: true })
    await world.one()
  })

  test('of a CSV file the number of its users is told, and none of its passwords', async () => {
    const csvFile = await world.served.upload(
      `EmailAddress,UserName,Password\r\n${address('ann')},ann,${SECRET}\r\n${address('bob')},bob,${SECRET}\r\n`,
    )
    const upload = await world.one()
    assert.deepEqual([valueOf(upload, 'CSVData'), valueOf(upload, 'CsvFile')], ['2 users', csvFile])
    await must('POST', '/batches', { name: 'Moves', sourceEndpoint: 'Source', csvFile })
    const created = await world.one()
    assert.deepEqual([created.cmdletName, created.objectModified], ['New-MigrationBatch', 'Moves'])
    assert.equal(changeOf(created, 'TotalCount')?.newValue, '2')
    assert.equal(valueOf(created, 'CsvFile'), csvFile)
  })

  test('commands on batches and users tell of both', async () => {
    await must('POST', '/batches/moves/start')
    const started = await world.one()
    assert.deepEqual([started.cmdletName, started.objectModified], ['Start-MigrationBatch', 'Moves'])
    assert.equal(changeOf(started, 'Status')?.oldValue, 'Created')
    await must('POST', `/users/${address('ann')}/stop`)
    const stopped = await world.one()
    assert.deepEqual([stopped.cmdletName, stopped.objectModified], ['Stop-MigrationUser', address('ann')])
    assert.match(changeOf(stopped, 'Status')?.newValue ?? '', /^Stop/)
    await must('DELETE', `/users/${address('bob')}`)
    const removed = await world.one()
    assert.deepEqual(changeOf(removed, 'BatchId'), { name: 'BatchId', oldValue: 'Moves', newValue: null })
  })

  test('exports are told of, and those that fail', async () => {
    const { items } = await must<{ items: { identity: string }[] }>('GET', '/reports')
    await must('GET', `/reports/${items[0]!.identity}`)
    const exported = await world.one()
    assert.deepEqual([exported.cmdletName, exported.succeeded], ['Export-MigrationReport', true])
  })

  test('what is not there was not read: however often somebody asks for it, there is no line', async () => {
    for (const path of ['/reports/none', `/users/${address('ann')}/skipped-items/none/eml`])
      for (let n = 0; n < 20; n++) assert.equal((await world.served.ask('GET', path)).status, 404)
    assert.deepEqual(await world.fresh(), [])
  })

  async function* lines() {
    yield 'a'
    yield 'b'
  }
  /** Exports that are recorded, and read to their end or not. */
  function exporting(reads: FoldedReads, store: Pick<AuditWorld['store'], 'pool' | 'retrying'> = world.store) {
    const { exportReport } = recordActs({ store: store as AuditWorld['store'], log: silentLog, reads }, {
      exportReport: async () => lines(),
    } as unknown as UseCases)
    return async (identity: string, more: { principal?: Principal; toItsEnd?: boolean } = {}) => {
      const { principal = administrator, toItsEnd = true } = more
      const call = { params: { identity }, query: {}, principal, signal: new AbortController().signal }
      for await (const _ of await exportReport(call as unknown as Parameters<typeof exportReport>[0]))
        if (!toItsEnd) break
    }
  }
  const tokenOf = (tokenId: string, from: string): Principal => ({
    name: 'token looker',
    scopes: ['view'],
    via: 'Token',
    address: from,
    administratorId: null,
    tokenId,
  })

  test('an export that is not read to its end is told of as one', async () => {
    await using reads = foldReads({ store: world.store, log: silentLog })
    await exporting(reads)('x', { toItsEnd: false })
    const { succeeded, error } = await world.one()
    assert.deepEqual([succeeded, error], [false, 'The caller left before the end.'])
  })

  test('what is read again and again leaves two lines: of the first, and of the repetitions with their number', async () => {
    {
      await using reads = foldReads({ store: world.store, log: silentLog })
      const read = exporting(reads)
      const [a, b] = [tokenOf('1', '192.0.2.1'), tokenOf('1', '192.0.2.2')]
      await read('Report', { principal: a, toItsEnd: false })
      assert.equal((await world.one()).succeeded, false)
      // Another way to write it, and another address, make no other read.
      for (let n = 0; n < 20; n++) await read('rePORT', { principal: n % 2 ? a : b, toItsEnd: n === 7 })
      assert.deepEqual(await world.fresh(), [])
      // What is another: another object, another token of the same name.
      await read('other', { principal: a })
      assert.equal((await world.one()).objectModified, 'other')
      await read('report', { principal: tokenOf('2', '192.0.2.1') })
      assert.equal((await world.one()).succeeded, true)
    }
    const told = await world.one()
    assert.deepEqual(
      [told.cmdletName, told.caller, told.objectModified, told.succeeded],
      ['Export-MigrationReport', 'token looker', 'Report', true],
    )
    assert.equal(valueOf(told, 'Repetitions'), '20')
    assert.equal(valueOf(told, 'Addresses'), '192.0.2.2, 192.0.2.1')
  })

  test('after ten minutes the repetitions are told, and the next read is a first one again', async (t) => {
    await using reads = foldReads({ store: world.store, log: silentLog })
    const read = exporting(reads)
    t.mock.timers.enable({ apis: ['setTimeout'] })
    await read('timed')
    t.mock.timers.tick(599_999)
    await read('timed')
    t.mock.timers.tick(1)
    t.mock.timers.reset()
    const seen: AdminAuditLogEvent[] = []
    await until('the repetition is told', async () => seen.push(...(await world.fresh())) === 2)
    assert.equal(valueOf(seen[1]!, 'Repetitions'), '1')
    await read('timed')
    assert.equal(valueOf(await world.one(), 'Repetitions'), undefined)
  })

  test('any number of objects costs a bounded memory', async () => {
    await using reads = foldReads({ store: world.store, log: silentLog }, { mostWindows: 1 })
    const read = exporting(reads)
    for (const object of ['one', 'two', 'one', 'two']) await read(object)
    assert.equal((await world.fresh()).length, 4)
  })

  test('what cannot be recorded does not leave the service', async () => {
    await using reads = foldReads({ store: world.store, log: silentLog })
    const away = async () => {
      throw new Fault({ code: 'DATABASE_UNREACHABLE', scope: 'instance', transient: true, message: 'gone' })
    }
    const read = exporting(reads, { pool: world.store.pool, retrying: away })
    for (let n = 0; n < 2; n++) await assert.rejects(read('unwritten'), { code: 'AUDIT_NOT_WRITTEN' })
  })

  test('reading changes nothing and leaves no line', async () => {
    for (const path of ['/endpoints', '/batches', '/users', '/config', '/audit-log']) await must('GET', path)
    assert.deepEqual(await world.fresh(), [])
  })

  test('a token is told of by its name, with its address, and only organization may read', async () => {
    const token = await world.token('robot', 'migration')
    const created = await world.one()
    assert.deepEqual([created.cmdletName, created.objectModified], ['New-ApiToken', 'robot'])
    assert.equal(changeOf(created, 'Scopes')?.newValue, 'migration')
    const call = (method: string, path: string) =>
      fetch(`http://127.0.0.1:${world.port}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
      })
    assert.equal((await call('POST', '/batches/moves/start')).status, 202)
    const { caller, via, clientAddress } = await world.one()
    assert.deepEqual(
      { caller, via, clientAddress },
      { caller: 'token robot', via: 'Token', clientAddress: '127.0.0.1' },
    )
    for (const path of ['/audit-log', '/audit-log/export']) assert.equal((await call('GET', path)).status, 403)
    // What a scope forbids is not begun.
    assert.equal((await call('DELETE', '/databases/Local')).status, 403)
    assert.deepEqual(await world.fresh(), [])
    const id = created.objectGuid!
    await must('DELETE', `/tokens/${id}`)
    assert.equal((await world.one()).objectModified, 'robot')
  })

  test('every route that changes something leaves exactly one line', async () => {
    // Those of the sign-in and of sessions are not for the socket; sessions.test.ts has them.
    const mutating = (Object.entries(ROUTES) as [RouteName, Route][]).filter(
      ([, { method, scope }]) => method !== 'GET' && scope !== 'public' && scope !== 'session',
    )
    assert.ok(mutating.length > 15)
    for (const [name, route] of mutating) {
      const { path, asked } = sample(route)
      const body = asked.json ?? asked.send
      const type = route.bodyType === 'csv' ? 'text/csv' : 'application/json'
      const { status } = await world.served.ask(route.method, path, body, type)
      const events = await world.fresh()
      assert.equal(events.length, 1, `${name}: ${status} ${JSON.stringify(events)}`)
      assert.equal(events[0]!.succeeded, status < 300, name)
      assert.equal(events[0]!.error === '', status < 300, name)
    }
  })

  test('hostile names are text in the log, and in a spreadsheet', async () => {
    const hostile = '=HYPERLINK("http:") \u202e'
    await world.served.ask('DELETE', `/endpoints/${encodeURIComponent(hostile)}`)
    assert.equal((await world.one()).objectModified, hostile.trim())
    // PostgreSQL does not take it.
    await world.served.ask('PATCH', '/batches/Moves', { contentFilter: 'half \ud800' })
    assert.equal((await world.one()).cmdletName, 'Set-MigrationBatch')
    const csv = await must<string>('GET', '/audit-log/export?cmdlets=Remove-MigrationEndpoint')
    assert.match(csv, /^\ufeff?RunDate,Caller,CmdletName,ObjectModified,Succeeded,Error/)
    assert.match(csv, /,"'=HYPERLINK\(""http:""\) \\u\{202e\}",False,/)
    assert.doesNotMatch(csv, /\u202e/)
    assert.equal((await world.one()).cmdletName, 'Search-AdminAuditLog')
  })

  test('a large batch makes a small row', async () => {
    const users = Array.from({ length: 50_000 }, (_, n) => `user${n}@contoso.example`)
    await world.served.ask('POST', '/batches', { name: 'Large', sourceEndpoint: 'Source', users })
    const event = await world.one()
    assert.match(valueOf(event, 'Users') ?? '', /\(50000 in all\)$/)
    assert.ok(JSON.stringify(event).length < 4_000)
  })

  test('what is found: by time, cmdlet, object, caller, outcome and text', async () => {
    const all = await world.search()
    const where = async (query: string, fits: (event: AdminAuditLogEvent) => boolean) => {
      const found = await world.search(`&${query}`)
      assert.deepEqual(
        found.map(({ identity }) => identity),
        all.filter(fits).map(({ identity }) => identity),
        query,
      )
      assert.ok(found.length > 0 && found.length < all.length, query)
    }
    assert.deepEqual(
      all.map(({ runDate }) => runDate),
      all.map(({ runDate }) => runDate).toSorted((a, b) => (a < b ? 1 : -1)),
    )
    const middle = all[5]!.runDate
    await where(`startDate=${middle}`, ({ runDate }) => runDate >= middle)
    await where(`endDate=${middle}`, ({ runDate }) => runDate < middle)
    await where('cmdlets=new-migrationbatch', ({ cmdletName }) => cmdletName === 'New-MigrationBatch')
    await where('cmdlets=New-MigrationBatch,Remove-MigrationUser', ({ cmdletName }) =>
      ['New-MigrationBatch', 'Remove-MigrationUser'].includes(cmdletName),
    )
    await where('objectIds=moves', ({ objectModified }) => objectModified.toLowerCase() === 'moves')
    const { objectGuid } = all.find(({ objectModified }) => objectModified === 'Moves')!
    await where(
      `objectIds=${objectGuid},Config`,
      (event) => event.objectGuid === objectGuid || event.objectModified === 'Config',
    )
    await where('userIds=token%20robot', ({ caller }) => caller === 'token robot')
    await where('succeeded=false', ({ succeeded }) => succeeded !== true)
    await where('succeeded=true', ({ succeeded }) => succeeded === true)
    await where('search=NOBODY', ({ objectModified }) => objectModified === 'nobody')
    await where('search=127.0.0', ({ clientAddress }) => clientAddress === '127.0.0.1')
  })

  test('pages hold each entry once, though new ones come meanwhile', async () => {
    const all = (await world.search()).map(({ identity }) => identity)
    const paged: string[] = []
    let cursor: string | null = null
    do {
      const path: string = `/audit-log?limit=7${cursor === null ? '' : `&cursor=${cursor}`}`
      const page: { items: AdminAuditLogEvent[]; nextCursor: string | null } = await must('GET', path)
      paged.push(...page.items.map(({ identity }) => identity))
      cursor = page.nextCursor
      if (paged.length < 20) await world.served.ask('POST', '/batches/moves/complete')
    } while (cursor !== null)
    assert.deepEqual(paged, all)
    assert.ok((await world.fresh()).length > 0)
    assert.equal((await world.served.ask<Problem>('GET', '/audit-log?cursor=x')).status, 422)
  })

  test('Search-AdminAuditLog shows a table, and a pipe writes the whole log', async () => {
    const type = async (line: string) => {
      const { stdout, stderr, code } = await typed(line, { folder: world.dataFolder })
      assert.equal(code, 0, stderr)
      return stdout
    }
    const table = await type('Search-AdminAuditLog -Cmdlets Remove-MigrationUser -IsSuccess $true | Format-Table')
    const lines = table.trim().split('\n')
    assert.match(lines[0]!, /^RunDate +Caller +CmdletName +ObjectModified +Succeeded$/)
    assert.match(lines[2]!, /^20\d\d-\S+ \S+ +Local administrator +Remove-MigrationUser +bob@contoso\.example +True$/)
    assert.equal(lines.length, 3)
    const csv = await type('Search-AdminAuditLog -ResultSize Unlimited | Export-Csv -')
    assert.match(csv, /^Identity,RunDate,Caller,CmdletName,/)
    assert.equal(csv.trim().split('\r\n').length, (await world.search()).length + 1)
  })

  test('what cannot be recorded is not done', async () => {
    await world.store.pool.query('ALTER TABLE admin_audit ADD CONSTRAINT none CHECK (false) NOT VALID')
    try {
      const { status, body } = await world.served.ask<Problem>('POST', '/endpoints', { ...endpoint, name: 'Unseen' })
      assert.deepEqual([status, body.code], [500, 'AUDIT_NOT_WRITTEN'])
    } finally {
      await world.store.pool.query('ALTER TABLE admin_audit DROP CONSTRAINT none')
    }
    assert.equal((await world.served.ask('GET', '/endpoints/Unseen')).status, 404)
    assert.deepEqual(await world.fresh(), [])
  })

  test('no secret that was planted is in any row', async () => {
    const { rows } = await world.store.pool.query<{ text: string }>(
      'SELECT row_to_json(a)::text AS text FROM admin_audit a',
    )
    assert.ok(rows.length > 30)
    for (const { text } of rows) {
      assert.ok(!text.includes(SECRET), text)
      assert.ok(!/wb_[\w-]{20}/.test(text), text)
    }
  })
})
