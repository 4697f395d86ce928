/** Who gets the slots, shown by the event log (transfer-engine.md §8, exchange-semantics.md §5). */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { MigrationBatch } from '#contract/batch.ts'
import type { ServiceEvent } from '#contract/organization.ts'
import { until } from '#test/crash/until.ts'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { type Relay, startRelay } from '#test/servers/relay.ts'
import { fill } from '#test/worlds/fill.ts'
import { everydayMessages, folder } from '#test/worlds/messages.ts'
import { lastEvent, passes } from './asking.ts'
import { mostAtOnce } from './most-at-once.ts'
import { type Row, type ServiceWorld, startServiceWorld } from './world.ts'

const NAMES = Array.from({ length: 44 }, (_, index) => `f${index + 1}`)
let world: ServiceWorld
let next = 0
/** Users that no other test uses. */
const fresh = (count: number) => NAMES.slice(next, (next += count)).map((name): Row => [name])

/** An endpoint of its own, slow enough that slots are what is short. */
async function endpoint(name: string, slots: number, delayMs = 10): Promise<Relay> {
  const relay = await startRelay({ port: world.source.port, delayMs })
  const limits = { maxConcurrentMigrations: slots, maxConcurrentIncrementalSyncs: 1 }
  await world.served.newEndpoint(name, relay, limits)
  return relay
}

const started = async (endpoint_: string, from = 0): Promise<ServiceEvent[]> =>
  (await world.served.events(from)).filter((event) => event.kind === 'pass.started' && event.endpoint === endpoint_)

/** For each pass that began after an event: how many of the endpoint were at work just before. */
async function atWorkBefore(endpoint_: string, from: number): Promise<number[]> {
  let active = 0
  const found: number[] = []
  for (const event of await world.served.events()) {
    if (event.endpoint !== endpoint_) continue
    if (event.kind === 'pass.started') {
      if (event.id > from) found.push(active)
      active++
    }
    if (event.kind === 'pass.ended') active--
  }
  return found
}

describe('slots', { skip: dovecotMissing() }, () => {
  before(async () => {
    world = await startServiceWorld('fairness', NAMES, { messages: 2, args: ['--concurrency', '8'] })
  })
  after(() => world[Symbol.asyncDispose]())

  test('two batches of one endpoint share its slots, though one was there first with many users', async () => {
    const { served } = world
    await using relay = await endpoint('Shared', 2)
    relay.freeze()
    await served.newBatch('Large', fresh(9), { sourceEndpoint: 'Shared', autoStart: true })
    await until('its passes hold both slots', async () => (await started('Shared')).length === 2)
    const from = await lastEvent(served)
    await served.newBatch('Small', fresh(4), { sourceEndpoint: 'Shared', autoStart: true })
    await until('it is started', async () => (await served.batch('Small')).status === 'Syncing')
    relay.thaw()
    await served.reaches('Large', 'Synced')
    await served.reaches('Small', 'Synced')
    const order = (await started('Shared', from)).map(({ batch }) => batch)
    const small = order.slice(0, 7).filter((batch) => batch === 'Small').length
    assert.ok(small >= 3, `of the next seven passes ${small} were of the small batch: ${order.join()}`)
    assert.ok(order.slice(0, 5).includes('Large'), `the large one goes on meanwhile: ${order.join()}`)
    assert.equal(mostAtOnce(await served.events(), 'Shared')['initial'], 2)
  })

  test('HighestPriority goes first, and its batch says so', async () => {
    const { served } = world
    await using relay = await endpoint('One slot', 1)
    relay.freeze()
    await served.newBatch('Usual', fresh(4), { sourceEndpoint: 'One slot', autoStart: true })
    await until('a pass holds the slot', async () => (await started('One slot')).length === 1)
    await served.newBatch('Urgent', fresh(3), { sourceEndpoint: 'One slot', autoStart: true })
    await until('it is started', async () => (await served.batch('Urgent')).status === 'Syncing')
    const changed = await served.must<MigrationBatch>('PATCH', '/batches/Urgent', { highestPriority: true })
    assert.equal(changed.highestPriority, true)
    relay.thaw()
    await served.reaches('Usual', 'Synced')
    const order = (await started('One slot')).map(({ batch }) => batch)
    assert.deepEqual(order, ['Usual', 'Urgent', 'Urgent', 'Urgent', 'Usual', 'Usual', 'Usual'])
    await served.must('PATCH', '/batches/Urgent', { highestPriority: false })
    assert.equal((await served.batch('Urgent')).highestPriority, false)
  })

  test('endpoints do not wait for each other: one that is silent leaves the other its slots, and its share of the room of all', async () => {
    const { served } = world
    await using silent = await endpoint('Silent', 2, 0)
    await using _lively = await endpoint('Lively', 2, 0)
    await served.must('PATCH', '/config', { maxConcurrentMigrations: 2 })
    try {
      silent.freeze()
      const startAfter = new Date(Date.now() + 1_500).toISOString()
      const more = { startAfter, autoStart: true }
      await served.newBatch('Stuck', fresh(3), { sourceEndpoint: 'Silent', ...more })
      await served.newBatch('Flows', fresh(3), { sourceEndpoint: 'Lively', ...more })
      await served.reaches('Flows', 'Synced')
      assert.equal((await served.batch('Stuck')).status, 'Syncing')
      assert.equal((await passes(served, 'Stuck', 'pass.ended')).length, 0)
      silent.thaw()
      await served.reaches('Stuck', 'Synced')
    } finally {
      await served.must('PATCH', '/config', { maxConcurrentMigrations: 300 })
    }
  })

  test('a lowered limit is never exceeded after it: what runs ends, and two at a time follow', async () => {
    const { served } = world
    await using relay = await endpoint('Lowered', 4)
    const rows = fresh(8)
    // Its pass stays in a slot above the new limit, long after those in the slots below it have ended.
    await fill(world.login(rows[3]![0]), [folder('INBOX', everydayMessages(7, 800, 600))])
    relay.freeze()
    await served.newBatch('Narrows', rows, { sourceEndpoint: 'Lowered', autoStart: true })
    await until('four passes run', async () => (await started('Lowered')).length === 4)
    await served.must('PATCH', '/endpoints/Lowered', { maxConcurrentMigrations: 2, skipVerification: true })
    const from = await lastEvent(served)
    relay.thaw()
    await served.reaches('Narrows', 'Synced')
    const before_ = await atWorkBefore('Lowered', from)
    assert.equal(before_.length, 4)
    assert.ok(Math.max(...before_) <= 1, `passes began while ${before_.join()} were at work`)
  })

  test('a raised limit is used at once', async () => {
    const { served } = world
    await using relay = await endpoint('Raised', 1)
    relay.freeze()
    await served.newBatch('Widens', fresh(5), { sourceEndpoint: 'Raised', autoStart: true })
    await until('one pass runs', async () => (await started('Raised')).length === 1)
    const raisedAt = Date.now()
    await served.must('PATCH', '/endpoints/Raised', { maxConcurrentMigrations: 3, skipVerification: true })
    await until('three passes run', async () => (await started('Raised')).length === 3)
    const last = (await started('Raised')).at(-1)!
    assert.ok(Date.parse(last.at) - raisedAt < 5_000, 'nothing had to end for it')
    relay.thaw()
    await served.reaches('Widens', 'Synced')
    assert.equal(mostAtOnce(await served.events(), 'Raised')['initial'], 3)
  })
})
