/** API tokens (architecture.md §6.3) and the settings of the service. */
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { formatTimeSpan } from '#contract/timespan.ts'
import { configUseCases } from '#migration/organization/config-use-cases.ts'
import { tokenUseCases } from '#migration/organization/token-use-cases.ts'
import { readConfig } from '#store/service/settings.ts'
import { type LedgerWorld, ledgerWorld } from '#test/ledger-world.ts'
import { administrator, asking } from './use-case-world.ts'

const HOUR_MS = 3_600_000

suite('tokens and settings', { timeout: 60_000 }, () => {
  let world: LedgerWorld
  before(async () => {
    world = await ledgerWorld()
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
  })

  let now = Date.now()
  const useCases = () => tokenUseCases({ store: world.store, clock: { now: () => now } })
  const service = () => asking<'listTokens' | 'createToken' | 'revokeToken'>(useCases())
  const create = (more: object = {}) =>
    service()('createToken', {
      body: {
        name: `t-${randomUUID()}`,
        scopes: ['migration'],
        expiresAt: new Date(now + HOUR_MS).toISOString(),
        ...more,
      },
    })
  const usedAt = async (id: string) =>
    (await service()('listTokens')).items.find((token) => token.id === id)!.lastUsedAt

  test('a token is shown once and stored only as its hash', async () => {
    const { token, ...shown } = await create()
    assert.match(token, /^wb_[\w-]{43}$/)
    const { rows } = await world.store.pool.query<{ row: string; hash: Buffer }>(
      'SELECT t::text AS row, hash FROM api_token t WHERE id = $1',
      [shown.id],
    )
    assert.ok(!rows[0]!.row.includes(token.slice(3)))
    assert.deepEqual(rows[0]!.hash, createHash('sha256').update(token).digest())
    const listed = (await service()('listTokens')).items.find(({ id }) => id === shown.id)
    assert.deepEqual(listed, shown)
    assert.notEqual((await create()).token, token)
  })

  test('a token ends within 3650 days', async () => {
    const at = (days: number) => new Date(now + days * 24 * HOUR_MS).toISOString()
    await create({ expiresAt: at(3650) })
    await assert.rejects(create({ expiresAt: at(3651) }), /at most 3650 days/)
  })

  test('a token is its principal with its scopes; anything else is nobody', async () => {
    const { token, id } = await create({ name: 'Robot', scopes: ['migration', 'view', 'view'] })
    const { authenticate } = useCases()
    assert.deepEqual(await authenticate(token), {
      name: 'token Robot',
      scopes: ['view', 'migration'],
      via: 'Token',
      administratorId: null,
      tokenId: id,
    })
    const bent = token.slice(0, -2) + (token.endsWith('AA') ? 'BB' : 'AA')
    for (const other of ['', 'wb_', token.slice(3), token.toUpperCase(), `${token}x`, bent, `${token}\0`]) {
      assert.equal(await authenticate(other), null, JSON.stringify(other))
    }
  })

  test('a token of somebody who was removed just now is none', async () => {
    const principal = { ...administrator, via: 'Session', administratorId: randomUUID() } as const
    const body = { name: 'orphan', scopes: ['view' as const], expiresAt: new Date(now + HOUR_MS).toISOString() }
    await assert.rejects(service()('createToken', { body }, principal), {
      code: 'OBJECT_NOT_FOUND',
    })
  })

  test('an expired token is nobody, at once', async () => {
    const { token } = await create()
    const { authenticate } = useCases()
    now += HOUR_MS - 1
    assert.notEqual(await authenticate(token), null)
    now += 1
    assert.equal(await authenticate(token), null)
    await assert.rejects(create({ expiresAt: new Date(now).toISOString() }), { code: 'VALUE_INVALID' })
  })

  test('a revoked token is nobody, and revoking it again is told', async () => {
    const { id, token } = await create()
    await service()('revokeToken', { params: { id } })
    assert.equal(await useCases().authenticate(token), null)
    await assert.rejects(service()('revokeToken', { params: { id } }), { code: 'OBJECT_NOT_FOUND' })
  })

  test('the last use is noted, at most once a minute', async () => {
    const { id, token } = await create()
    const { authenticate } = useCases()
    assert.equal(await usedAt(id), null)
    const first = now
    await authenticate(token)
    assert.equal(await usedAt(id), new Date(first).toISOString())
    now += 59_999
    await authenticate(token)
    assert.equal(await usedAt(id), new Date(first).toISOString())
    now += 1
    await authenticate(token)
    assert.equal(await usedAt(id), new Date(now).toISOString())
  })

  test('scopes and an end are compulsory, names are one without regard to case', async () => {
    await assert.rejects(create({ scopes: [] }))
    await assert.rejects(create({ expiresAt: undefined }))
    await create({ name: 'Backup' })
    await assert.rejects(create({ name: 'BACKUP' }), { code: 'NAME_TAKEN' })
  })

  test('what nobody set is the default; what is set is read at once and by the dispatcher', async () => {
    const config = asking(configUseCases({ store: world.store }))
    assert.deepEqual(await config('getConfig'), {
      identity: 'Config',
      maxNumberOfBatches: 100,
      maxConcurrentMigrations: 300,
      features: ['MultiBatch', 'Endpoints'],
      incrementalSyncInterval: '1.00:00:00',
      adminAuditLogAgeLimit: '90.00:00:00',
      stopSyncedBatchesAfter: '60.00:00:00',
      removeStoppedBatchesAfter: '90.00:00:00',
      removeFailedBatchesAfter: '90.00:00:00',
      removeCompletedBatchesAfter: '60.00:00:00',
      removeArchivesAfter: '00:00:00',
    })
    await config('updateConfig', { body: { maxConcurrentMigrations: 7 } })
    const changed = await config('updateConfig', { body: { incrementalSyncInterval: '8:30' } })
    assert.deepEqual(
      [changed.maxNumberOfBatches, changed.maxConcurrentMigrations, changed.incrementalSyncInterval],
      [100, 7, '08:30:00'],
    )
    assert.deepEqual(await readConfig(world.store), {
      maxNumberOfBatches: 100,
      maxConcurrentMigrations: 7,
      incrementalSyncIntervalSeconds: 30_600,
      adminAuditLogAgeLimitSeconds: 90 * 86_400,
      stopSyncedAfterSeconds: 60 * 86_400,
      removeStoppedAfterSeconds: 90 * 86_400,
      removeFailedAfterSeconds: 90 * 86_400,
      removeCompletedAfterSeconds: 60 * 86_400,
      removeArchivesAfterSeconds: 0,
    })
    for (const incrementalSyncInterval of ['00:00:00', formatTimeSpan(121 * 86_400)]) {
      await assert.rejects(config('updateConfig', { body: { incrementalSyncInterval } }), { code: 'VALUE_INVALID' })
    }
    for (const adminAuditLogAgeLimit of ['23:59:59', '3651.00:00:00']) {
      await assert.rejects(config('updateConfig', { body: { adminAuditLogAgeLimit } }), { code: 'VALUE_INVALID' })
    }
    await assert.rejects(config('updateConfig', { body: { maxConcurrentMigrations: 301 } }))
  })

  test('settings are read from the database once in a while, not each time', async () => {
    let asked = 0
    const db = new Proxy(world.store.db, {
      get(target, key) {
        if (key === 'selectFrom') asked++
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })
    const store = { ...world.store, db }
    for (let n = 0; n < 50; n++) await readConfig(store)
    assert.equal(asked, 1)
  })
})
