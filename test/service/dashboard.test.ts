/** What the dashboard tells, where rows say what is true: rates, ends, failures, queues, forecast, run times. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { systemClock } from '#base/clock.ts'
import { silentLog } from '#base/log.ts'
import { Dashboard, Failure } from '#contract/dashboard.ts'
import { ROUTES } from '#contract/routes/all.ts'
import { listBatches } from '#migration/batch/list-batches.ts'
import { getDashboard } from '#migration/dashboard/dashboard.ts'
import { listFailures } from '#migration/dashboard/failures.ts'
import { listUsers } from '#migration/user/list-users.ts'
import { type Store, openStore } from '#store/open.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { seedBatch, seedThroughput } from './seeded-rows.ts'

const MINUTE_MS = 60_000

describe('the dashboard', () => {
  const folder = temporaryFolder('dashboard')
  let store: Store
  before(async () => {
    store = await openStore({ dataFolder: join(folder, 'data'), log: silentLog })
  })
  beforeEach(async () => {
    await store.pool.query(
      'TRUNCATE throughput, slot, migration_batch, migration_endpoint, archived_batch, worker CASCADE',
    )
  })
  after(async () => {
    await store[Symbol.asyncDispose]()
    removeFolder(folder)
  })
  // No password is opened by what is only looked at.
  const deps = () => ({ store, clock: systemClock, secrets: undefined as never })
  const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS)
  const dashboard = async () => Dashboard.parse(await getDashboard(deps()))
  const batches = async (sort?: string) => (await listBatches(deps(), ROUTES.listBatches.query.parse({ sort }))).items
  const minutesTo = (time: string | null) => (time === null ? null : (Date.parse(time) - Date.now()) / MINUTE_MS)
  const about = (value: number | null, wanted: number, what: string) =>
    assert.ok(value !== null && Math.abs(value - wanted) <= wanted * 0.15, `${what}: ${value}, wanted about ${wanted}`)

  test('a batch has the rate of its last minutes, and the end that follows from what its users have before them', async () => {
    const going = await seedBatch(store.pool, {
      name: 'Going',
      endpoint: 'Source',
      startedAt: ago(60),
      users: [
        { status: 'Synced', sourceItems: 1_000, syncedItems: 1_000 },
        { status: 'Syncing', sourceItems: 1_000, syncedItems: 400 },
        { status: 'Queued' },
        // Nobody waits for it: it does not go on by itself.
        { status: 'Failed', sourceItems: 50_000, errorCode: 'X' },
      ],
    })
    await seedThroughput(
      store.pool,
      going.id,
      // What was before the last ten minutes does not count.
      [
        { minutesAgo: 30, items: 9_999 },
        ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((minutesAgo) => ({ minutesAgo, items: 100 })),
      ],
    )
    const idle = await seedBatch(store.pool, { name: 'Idle', endpoint: 'Source', users: [{ status: 'Synced' }] })
    await seedThroughput(store.pool, idle.id, [{ minutesAgo: 2, items: 100 }])
    await seedBatch(store.pool, { name: 'Just begun', endpoint: 'Source', users: [{ status: 'Queued' }] })
    await seedBatch(store.pool, {
      name: 'Stuck',
      endpoint: 'Source',
      startedAt: ago(60),
      users: [{ status: 'Syncing' }],
    })
    const [begun, first, ...rest] = [...(await batches('identity'))].sort((a) => (a.identity === 'Just begun' ? -1 : 0))
    assert.equal(first!.identity, 'Going')
    // 900 in 9 to 10 minutes.
    about(first!.itemsPerMinute, 95, 'messages a minute')
    about(first!.bytesTransferredPerMinute, 95_000, 'bytes a minute')
    // 600 of the one, 1,000 of the other.
    about(minutesTo(first!.estimatedCompletionDateTime), 1_600 / first!.itemsPerMinute!, 'minutes to its end')
    const shown = [begun!, ...rest].map((each) => [
      each.identity,
      each.itemsPerMinute,
      each.bytesTransferredPerMinute,
      each.estimatedCompletionDateTime,
    ])
    assert.deepEqual(shown, [
      ['Just begun', null, null, null],
      ['Idle', null, null, null],
      ['Stuck', 0, 0, null],
    ])
    assert.deepEqual((await batches('-itemsPerMinute')).map(({ identity }) => identity).slice(0, 2), ['Going', 'Stuck'])
    assert.deepEqual(
      (await dashboard()).running.map(({ identity, itemsPerMinute }) => [identity, itemsPerMinute !== null]),
      [
        ['Going', true],
        ['Just begun', false],
        ['Stuck', true],
      ],
    )
  })

  test('what was carried before a Stop is no part of the rate after the Start', async () => {
    const batch = await seedBatch(store.pool, {
      name: 'Again',
      endpoint: 'Source',
      startedAt: ago(3),
      users: [{ status: 'Syncing', sourceItems: 10_000 }],
    })
    await seedThroughput(store.pool, batch.id, [
      { minutesAgo: 6, items: 100_000 },
      { minutesAgo: 1, items: 30 },
      { minutesAgo: 2, items: 30 },
    ])
    const [again] = await batches()
    assert.ok(again!.itemsPerMinute! >= 18 && again!.itemsPerMinute! <= 32, String(again!.itemsPerMinute))
  })

  test('failures stand by their cause, and each number leads to just those users', async () => {
    const failed = (errorCode: string) => ({ status: 'Failed', errorCode })
    await seedBatch(store.pool, {
      name: 'One',
      endpoint: 'Source',
      users: [
        failed('IMAP_LOGIN_REFUSED'),
        failed('IMAP_LOGIN_REFUSED'),
        failed('MIGRATION_RECIPIENT_NOT_FOUND'),
        { status: 'Queued', errorCode: 'IMAP_LOGIN_REFUSED' },
        { status: 'Stopped', errorCode: 'IMAP_LOGIN_REFUSED' },
        { status: 'Stopped', errorCode: 'OF_NOBODY_NOW' },
        { status: 'Synced' },
      ],
    })
    await seedBatch(store.pool, { name: 'Two', endpoint: 'Source', users: [failed('IMAP_LOGIN_REFUSED')] })
    const { items } = await listFailures(deps(), {})
    assert.deepEqual(
      items
        .map((failure) => Failure.parse(failure))
        .map(({ errorType, failedCount, retryingCount, batches: of }) => [
          errorType,
          failedCount,
          retryingCount,
          of.map(({ identity, failedCount: n }) => `${identity} ${n}`),
        ]),
      [
        ['IMAP_LOGIN_REFUSED', 3, 1, ['One 2', 'Two 1']],
        ['MigrationRecipientNotFoundException', 1, 0, ['One 1']],
      ],
    )
    assert.match(items[0]!.message, /^IMAP_LOGIN_REFUSED of u\d@/)
    assert.equal(items[0]!.remedy, 'Mend it.')
    assert.equal((await listFailures(deps(), { batch: 'two' })).items[0]!.failedCount, 1)
    for (const { errorType, failedCount, batches: of } of items) {
      const rows = async (query: object) =>
        (
          await listUsers(
            deps(),
            ROUTES.listUsers.query.parse({ errorType, statusSummary: 'Failed', limit: 1, ...query }),
          )
        ).total
      assert.equal(await rows({}), failedCount)
      for (const { identity, failedCount: n } of of) assert.equal(await rows({ batch: identity }), n)
    }
  })

  test('the queue tells who waits for which slots, and the workers that are alive', async () => {
    const batch = await seedBatch(store.pool, {
      name: 'Queue',
      endpoint: 'Source',
      users: [
        { status: 'Syncing', jobId: randomUUID() },
        { status: 'Queued' },
        { status: 'Queued' },
        { status: 'Failed', errorCode: 'X' },
      ],
    })
    await seedBatch(store.pool, { name: 'Later', endpoint: 'Source', running: false, users: [{ status: 'Queued' }] })
    await store.pool.query(
      `INSERT INTO slot (endpoint_id, bucket, n, job_id, user_id, batch_id)
       SELECT endpoint_id, 'initial', 1, gen_random_uuid(), $2, id FROM migration_batch WHERE id = $1`,
      [batch.id, batch.users[0]],
    )
    await store.pool.query(
      `INSERT INTO worker (id, name, capacity, heartbeat_at) VALUES (gen_random_uuid(), 'w 1', 4, now()),
         (gen_random_uuid(), 'w 2', 8, now() - interval '5 minutes')`,
    )
    const { queue, workers } = await dashboard()
    assert.deepEqual(queue, [
      { endpoint: 'Source', kind: 'Initial', waitingCount: 2, usedSlots: 1, maxSlots: 20 },
      { endpoint: 'Source', kind: 'Incremental', waitingCount: 0, usedSlots: 0, maxSlots: 10 },
    ])
    assert.deepEqual(workers, { count: 1, capacity: 4, active: 0 })
  })

  test('the forecast stands on whole hours of work, and first on periods of five minutes', async () => {
    const batch = await seedBatch(store.pool, {
      name: 'All',
      endpoint: 'Source',
      users: [{ status: 'Syncing', sourceItems: 7_200, syncedItems: 0 }, { status: 'Stopped' }],
    })
    assert.equal((await dashboard()).forecast.reason, 'TooEarly')
    await seedThroughput(
      store.pool,
      batch.id,
      [10, 20, 30].map((minutesAgo) => ({ minutesAgo, items: 100 })),
    )
    const early = (await dashboard()).forecast
    assert.deepEqual([early.samples, early.itemsPerHour?.median, early.mailboxesLeft], [3, 1_200, 1])
    about(minutesTo(early.expected), 360, 'minutes')

    // Eight hours one after the other: the first and the last were not worked through.
    const hours = [1, 2, 3, 4, 5, 6, 7, 8].map((hour) => ({
      minutesAgo: (24 * 3 + hour) * 60,
      items: hour * 600,
      seconds: 3_600,
    }))
    await seedThroughput(store.pool, batch.id, hours)
    const { samples, itemsPerHour, earliest, expected, latest } = (await dashboard()).forecast
    // The half hour of above is no whole one.
    assert.equal(samples, 6)
    assert.deepEqual(itemsPerHour, { low: 1_950, median: 2_700, high: 3_450 })
    about(minutesTo(earliest), (7_200 / 3_450) * 60, 'earliest')
    about(minutesTo(expected), (7_200 / 2_700) * 60, 'expected')
    about(minutesTo(latest), (7_200 / 1_950) * 60, 'latest')
  })

  test('run times are those of batches whose users are all synced, and of archived ones', async () => {
    await seedBatch(store.pool, {
      name: 'Done',
      endpoint: 'Source',
      startedAt: ago(30),
      users: [{ status: 'Synced', syncedItems: 10 }],
    })
    await seedBatch(store.pool, {
      name: 'Half',
      endpoint: 'Source',
      users: [{ status: 'Synced' }, { status: 'Queued' }],
    })
    await store.pool.query(
      `INSERT INTO archived_batch (id, name, name_key, type, settings, columns, warnings, submitted_by, created_at,
         started_at, initial_synced_at, last_action_at, removed_by, reason, users, removed_before, items, skipped, bytes, waybills)
       VALUES (gen_random_uuid(), 'Test 1', 'test 1', 'IMAP', '{}', '{}', '{}', 'me', now(), '2026-03-01T22:00:00Z',
         '2026-03-02T03:30:00Z', now(), 'me', '', '{"Synced": 40, "Failed": 2}', 0, 5000, 0, 123456, 40)`,
    )
    const { runTimes } = await dashboard()
    assert.deepEqual(
      runTimes.map(({ identity, isArchived, startDateTime, duration, totalCount, itemsSynced, bytesTransferred }) => ({
        identity,
        isArchived,
        startDateTime: isArchived ? startDateTime : '',
        duration: duration.slice(0, 5),
        totalCount,
        itemsSynced,
        bytesTransferred,
      })),
      [
        {
          identity: 'Done',
          isArchived: false,
          startDateTime: '',
          duration: '00:30',
          totalCount: 1,
          itemsSynced: 10,
          bytesTransferred: 0,
        },
        {
          identity: 'Test 1',
          isArchived: true,
          startDateTime: '2026-03-01T22:00:00.000Z',
          duration: '05:30',
          totalCount: 42,
          itemsSynced: 5_000,
          bytesTransferred: 123_456,
        },
      ],
    )
  })
})
