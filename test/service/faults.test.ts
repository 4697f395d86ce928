/** What breaks under a running service, and goes on by itself (transfer-engine.md §8). */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { MigrationBatch } from '#contract/batch.ts'
import type { MigrationUser } from '#contract/user.ts'
import { instanceSigner } from '#migration/waybill/signer.ts'
import { verifyWaybill } from '#migration/waybill/verify.ts'
import { startedBefore } from '#test/data-folder.ts'
import { until } from '#test/crash/until.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { send } from '#test/servers/processes.ts'
import { type Relay, startRelay } from '#test/servers/relay.ts'
import { fill } from '#test/worlds/fill.ts'
import { lastEvent, passes, userOf } from './asking.ts'
import { type Row, Served, type ServiceWorld, address, everydayMailbox, startServiceWorld } from './world.ts'
import { removeFolder } from '#test/remove-folder.ts'

const NAMES = Array.from({ length: 12 }, (_, index) => `x${index + 1}`)
const tuning = { againMs: 50, mostTransient: 7, graceMs: 1_500 }
let world: ServiceWorld
/** The service as it runs now: one test stops it and starts it again. */
let served: Served
let next = 0
/** Users that no other test uses. */
const fresh = (count: number) => NAMES.slice(next, (next += count)).map((name): Row => [name])

/** Waits until the first messages have come through. */
async function untilMessagesTravel(relay: Relay, batch: string): Promise<void> {
  await until('it syncs', async () => (await served.users(batch)).some(({ status }) => status === 'Syncing'))
  await until('messages travel', () => relay.bytesToClient() > 15_000)
}

/** A service whose worker dies at the first message it carries, every time it is started. */
async function poisoned(): Promise<{ stuck: MigrationUser; spared: MigrationUser; shown: string }> {
  const folder = temporaryFolder('poison')
  await using stack = new AsyncDisposableStack()
  stack.defer(() => removeFolder(folder))
  const source = stack.use(await startDovecot({ users: { deadly: 'pass', empty: 'pass' } }))
  await fill({ host: '127.0.0.1', port: source.port, user: 'deadly', password: 'pass' }, everydayMailbox(1, 2))
  await startedBefore(join(folder, 'data'))
  const poisonedService = stack.use(
    await Served.start({
      dataFolder: join(folder, 'data'),
      crash: 'append.inside',
      tuning: { mostDeaths: 1 },
      args: ['--concurrency', '1'],
    }),
  )
  await poisonedService.newEndpoint('Source', source)
  await poisonedService.newBatch('Poison', [['deadly'], ['empty']], { autoStart: true })
  await poisonedService.reaches('Poison', 'SyncedWithErrors', 90_000)
  const statistics = await poisonedService.statistics(address('deadly'), '?includeReport=true')
  assert.equal(statistics.errorType, 'PASS_POISONED')
  assert.deepEqual(
    statistics.report?.map(({ result }) => result),
    ['Interrupted', 'Interrupted'],
  )
  return {
    stuck: await userOf(poisonedService, 'Poison', 'deadly'),
    spared: await userOf(poisonedService, 'Poison', 'empty'),
    shown: statistics.error,
  }
}

