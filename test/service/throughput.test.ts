/** What was carried and when: each message in one period, whoever dies; and the periods as they grow old. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import type { Throughput } from '#contract/dashboard.ts'
import { prune } from '#jobs/prune.ts'
import { type Store, openStore } from '#store/open.ts'
import { type PassEnd, beginPass, endPass } from '#store/service/passes.ts'
import { recordProgress } from '#store/service/running-passes.ts'
import { keptSeconds } from '#store/service/throughput.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { refused } from './asking.ts'
import { seedBatch, seedThroughput } from './seeded-rows.ts'
import { address, startServiceWorld } from './world.ts'

const sum = (points: readonly { readonly items: number; readonly bytes: number }[]) => [
  points.reduce((all, { items }) => all + items, 0),
  points.reduce((all, { bytes }) => all + bytes, 0),
]

const ended = (items: number, bytes: number): PassEnd => ({
  result: 'Synced',
  outcome: { kind: 'synced', nextAt: null },
  error: null,
  items,
  bytes,
  transferMs: 1,
  totals: null,
  mailboxId: null,
  notes: [],
  waybill: null,
})

describe('periods', () => {
  const folder = temporaryFolder('throughput')
  let store: Store
  before(async () => {
    store = await openStore({ dataFolder: join(folder, 'data'), log: silentLog })
  })
  after(async () => {
    await store[Symbol.asyncDispose]()
    removeFolder(folder)
  })
  const rowsOf = async (batch: string) =>
    (
      await store.pool.query<{
        seconds: number
        endpoint: string
        kind: string
        items: number
        bytes: number
        at: Date
      }>('SELECT * FROM throughput WHERE batch_id = $1 ORDER BY at', [batch])
    ).rows

  test('what a pass had told when its worker died counts, and the rest once it tells it; the pass after it counts only its own', async () => {
    const batch = await seedBatch(store.pool, { name: 'Killed', endpoint: 'Source', users: [{ status: 'Starting' }] })
    const userId = batch.users[0]!
    const { rows } = await store.pool.query<{ endpoint_id: string }>('SELECT endpoint_id FROM migration_batch')
    const endpointId = rows[0]!.endpoint_id
    const take = async (attempt: number) => {
      const jobId = randomUUID()
      await store.pool.query('UPDATE migration_user SET job_id = $2, job_attempt = $3 WHERE id = $1', [
        userId,
        jobId,
        attempt,
      ])
      const begin = { jobId, userId, endpointId, bucket: 'initial' as const, worker: `w${attempt}`, attempt }
      return { begin, pass: (await beginPass(store, begin))! }
    }
    const tell = (token: string, items: number, bytes: number) =>
      recordProgress(store, [{ token, sourceItems: 20, syncedItems: items, passItems: items, passBytes: bytes }])
    const first = await take(0)
    await tell(first.pass.token, 4, 400)
    await tell(first.pass.token, 7, 700)
    assert.deepEqual(sum(await rowsOf(batch.id)), [7, 700])
    // It has carried more, dies without telling of it, and wakes when another has taken over.
    const second = await take(1)
    await tell(first.pass.token, 9, 900)
    await tell(second.pass.token, 3, 300)
    assert.equal(await endPass(store, first.begin, first.pass, ended(9, 900)), false)
    assert.equal(await endPass(store, second.begin, second.pass, ended(5, 500)), true)
    // The answer was lost, and it is told again.
    assert.equal(await endPass(store, second.begin, second.pass, ended(5, 500)), false)
    const told = await rowsOf(batch.id)
    // Awake, it has told what it had carried beyond that, which no other pass carries again.
    assert.deepEqual(sum(told), [14, 1400])
    assert.equal(await endPass(store, first.begin, first.pass, ended(9, 900)), false)
    const transferred = async () =>
      (
        await store.pool.query<{ items: number; bytes: number }>(
          'SELECT transferred_items AS items, transferred_bytes AS bytes FROM migration_user WHERE id = $1',
          [userId],
        )
      ).rows[0]
    assert.deepEqual(await transferred(), { items: 14, bytes: 1400 })
    // Its job was given to another, who has not begun: its own end is all that is told of it.
    const third = await take(2)
    await tell(third.pass.token, 1, 100)
    await store.pool.query('UPDATE migration_user SET job_id = $2 WHERE id = $1', [userId, randomUUID()])
    assert.equal(await endPass(store, third.begin, third.pass, ended(2, 200)), false)
    const fourth = await take(3)
    assert.deepEqual(await transferred(), { items: 16, bytes: 1600 })
    // The database dies before its ledger is closed: it ends with nothing, and has told of three.
    await tell(fourth.pass.token, 3, 300)
    assert.equal(await endPass(store, fourth.begin, fourth.pass, ended(0, 0)), true)
    assert.deepEqual(await transferred(), { items: 19, bytes: 1900 })
    assert.deepEqual(sum(await rowsOf(batch.id)), [19, 1900])
    assert.deepEqual([...new Set(told.map(({ endpoint, kind }) => `${endpoint} ${kind}`))], ['Source Initial'])
  })

  test('as they grow old, periods become longer, and none is lost or counted twice', async () => {
    const batch = await seedBatch(store.pool, { name: 'Old', endpoint: 'Source', users: [] })
    const HOUR = 60
    const DAY = 24 * HOUR
    await seedThroughput(store.pool, batch.id, [
      ...[1, 2, 3].map((minutesAgo) => ({ minutesAgo, items: 1 })),
      ...[3 * HOUR, 3 * HOUR + 1, 3 * HOUR + 20].map((minutesAgo) => ({ minutesAgo, items: 10 })),
      ...[3 * DAY, 3 * DAY + 1].map((minutesAgo) => ({ minutesAgo, items: 100, seconds: 300 })),
      ...[100 * DAY, 100 * DAY + 61].map((minutesAgo) => ({ minutesAgo, items: 1000, seconds: 3600 })),
    ])
    const [before_] = sum(await rowsOf(batch.id))
    await Promise.all([prune(store), prune(store)])
    await prune(store)
    const rows = await rowsOf(batch.id)
    assert.deepEqual(sum(rows)[0], before_)
    const items = (seconds: number) => sum(rows.filter((row) => row.seconds === seconds))[0]
    assert.deepEqual([60, 300, 3_600, 86_400].map(items), [3, 30, 200, 2_000])
    assert.ok(rows.every(({ at, seconds }) => at.getTime() % (seconds * 1000) === 0))
    const now = Date.now()
    assert.deepEqual(
      [1, 3 * HOUR, 3 * DAY, 100 * DAY].map((ago) => keptSeconds(now - ago * 60_000, now)),
      [60, 300, 3_600, 86_400],
    )
  })

  test('they go with the archive of their batch, and not before', async () => {
    const batch = await seedBatch(store.pool, { name: 'Gone', endpoint: 'Source', users: [] })
    await seedThroughput(store.pool, batch.id, [{ minutesAgo: 1, items: 5 }])
    await store.pool.query(
      `INSERT INTO archived_batch (id, name, name_key, type, settings, columns, warnings, submitted_by, created_at,
         last_action_at, removed_by, reason, users, removed_before, items, skipped, bytes, waybills)
       VALUES ($1, 'Gone', 'gone', 'IMAP', '{}', '{}', '{}', 'me', now(), now(), 'me', '', '{}', 0, 5, 0, 0, 0)`,
      [batch.id],
    )
    await store.pool.query('DELETE FROM migration_batch WHERE id = $1', [batch.id])
    await prune(store)
    assert.deepEqual(sum(await rowsOf(batch.id))[0], 5)
    await store.pool.query('DELETE FROM archived_batch WHERE id = $1', [batch.id])
    await prune(store)
    assert.deepEqual(await rowsOf(batch.id), [])
  })
})

test('GET /throughput adds up to what was carried, by endpoint and batch', { skip: dovecotMissing() }, async () => {
  await using world = await startServiceWorld('throughput', ['t1', 't2', 't3'], { messages: 10 })
  const { served, source } = world
  await served.newEndpoint('Second', source)
  await served.newBatch('One', [['t1'], ['t2']], { autoStart: true })
  await served.newBatch('Two', [['t3']], { autoStart: true, sourceEndpoint: 'Second' })
  await Promise.all([served.reaches('One', 'Synced'), served.reaches('Two', 'Synced')])
  const ask = (query = '') => served.must<Throughput>('GET', `/throughput${query}`)
  const carried = async (query = '') => {
    const { points } = await ask(query)
    return Object.fromEntries(
      points.map(({ endpoint }) => [
        endpoint,
        sum(
          points
            .filter((point) => point.endpoint === endpoint)
            .map((point) => ({ items: point.itemsTransferred, bytes: point.bytesTransferred })),
        ),
      ]),
    )
  }
  const bytes = async (...users: string[]) =>
    (await Promise.all(users.map((user) => served.statistics(address(user))))).reduce(
      (all, { bytesTransferred }) => all + bytesTransferred,
      0,
    )
  const first = [20, await bytes('t1', 't2')]
  const second = [10, await bytes('t3')]
  assert.deepEqual(await carried(), { Source: first, Second: second })
  assert.deepEqual(await carried('?endpoint=second'), { Second: second })
  assert.deepEqual(await carried('?batch=one'), { Source: first })
  const day = await ask()
  assert.equal(day.step, '00:05:00')
  assert.equal((await ask(`?from=${new Date(Date.now() - 3_000_000).toISOString()}`)).step, '00:01:00')
  assert.equal((await ask(`?from=${new Date(Date.now() - 30 * 86_400_000).toISOString()}`)).step, '01:00:00')
  assert.equal((await ask('?step=01:00:00')).step, '01:00:00')
  assert.deepEqual(await carried(`?to=${new Date(Date.now() - 3_600_000).toISOString()}`), {})
  await refused(served, 'GET', '/throughput?batch=None', undefined, 404, 'OBJECT_NOT_FOUND')
  await refused(
    served,
    'GET',
    `/throughput?from=${new Date(Date.now() + 60_000).toISOString()}`,
    undefined,
    422,
    'VALUE_INVALID',
  )

  // Nothing more is carried, and nothing more counts.
  await served.must('PATCH', '/batches/One', { syncNow: true })
  await served.reaches('One', 'Synced')
  assert.deepEqual(await carried('?batch=One'), { Source: first })
  // What was carried stays when the batch goes.
  await served.must('DELETE', '/batches/Two')
  await served.must('POST', '/batches/One/stop')
  assert.deepEqual(await carried(), { Source: first, Second: second })
})
