/** Migration endpoints (exchange-semantics.md §1.1, §3.1, §10): made, tested, changed, listed, removed. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, suite, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import type { NewEndpoint } from '#contract/endpoint.ts'
import { endpointSource } from '#migration/endpoint/endpoint-source.ts'
import { endpointUseCases } from '#migration/endpoint/endpoint-use-cases.ts'
import { findEndpoint } from '#store/service/endpoints.ts'
import { type LedgerWorld, ledgerWorld } from '#test/ledger-world.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { asking, hastyTester, loopbackAllowed } from './use-case-world.ts'

type Given = Partial<NewEndpoint> & Pick<NewEndpoint, 'name' | 'remoteServer'>

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

suite('migration endpoints', { timeout: 120_000 }, () => {
  let world: LedgerWorld
  before(async () => {
    world = await ledgerWorld()
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
  })

  const service = (tester = hastyTester()) => asking(endpointUseCases({ store: world.store, tester }))
  const stored = async () => (await service()('listEndpoints')).items.map(({ identity }) => identity)
  const fresh = () => `e-${randomUUID().slice(0, 8)}`
  /** Stored without a look at the server. */
  const put = (more: Partial<Given> = {}) =>
    service()('createEndpoint', {
      body: { name: fresh(), remoteServer: 'old.example', skipVerification: true, ...more },
    })
  const putBatch = async (name: string, endpointId: string) => {
    const databaseId = randomUUID()
    const { pool } = world.store
    await pool.query(
      `INSERT INTO mailbox_database (id, name, name_key, kind, path) VALUES ($1, $2, $2, 'Maildir', '/srv/mail')`,
      [databaseId, `database of ${name}`],
    )
    await pool.query(
      `INSERT INTO migration_batch (id, name, name_key, type, endpoint_id, database_id, choices, columns, submitted_by)
       VALUES ($1, $2, lower($2), 'IMAP', $3, $4, '{}', '{EmailAddress}', 'test')`,
      [randomUUID(), name, endpointId, databaseId],
    )
  }

  test('a wrong port is refused with what to check, and nothing is stored; SkipVerification stores it', async () => {
    const [name, port] = [fresh(), await closedPort()]
    const body = { name, remoteServer: '127.0.0.1', port }
    await assert.rejects(service()('createEndpoint', { body }), {
      code: 'MIGRATION_SERVER_CONNECTION_FAILED',
      scope: 'request',
      message: new RegExp(`127\\.0\\.0\\.1 could not be reached on port ${port} with security Ssl: .*nothing listens`),
      remedy: /port .*security mode .*certificate .*firewall/,
    })
    assert.ok(!(await stored()).includes(name))
    const made = await service()('createEndpoint', { body: { ...body, skipVerification: true } })
    assert.deepEqual([made.identity, made.port, made.security], [name, port, 'Ssl'])
    assert.ok((await stored()).includes(name))
  })

  test('a real server is reached in each security mode, its certificate trusted only when told', async (t) => {
    const skip = dovecotMissing()
    if (skip) return t.skip(skip)
    await using server = await startDovecot({ users: { 'alice@x.example': 'pass' } })
    const at = { remoteServer: '127.0.0.1', acceptUntrustedCertificates: true }
    const name = fresh()
    const made = await service()('createEndpoint', { body: { ...at, name, port: server.tlsPort } })
    await service()('createEndpoint', { body: { ...at, name: fresh(), port: server.port, security: 'Tls' } })
    await service()('createEndpoint', { body: { ...at, name: fresh(), port: server.port, security: 'None' } })
    const distrusted = { ...at, acceptUntrustedCertificates: false, name: fresh(), port: server.tlsPort }
    await assert.rejects(service()('createEndpoint', { body: distrusted }), {
      code: 'MIGRATION_SERVER_CONNECTION_FAILED',
      message: /certificate is signed by itself/,
      remedy: /certificates that nobody vouches for/,
    })
    const answer = await service()('testConnection', { body: { endpoint: name.toUpperCase() } })
    assert.deepEqual([answer.result, answer.errorDetail], ['Success', ''])
    assert.equal(answer.connectionSettings.port, server.tlsPort)

    const row = await findEndpoint(world.store, made.guid)
    const user = { userName: 'alice@x.example', password: 'pass', userRoot: null }
    const { identity, open } = endpointSource(row, user, { log: silentLog, outgoing: loopbackAllowed })
    assert.deepEqual(identity, { host: '127.0.0.1', port: server.tlsPort, userName: 'alice@x.example', userRoot: '' })
    await using source = await open()
    assert.ok((await source.folders()).some(({ raw }) => raw === 'INBOX'))
  })

  test('more incremental syncs than migrations are refused, also where only one of both is changed', async () => {
    const refused = { code: 'VALUE_INVALID', message: /maxConcurrentIncrementalSyncs is \d+, and may not be more/ }
    await assert.rejects(put({ maxConcurrentMigrations: 5, maxConcurrentIncrementalSyncs: 6 }), refused)
    const { identity } = await put({ maxConcurrentMigrations: 5, maxConcurrentIncrementalSyncs: 4 })
    const set = (body: object) => service()('updateEndpoint', { params: { identity }, body })
    await assert.rejects(set({ maxConcurrentIncrementalSyncs: 6 }), refused)
    await assert.rejects(set({ maxConcurrentMigrations: 3 }), refused)
    const now = await service()('getEndpoint', { params: { identity } })
    assert.deepEqual([now.maxConcurrentMigrations, now.maxConcurrentIncrementalSyncs], [5, 4])
    const equal = await set({ maxConcurrentMigrations: 6, maxConcurrentIncrementalSyncs: 6 })
    assert.deepEqual([equal.maxConcurrentMigrations, equal.maxConcurrentIncrementalSyncs], [6, 6])
  })

  test('two that each change half at the same time never leave more incremental syncs than migrations', async () => {
    for (let round = 0; round < 10; round++) {
      const { identity } = await put({ maxConcurrentMigrations: 10, maxConcurrentIncrementalSyncs: 2 })
      const set = (body: object) => service()('updateEndpoint', { params: { identity }, body })
      const outcomes = await Promise.allSettled([
        set({ maxConcurrentMigrations: 3 }),
        set({ maxConcurrentIncrementalSyncs: 8 }),
      ])
      assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 1)
      const now = await service()('getEndpoint', { params: { identity } })
      assert.ok(now.maxConcurrentIncrementalSyncs <= now.maxConcurrentMigrations)
    }
  })

  test('a changed address is tested before it is stored; changed limits are not', async () => {
    const { identity } = await put()
    const port = await closedPort()
    const change = { remoteServer: '127.0.0.1', port }
    const set = (body: object) => service()('updateEndpoint', { params: { identity }, body })
    await assert.rejects(set(change), { code: 'MIGRATION_SERVER_CONNECTION_FAILED' })
    assert.equal((await service()('getEndpoint', { params: { identity } })).remoteServer, 'old.example')
    // old.example cannot be reached either, and nobody tries.
    assert.equal((await set({ maxConcurrentMigrations: 30 })).maxConcurrentMigrations, 30)
    assert.equal((await set({ remoteServer: 'old.example' })).remoteServer, 'old.example')
    const now = await set({ ...change, skipVerification: true })
    assert.deepEqual([now.remoteServer, now.port], ['127.0.0.1', port])
  })

  test('without a port it is the one of the security mode', async () => {
    assert.equal((await put()).port, 993)
    assert.equal((await put({ security: 'Tls' })).port, 143)
    assert.equal((await put({ security: 'None', allowClearText: true })).port, 143)
    assert.equal((await put({ security: 'Tls', port: 1143 })).port, 1143)
  })

  test('clear text to another machine needs leave, also where security or leave is changed later', async () => {
    const refused = { code: 'VALUE_INVALID', message: /clear text/, remedy: /allowClearText/ }
    await assert.rejects(put({ security: 'None' }), refused)
    await put({ security: 'None', remoteServer: '127.0.0.1' })
    await put({ security: 'None', remoteServer: 'localhost' })
    const { identity } = await put({ security: 'None', allowClearText: true })
    const set = (body: object) =>
      service()('updateEndpoint', { params: { identity }, body: { ...body, skipVerification: true } })
    await assert.rejects(set({ allowClearText: false }), refused)
    await set({ security: 'Ssl', allowClearText: false })
    await assert.rejects(set({ security: 'None' }), refused)
    const answer = await service()('testConnection', { body: { remoteServer: 'old.example', security: 'None' } })
    assert.equal(answer.result, 'Failed')
  })

  test('names are one without regard to case, in making and in finding; name and type cannot be changed', async () => {
    const { identity, guid } = await put({ name: 'Ärger Straße' })
    await assert.rejects(put({ name: 'äRGER straße' }), { code: 'NAME_TAKEN' })
    for (const each of ['ÄRGER STRAßE', identity, guid, guid.toUpperCase()]) {
      assert.equal((await service()('getEndpoint', { params: { identity: each } })).guid, guid)
    }
    const body = { name: 'Other', endpointType: 'IMAP', maxConcurrentMigrations: 21 }
    assert.equal((await service()('updateEndpoint', { params: { identity }, body })).identity, identity)
  })

  test('of two that make the same name at the same time one wins, and the other is told', async () => {
    const name = fresh()
    const outcomes = await Promise.allSettled([put({ name }), put({ name: name.toUpperCase() })])
    const lost = outcomes.find((outcome) => outcome.status === 'rejected')
    assert.equal(lost?.reason.code, 'NAME_TAKEN')
    assert.equal((await stored()).filter((each) => each.toLowerCase() === name).length, 1)
  })

  test('an unknown identity is not found, and never means all', async () => {
    await put()
    const before = await stored()
    for (const identity of ['nobody', '*', '%', 'all', randomUUID()]) {
      const params = { identity }
      const missing = { code: 'OBJECT_NOT_FOUND', message: `There is no migration endpoint "${identity}".` }
      await assert.rejects(service()('getEndpoint', { params }), missing)
      await assert.rejects(service()('removeEndpoint', { params }), missing)
      await assert.rejects(service()('updateEndpoint', { params, body: { maxConcurrentMigrations: 30 } }), missing)
      await assert.rejects(service()('testConnection', { body: { endpoint: identity } }), missing)
    }
    await assert.rejects(service()('removeEndpoint', { params: { identity: ' ' } }))
    assert.deepEqual(await stored(), before)
  })

  test('one that batches use stays, and they are named; without them it goes', async () => {
    const { identity, guid } = await put()
    await putBatch('Moves A', guid)
    await putBatch('Moves B', guid)
    assert.deepEqual((await service()('getEndpoint', { params: { identity } })).batches, ['Moves A', 'Moves B'])
    const listed = await service()('listEndpoints', { query: { search: identity.toUpperCase(), sort: '-batches' } })
    assert.deepEqual(
      listed.items.map(({ batches }) => batches),
      [['Moves A', 'Moves B']],
    )
    await assert.rejects(service()('removeEndpoint', { params: { identity } }), {
      code: 'OBJECT_IN_USE',
      message: `The migration endpoint "${identity}" is used by batch "Moves A", batch "Moves B".`,
    })
    await world.store.pool.query('DELETE FROM migration_batch WHERE endpoint_id = $1', [guid])
    await service()('removeEndpoint', { params: { identity } })
    assert.ok(!(await stored()).includes(identity))
  })

  test('the slots in use are counted by bucket', async () => {
    const { identity, guid } = await put()
    for (const [bucket, n] of [
      ['initial', 1],
      ['initial', 2],
      ['incremental', 1],
    ]) {
      await world.store.pool.query(
        'INSERT INTO slot (endpoint_id, bucket, n, job_id, user_id, batch_id) VALUES ($1, $2, $3, $4, $4, $4)',
        [guid, bucket, n, randomUUID()],
      )
    }
    const now = await service()('getEndpoint', { params: { identity } })
    assert.deepEqual([now.activeMigrationCount, now.activeIncrementalSyncCount], [2, 1])
  })

  test('pages by name hold each endpoint once, in either direction, whatever is made in between', async () => {
    const names = ['page-a', 'Page-B', 'page-c', 'Page-D', 'page-e']
    for (const name of names) await put({ name })
    const all = async (sort: string) => {
      const seen: string[] = []
      let cursor: string | null | undefined
      do {
        const page = await service()('listEndpoints', { query: { limit: 2, sort, ...(cursor ? { cursor } : {}) } })
        assert.ok(page.items.length <= 2)
        seen.push(...page.items.map(({ identity }) => identity))
        if (seen.includes('page-a') && seen.length < 4) await put({ name: `page-0-${fresh()}` })
        cursor = page.nextCursor
      } while (cursor !== null)
      return seen.filter((name) => names.includes(name))
    }
    assert.deepEqual(await all('name'), names)
    assert.deepEqual(await all('-name'), names.toReversed())
    await assert.rejects(service()('listEndpoints', { query: { sort: 'port' } }), { code: 'VALUE_INVALID' })
    await assert.rejects(service()('listEndpoints', { query: { cursor: '!' } }), { code: 'VALUE_INVALID' })
  })
})