describe('faults under a running service', { skip: dovecotMissing() }, () => {
  let poison: ReturnType<typeof poisoned>
  before(async () => {
    // They take their time beside the other tests.
    poison = poisoned()
    poison.catch(() => undefined)
    world = await startServiceWorld('faults', NAMES, { messages: 10, tuning })
    served = world.served
    const gone = { name: 'Gone', remoteServer: '127.0.0.1', port: 1, security: 'None', skipVerification: true }
    await served.must('POST', '/endpoints', gone)
    await served.newBatch('Hopeless', [['nobody']], { sourceEndpoint: 'Gone', autoStart: true })
  })
  after(async () => {
    await poison.catch(() => undefined)
    if (served !== world.served) await served[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })

  test('a source that is down: the user is Queued again with the error shown and counts as stalled, and ends Synced when it is back', async () => {
    await using other = await startDovecot({ users: { back: 'pass' } })
    await served.newEndpoint('Down', other)
    await other.stop()
    await served.newBatch('Patient', [['back']], { sourceEndpoint: 'Down', autoStart: true })
    await until('it waits with its error', async () => {
      const { status, errorSummary } = await userOf(served, 'Patient', 'back')
      return status === 'Queued' && errorSummary !== ''
    })
    assert.equal((await served.batch('Patient')).status, 'Syncing')
    const waiting = await served.statistics(address('back'))
    assert.match(waiting.error, /refused|connect/i)
    assert.notEqual(waiting.errorRemedy, '')
    await until('it counts as stalled', async () => {
      return (await served.statistics(address('back'))).stalledDuration !== '00:00:00'
    })
    await other.restart()
    await served.reaches('Patient', 'Synced')
    const { error, stalledDuration, report } = await served.statistics(address('back'), '?includeReport=true')
    assert.equal(error, '')
    assert.notEqual(stalledDuration, '00:00:00')
    assert.equal(report?.at(0)?.result, 'Synced')
    assert.equal(report?.at(-1)?.result, 'Failed')
  })

  test('Stop while the network is dead ends when the time of grace is over; Start goes on, and nothing is doubled', async () => {
    const rows = fresh(2)
    await using relay = await startRelay({ port: world.source.port, delayMs: 30 })
    await served.newEndpoint('Dead', relay)
    await served.newBatch('Frozen', rows, { sourceEndpoint: 'Dead', autoStart: true })
    await untilMessagesTravel(relay, 'Frozen')
    relay.freeze()
    const asked = Date.now()
    assert.equal((await served.must<MigrationBatch>('POST', '/batches/Frozen/stop')).status, 'Stopping')
    await served.reaches('Frozen', 'Stopped')
    assert.ok(Date.now() - asked < 12_000, 'no deadline of a connection was waited for')
    relay.thaw()
    await served.must('POST', '/batches/Frozen/start')
    await served.reaches('Frozen', 'Synced')
    for (const [user] of rows) assert.deepEqual(await world.differences(user), [])
  })

  test('a frozen worker that holds jobs it has not begun holds up neither Remove nor Stop', async () => {
    const [one, other] = fresh(2) as [Row, Row]
    const { workers } = await served.must<{ workers: { name: string }[] }>('GET', '/statistics')
    const pid = Number(/ (\d+)$/.exec(workers[0]!.name)![1])
    send(pid, 'SIGSTOP')
    try {
      await served.newBatch('Unbegun', [one, other], { autoStart: true })
      await until('both have slots', async () =>
        (await served.users('Unbegun')).every(({ status }) => status === 'Starting'),
      )
      await served.must('DELETE', `/users/${address(one[0])}`)
      assert.equal((await served.ask('GET', `/users/${address(one[0])}`)).status, 404)
      await served.must('POST', '/batches/Unbegun/stop')
      await served.reaches('Unbegun', 'Stopped', 5_000)
    } finally {
      send(pid, 'SIGCONT')
    }
    await served.must('POST', '/batches/Unbegun/start')
    await served.reaches('Unbegun', 'Synced')
    const began = await passes(served, 'Unbegun', 'pass.started')
    assert.deepEqual(
      began.map(({ user }) => user),
      [address(other[0])],
    )
  })

  test('statistics tell durations, rate, and passes with worker and a waybill that verifies', async () => {
    const [row] = fresh(1) as [Row]
    const user = row[0]
    await using relay = await startRelay({ port: world.source.port, delayMs: 60 })
    await served.newEndpoint('Far', relay)
    await served.newBatch('Counted', [row], { sourceEndpoint: 'Far', autoStart: true })
    await served.reaches('Counted', 'Synced')
    const from = await lastEvent(served)
    await served.must('PATCH', '/batches/Counted', { syncNow: true })
    await until('it was synced again', async () => (await passes(served, 'Counted', 'pass.ended', from)).length === 1)
    const told = await served.statistics(address(user), '?includeReport=true')
    assert.deepEqual(
      [told.estimatedTotalTransferCount, told.syncedItemCount, told.transferredItemCount, told.syncedFolderCount],
      [10, 10, 10, 2],
    )
    assert.ok(told.bytesTransferred > 0 && told.bytesTransferredPerMinute > told.bytesTransferred)
    for (const span of [told.queuedDuration, told.inProgressDuration, told.syncedDuration, told.stalledDuration])
      assert.match(span, /^\d{2}:\d{2}:\d{2}$/)
    assert.notEqual(told.inProgressDuration, '00:00:00')
    assert.equal(told.stalledDuration, '00:00:00')
    const { workers } = await served.must<{ workers: { name: string }[] }>('GET', '/statistics')
    const report = told.report ?? []
    assert.deepEqual(
      report.map(({ kind, result, worker, itemsTransferred }) => ({ kind, result, worker, itemsTransferred })),
      [
        { kind: 'Incremental', result: 'Synced', worker: workers[0]!.name, itemsTransferred: 0 },
        { kind: 'Initial', result: 'Synced', worker: workers[0]!.name, itemsTransferred: 10 },
      ],
    )
    const { fingerprint } = instanceSigner(join(served.dataFolder, 'keys'))
    for (const { waybill } of report) {
      const check = await verifyWaybill(waybill!, { knownFingerprints: [fingerprint] })
      assert.deepEqual([check.ok, check.trust, check.problems], [true, 'known', []])
    }
  })

  test('stopped by SIGTERM in the middle of passes and started again: it goes on, and nothing is doubled', async () => {
    const rows = fresh(3)
    await using relay = await startRelay({ port: world.source.port, delayMs: 40 })
    await served.newEndpoint('Slow', relay)
    await served.newBatch('Restart', rows, { sourceEndpoint: 'Slow', autoStart: true })
    await untilMessagesTravel(relay, 'Restart')
    served.running.child.kill('SIGTERM')
    assert.equal((await served.running.ended).code, 0)
    served = await Served.start({ dataFolder: world.served.dataFolder, tuning })
    await served.reaches('Restart', 'Synced')
    for (const [user] of rows) assert.deepEqual(await world.differences(user), [])
    const ended = await passes(served, 'Restart', 'pass.ended')
    assert.ok(
      ended.some(({ facts }) => facts['result'] === 'Interrupted'),
      'a pass was in the middle',
    )
    assert.equal((await served.must<{ workers: unknown[] }>('GET', '/statistics')).workers.length, 1)
  })

  test('too many passing faults in a row fail the user, with the commonest cause and its count', async () => {
    await served.reaches('Hopeless', 'Failed')
    const told = await served.statistics(address('nobody'), '?includeReport=true')
    assert.equal(told.status, 'Failed')
    assert.equal(told.errorType, 'TooManyTransientFailureRetriesPermanentException')
    assert.match(told.error, /^Tried 7 times without carrying a message\. The commonest cause, \d times: \S/)
    assert.ok((told.report ?? []).filter(({ result }) => result === 'Failed').length >= 7)
    assert.match(told.errorRemedy, /Then start the user again\.$/)
  })

  test('a mailbox at which workers die again and again is given up, and the others of its batch are not', async () => {
    const { stuck, spared, shown } = await poison
    assert.deepEqual([stuck.status, spared.status], ['Failed', 'Synced'])
    assert.match(shown, /died 2 times while it was at this mailbox/)
  })
})
