/** When passes run: StartAfter, the rounds of incremental syncs, SyncNow, Start and Stop (exchange-semantics.md §2.2, §2.5). */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { MigrationBatch } from '#contract/batch.ts'
import { until } from '#test/crash/until.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { fill } from '#test/worlds/fill.ts'
import { folder, message } from '#test/worlds/messages.ts'
import { changePassword, lastEvent, passes, passesEnd, refused, userOf, userReaches } from './asking.ts'
import { type Row, type ServiceWorld, address, startServiceWorld } from './world.ts'

const NAMES = Array.from({ length: 17 }, (_, index) => `s${index + 1}`)
const DAY_MS = 86_400_000
let world: ServiceWorld
let next = 0
/** Users that no other test uses. */
const fresh = (count: number) => NAMES.slice(next, (next += count)).map((name): Row => [name])

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
const newMail = (user: string, name: string) =>
  fill(world.login(user), [folder('INBOX', [message(name, `Subject: ${name}\r\n\r\n${name}\r\n`)])])

/** While `act` runs, incremental syncs come every second. */
async function everySecond(act: () => Promise<void>): Promise<void> {
  await world.served.must('PATCH', '/config', { incrementalSyncInterval: '00:00:01' })
  try {
    await act()
  } finally {
    await world.served.must('PATCH', '/config', { incrementalSyncInterval: '1.00:00:00' })
  }
}

describe('when passes run', { skip: dovecotMissing() }, () => {
  before(async () => {
    world = await startServiceWorld('schedules', NAMES, { messages: 2 })
  })
  after(() => world[Symbol.asyncDispose]())

  test('StartAfter: the batch is Waiting, its users Queued, and it runs by itself at the time', async () => {
    const { served } = world
    const [row] = fresh(1) as [Row]
    const startAfter = inMs(2_500)
    await served.newBatch('After', [row], { startAfter, autoStart: true })
    const waiting = await served.reaches('After', 'Waiting')
    assert.equal(waiting.startAfter, startAfter)
    assert.equal(waiting.startDateTime, null)
    assert.equal((await userOf(served, 'After', row[0])).status, 'Queued')
    await served.reaches('After', 'Synced')
    const [started] = await passes(served, 'After', 'pass.started')
    assert.ok(started!.at >= startAfter, `${started!.at} is before ${startAfter}`)
    const { startDateTime } = await served.batch('After')
    assert.ok(startDateTime! >= startAfter && startDateTime! <= started!.at, `${startDateTime}`)
  })

  test('a waiting batch runs at once when its StartAfter is taken away, and stops without having run', async () => {
    const { served } = world
    const rows = fresh(2)
    await served.newBatch('Waits', rows, { startAfter: inMs(DAY_MS), autoStart: true })
    await served.reaches('Waits', 'Waiting')
    assert.equal((await served.must<MigrationBatch>('POST', '/batches/Waits/stop')).status, 'Stopping')
    await served.reaches('Waits', 'Stopped')
    assert.deepEqual(await passes(served, 'Waits', 'pass.started'), [])
    await served.must('POST', '/batches/Waits/start')
    await served.reaches('Waits', 'Waiting')
    await served.must('PATCH', '/batches/Waits', { startAfter: null })
    await served.reaches('Waits', 'Synced')
  })

  test("a user's own StartAfter goes before its batch's, to run earlier and to run later", async () => {
    const { served } = world
    const [early, late, usual] = fresh(3) as [Row, Row, Row]
    await served.newBatch('Own', [early, late, usual], { startAfter: inMs(DAY_MS), autoStart: true })
    await served.reaches('Own', 'Waiting')
    await served.must('PATCH', `/users/${address(early[0])}`, { startAfter: inMs(-1_000) })
    await userReaches(served, 'Own', early[0], 'Synced')
    assert.equal((await served.batch('Own')).status, 'Waiting')
    const later = inMs(2 * DAY_MS)
    await served.must('PATCH', `/users/${address(late[0])}`, { startAfter: later })
    await served.must('PATCH', '/batches/Own', { startAfter: null })
    await userReaches(served, 'Own', usual[0], 'Synced')
    const held = await userOf(served, 'Own', late[0])
    assert.deepEqual([held.status, held.startAfter], ['Queued', later])
    assert.equal((await served.batch('Own')).status, 'Waiting')
    await served.must('PATCH', `/users/${address(late[0])}`, { startAfter: null })
    await served.reaches('Own', 'Synced')
  })

  test('incremental syncs repeat by themselves and show their next time; a shorter interval counts from the last sync on', async () => {
    const { served } = world
    const [row] = fresh(1) as [Row]
    await served.newBatch('Rounds', [row], { autoStart: true })
    await served.reaches('Rounds', 'Synced')
    const first = await userOf(served, 'Rounds', row[0])
    const ahead = Date.parse(first.nextSyncTime!) - Date.parse(first.lastSuccessfulSyncTime!)
    assert.ok(Math.abs(ahead - DAY_MS) < 5_000, `the next sync is ${ahead} ms after the last`)
    const from = await lastEvent(served)
    await everySecond(async () => {
      const hastened = (await userOf(served, 'Rounds', row[0])).nextSyncTime
      assert.ok(hastened === null || Date.parse(hastened) < Date.now() + 5_000, `it shows ${hastened}`)
      await newMail(row[0], 'later')
      const ended = await passesEnd(served, 'Rounds', 3, from)
      assert.ok(ended.every(({ facts }) => facts['bucket'] === 'incremental' && facts['result'] === 'Synced'))
      assert.deepEqual(await world.differences(row[0]), [])
    })
  })

  test('an incremental sync that fails is repeated in the next round and mends itself; Stop ends its rounds', async () => {
    const { served } = world
    await using other = await startDovecot({ users: { changing: 'pass' }, extra: 'auth_failure_delay = 0\n' })
    await served.newEndpoint('Changing', other)
    await served.newBatch('Mends', [['changing']], { sourceEndpoint: 'Changing', autoStart: true })
    await served.reaches('Mends', 'Synced')
    await everySecond(async () => {
      await changePassword(other, 'changing', 'another')
      const failed = await userReaches(served, 'Mends', 'changing', 'IncrementalFailed')
      assert.notEqual(failed.errorSummary, '')
      assert.notEqual(failed.nextSyncTime, null)
      assert.equal((await served.batch('Mends')).status, 'SyncedWithErrors', 'it was synced, and goes on')
      await changePassword(other, 'changing', 'pass')
      // A round that meets the server while it starts anew leaves the user Synced, with what it met.
      await until('it is Synced, and nothing is said against it', async () => {
        const { status, errorSummary } = await userOf(served, 'Mends', 'changing')
        return status === 'Synced' && errorSummary === ''
      })
      await changePassword(other, 'changing', 'another')
      await userReaches(served, 'Mends', 'changing', 'IncrementalFailed')
      await served.must('POST', '/batches/Mends/stop')
      await served.reaches('Mends', 'Stopped')
      assert.equal((await userOf(served, 'Mends', 'changing')).status, 'IncrementalStopped')
    })
    await changePassword(other, 'changing', 'pass')
    await served.must('POST', '/batches/Mends/start')
    await served.reaches('Mends', 'Synced')
  })

  test('without AllowIncrementalSyncs users are IncrementalStopped and the batch Stopped after the initial sync', async () => {
    const { served } = world
    const rows = fresh(2)
    await served.newBatch('Once', rows, { allowIncrementalSyncs: false, autoStart: true })
    const stopped = await served.reaches('Once', 'Stopped')
    assert.equal(stopped.percentageSynced, 100)
    for (const [user] of rows) {
      const { status, nextSyncTime } = await userOf(served, 'Once', user)
      assert.deepEqual([status, nextSyncTime], ['IncrementalStopped', null])
      assert.deepEqual(await world.differences(user), [])
    }
    await refused(served, 'PATCH', '/batches/Once', { syncNow: true }, 409, 'STATE_FORBIDS')
  })

  test('AllowIncrementalSyncs taken away ends the rounds of a synced batch at once; Start with it given back goes on', async () => {
    const { served } = world
    const [one, other] = fresh(2) as [Row, Row]
    await served.newBatch('Ends', [one], { autoStart: true })
    await served.newBatch('Goes on', [other], { autoStart: true })
    await served.reaches('Ends', 'Synced')
    await served.reaches('Goes on', 'Synced')
    await served.must('PATCH', '/batches/Ends', { allowIncrementalSyncs: false })
    assert.equal((await served.batch('Ends')).status, 'Stopped')
    const from = await lastEvent(served)
    await everySecond(async () => {
      await passesEnd(served, 'Goes on', 2, from)
      assert.deepEqual(await passes(served, 'Ends', 'pass.started', from), [])
      await served.must('PATCH', '/batches/Ends', { allowIncrementalSyncs: true })
      await served.must('POST', '/batches/Ends/start')
      await passesEnd(served, 'Ends', 2, from)
    })
  })

  test('SyncNow syncs all users of a batch that are synced, or one user alone', async () => {
    const { served } = world
    const rows = fresh(2)
    const [one, other] = rows as [Row, Row]
    await served.newBatch('Now', rows, { autoStart: true })
    await served.reaches('Now', 'Synced')
    for (const [user] of rows) await newMail(user, 'for the batch')
    let from = await lastEvent(served)
    await served.must('PATCH', '/batches/Now', { syncNow: true })
    await passesEnd(served, 'Now', 2, from)
    for (const [user] of rows) assert.deepEqual(await world.differences(user), [])
    await newMail(one[0], 'for the user')
    from = await lastEvent(served)
    await served.must('PATCH', `/users/${address(one[0])}`, { syncNow: true })
    await passesEnd(served, 'Now', 1, from)
    assert.deepEqual(await world.differences(one[0]), [])
    const users = (await passes(served, 'Now', 'pass.started', from)).map(({ user }) => user)
    assert.deepEqual(users, [address(one[0])], `${other[0]} is left alone`)
  })

  test('SyncNow does not revive a failed user; Start does, and leaves the synced ones as they are', async () => {
    const { served } = world
    const [good, bad] = fresh(2) as [Row, Row]
    await served.newBatch('Failed one', [good, [bad[0], 'wrong']], { autoStart: true })
    await served.reaches('Failed one', 'SyncedWithErrors')
    const path = '/batches/Failed%20one'
    let from = await lastEvent(served)
    await served.must('PATCH', path, { syncNow: true })
    await passesEnd(served, 'Failed one', 1, from)
    const refusal = await refused(served, 'PATCH', `/users/${address(bad[0])}`, { syncNow: true }, 409, 'STATE_FORBIDS')
    assert.match(refusal.detail, /has failed; start it/)
    assert.equal((await userOf(served, 'Failed one', bad[0])).status, 'Failed')
    assert.deepEqual(
      (await passes(served, 'Failed one', 'pass.started', from)).map(({ user }) => user),
      [address(good[0])],
    )
    from = await lastEvent(served)
    await served.must('POST', `${path}/start`)
    await passesEnd(served, 'Failed one', 1, from)
    await served.reaches('Failed one', 'SyncedWithErrors')
    assert.deepEqual(
      (await passes(served, 'Failed one', 'pass.started', from)).map(({ user }) => user),
      [address(bad[0])],
    )
  })

  test('Start on a Synced batch is accepted and changes nothing', async () => {
    const { served } = world
    const [row] = fresh(1) as [Row]
    await served.newBatch('Again', [row], { autoStart: true })
    await served.reaches('Again', 'Synced')
    const before_ = await userOf(served, 'Again', row[0])
    const from = await lastEvent(served)
    assert.equal((await served.must<MigrationBatch>('POST', '/batches/Again/start')).status, 'Starting')
    await served.reaches('Again', 'Synced')
    assert.deepEqual(await userOf(served, 'Again', row[0]), before_)
    assert.deepEqual(await passes(served, 'Again', 'pass.started', from), [])
  })

  test('a batch stopped before its Start was carried out is Stopped', async () => {
    const { served } = world
    const [row] = fresh(1) as [Row]
    await served.newBatch('Early stop', [row], { autoStart: true })
    assert.equal((await served.must<MigrationBatch>('POST', '/batches/Early%20stop/stop')).status, 'Stopping')
    await served.reaches('Early stop', 'Stopped')
    const { status } = await userOf(served, 'Early stop', row[0])
    assert.match(status, /^(Incremental)?Stopped$/)
  })
})
