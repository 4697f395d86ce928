/** What an administrator chooses for a batch, and changes while it runs (exchange-semantics.md §2.5). */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { MigrationBatch } from '#contract/batch.ts'
import { until } from '#test/crash/until.ts'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { startRelay } from '#test/servers/relay.ts'
import { type CompareOptions, compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { readMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { type Snapshot, snapshot } from '#test/worlds/snapshot.ts'
import { lastEvent, passesEnd, refused, userOf, userReaches } from './asking.ts'
import { type ServiceWorld, address, startServiceWorld } from './world.ts'

const NAMES = Array.from({ length: 10 }, (_, index) => `c${index + 1}`)
let world: ServiceWorld
let next = 0
/** A user that no other test uses. */
const fresh = () => NAMES[next++]!

const mail = (name: string, date?: string) => message(name, `Subject: ${name}\r\n\r\n${name}\r\n`, [], date)
const target = (user: string): Snapshot => readMaildir(join(world.served.dataFolder, 'mail', address(user)), true)
const differences = async (user: string, options: CompareOptions) =>
  compare(await snapshot(world.login(user)), target(user), { subscriptions: false, ...options })
const without =
  (...left: readonly string[]) =>
  (name: string) =>
    left.includes(name) ? null : name

async function syncNow(batch: string, more: object = {}): Promise<void> {
  const from = await lastEvent(world.served)
  await world.served.must('PATCH', `/batches/${batch}`, { ...more, syncNow: true })
  const [ended] = await passesEnd(world.served, batch, 1, from)
  assert.equal(ended?.facts['result'], 'Synced')
}

async function withFolders(user: string): Promise<void> {
  await fill(world.login(user), [
    folder('Lists', [mail('a list')]),
    folder(['Lists', 'Old'], [mail('an old list')]),
    folder('Keep', [mail('kept')]),
  ])
}

describe('choices of a batch', { skip: dovecotMissing() }, () => {
  before(async () => {
    world = await startServiceWorld('choices', NAMES, { messages: 4 })
  })
  after(() => world[Symbol.asyncDispose]())

  test('ExcludeFolders leaves out a folder with all below and the inbox by what it is; changed, the next sync carries them', async () => {
    const user = fresh()
    await withFolders(user)
    await world.served.newBatch('Excludes', [[user]], { excludeFolders: ['lists/*', '#Inbox#'], autoStart: true })
    await world.served.reaches('Excludes', 'Synced')
    assert.deepEqual(await differences(user, { mapFolder: without('INBOX', 'Lists', 'Lists/Old') }), [])
    assert.ok(!target(user).folders.has('Lists'))
    assert.equal((await userOf(world.served, 'Excludes', user)).skippedItemCount, 0)
    await syncNow('Excludes', { excludeFolders: ['Lists'] })
    assert.deepEqual(await differences(user, { mapFolder: without('Lists') }), [])
    await syncNow('Excludes', { excludeFolders: [] })
    assert.deepEqual(await differences(user, {}), [])
  })

  test('IncludeFolders carries only these, less what ExcludeFolders names', async () => {
    const user = fresh()
    await withFolders(user)
    await world.served.newBatch('Includes', [[user]], {
      includeFolders: ['KEEP', 'Lists/*'],
      excludeFolders: ['Lists/Old'],
      autoStart: true,
    })
    await world.served.reaches('Includes', 'Synced')
    assert.deepEqual(await differences(user, { mapFolder: without('INBOX', 'Projects', 'Lists/Old') }), [])
    assert.equal((await userOf(world.served, 'Includes', user)).syncedItemCount, 2)
    await syncNow('Includes', { includeFolders: [] })
    assert.deepEqual(await differences(user, { mapFolder: without('Lists/Old') }), [])
  })

  test('a folder pattern that says nothing is refused on New and on Set', async () => {
    const { served } = world
    const csvFile = await served.upload(`EmailAddress,UserName,Password\r\nz@contoso.example,z,z\r\n`)
    const body = { name: 'Pattern', sourceEndpoint: 'Source', csvFile }
    await refused(served, 'POST', '/batches', { ...body, excludeFolders: ['Lists*'] }, 422, 'FOLDER_PATTERN')
    await refused(served, 'PATCH', '/batches/Includes', { includeFolders: ['#No#'] }, 422, 'FOLDER_PATTERN')
  })

  test('ContentFilter carries only what was received within; widened, the next sync carries the rest once, and nothing was a skipped item', async () => {
    const user = fresh()
    const dated = {
      before: '2019-12-31T23:59:59Z',
      first: '2020-01-01T00:00:00Z',
      last: '2023-12-31T23:59:59Z',
      after: '2024-01-01T00:00:00Z',
    }
    await fill(world.login(user), [
      folder(
        'Dated',
        Object.entries(dated).map(([name, date]) => mail(name, date)),
      ),
    ])
    await world.served.newBatch('Filter', [[user]], {
      includeFolders: ['Dated'],
      contentFilter: "Received -ge '2020-01-01' -and Received -lt '2024-01-01'",
      autoStart: true,
    })
    await world.served.reaches('Filter', 'Synced')
    const outside = ({ head }: { head: string }) => /^Subject: (before|after)/m.test(head)
    const mapFolder = without('INBOX', 'Projects')
    assert.deepEqual(await differences(user, { mapFolder, excluded: outside }), [])
    const first = await world.served.statistics(address(user), '?includeSkippedItems=true')
    assert.deepEqual(
      { skipped: first.skippedItemCount, listed: first.skippedItems, synced: first.syncedItemCount },
      { skipped: 0, listed: [], synced: 2 },
    )
    assert.equal(first.percentageSynced, 100)
    await syncNow('Filter', { contentFilter: "Received -lt '2024-01-01'" })
    const late = ({ head }: { head: string }) => /^Subject: after/m.test(head)
    assert.deepEqual(await differences(user, { mapFolder, excluded: late }), [])
    await syncNow('Filter', { contentFilter: '' })
    assert.deepEqual(await differences(user, { mapFolder }), [])
    await syncNow('Filter', { contentFilter: "Received -gt '2030-01-01'" })
    assert.deepEqual(await differences(user, { mapFolder }), [], 'a narrower filter takes nothing away')
    for (const contentFilter of [
      "Subject -eq 'x'",
      "Received -ge 'soon'",
      "Received -lt '2020-01-01' -and Received -gt '2021-01-01'",
    ])
      await refused(world.served, 'PATCH', '/batches/Filter', { contentFilter }, 422, 'VALUE_INVALID')
  })

  test('-Update begins a running pass anew with the new settings, and nothing is doubled', async () => {
    const user = fresh()
    await fill(world.login(user), [folder('INBOX', everydayMessages(70, 60)), folder('Much', everydayMessages(71, 60))])
    await using relay = await startRelay({ port: world.source.port, delayMs: 25 })
    await world.served.newEndpoint('Slow', relay)
    await world.served.newBatch('Updates', [[user]], { sourceEndpoint: 'Slow', autoStart: true })
    await userReaches(world.served, 'Updates', user, 'Syncing')
    const before_ = relay.bytesToClient()
    await until('messages travel', () => relay.bytesToClient() > before_ + 20_000)
    relay.freeze()
    await world.served.must('PATCH', '/batches/Updates', { excludeFolders: ['Much'], update: true })
    relay.thaw()
    await world.served.reaches('Updates', 'Synced')
    const ended = await passesEnd(world.served, 'Updates', 2, 0)
    assert.deepEqual(
      ended.map(({ facts }) => facts['result']),
      ['Stopped', 'Synced'],
    )
    assert.deepEqual(await differences(user, { mapFolder: without('Much') }).then(notMuch), [])
    await syncNow('Updates', { excludeFolders: [] })
    assert.deepEqual(await world.differences(user), [])
  })

  test('SourceEndpoint changes only while the batch is Created, Stopped or Failed; the same mail under another endpoint is not doubled', async () => {
    const { served } = world
    const user = fresh()
    await using relay = await startRelay({ port: world.source.port, delayMs: 0 })
    await served.newEndpoint('Other', relay)
    await served.newBatch('Moves', [[user]])
    const other = { sourceEndpoint: 'Other' }
    assert.equal((await served.must<MigrationBatch>('PATCH', '/batches/Moves', other)).sourceEndpoint, 'Other')
    await served.must('PATCH', '/batches/Moves', { sourceEndpoint: 'Source' })
    await served.must('POST', '/batches/Moves/start')
    await served.reaches('Moves', 'Synced')
    const problem = await refused(served, 'PATCH', '/batches/Moves', other, 409, 'STATE_FORBIDS')
    assert.match(problem.detail, /only while the batch is Created, Stopped or Failed/)
    await served.must('POST', '/batches/Moves/stop')
    await served.reaches('Moves', 'Stopped')
    await served.must('PATCH', '/batches/Moves', other)
    const connections = relay.connections()
    const from = await lastEvent(served)
    await served.must('POST', '/batches/Moves/start')
    await passesEnd(served, 'Moves', 1, from)
    assert.ok(relay.connections() > connections, 'the other endpoint was used')
    assert.deepEqual(await world.differences(user), [])

    const wrong = fresh()
    await served.newBatch('Fails', [[wrong, 'wrong']], { autoStart: true })
    await served.reaches('Fails', 'Failed')
    await served.must('PATCH', '/batches/Fails', other)
  })

  test('a user whose source mailbox another batch reads at the new endpoint stands aside; a corrected file counts for the new endpoint', async () => {
    const { served } = world
    const user = fresh()
    const csv = (address_: string) => `EmailAddress,UserName,Password\r\n${address_},${user},pass\r\n`
    const make = async (name: string, address_: string, sourceEndpoint: string) =>
      await served.must('POST', '/batches', { name, sourceEndpoint, csvFile: await served.upload(csv(address_)) })
    await make('Reads', 'one@contoso.example', 'Source')
    await make('Elsewhere', 'two@contoso.example', 'Slow')
    assert.equal((await userOf(served, 'Elsewhere', 'two')).status, 'Validating')
    await served.must('PATCH', '/batches/Elsewhere', { sourceEndpoint: 'Source' })
    const aside = await served.statistics('two@contoso.example')
    assert.deepEqual([aside.status, aside.errorType], ['Failed', 'UserAlreadyBeingMigratedException'])
    const csvFile = await served.upload(csv('two@contoso.example'))
    await served.must('PATCH', '/batches/Elsewhere', { sourceEndpoint: 'Slow', csvFile })
    await served.must('POST', '/batches/Elsewhere/start')
    await until('it is not held up any more', async () => {
      const { status } = await userOf(served, 'Elsewhere', 'two')
      return status !== 'Failed'
    })
  })

  test('NotificationEmails are stored, and Set overwrites the whole list; two changes at once keep both', async () => {
    const { served } = world
    const path = '/batches/Includes'
    const [a, b, c] = ['a@contoso.example', 'b@contoso.example', 'c@contoso.example']
    await served.must('PATCH', path, { notificationEmails: [a, b] })
    assert.deepEqual((await served.batch('Includes')).notificationEmails, [a, b])
    await served.must('PATCH', path, { notificationEmails: [c] })
    assert.deepEqual((await served.batch('Includes')).notificationEmails, [c])
    await refused(served, 'PATCH', path, { notificationEmails: ['nobody'] }, 422, 'VALUE_INVALID')
    await Promise.all([
      served.must('PATCH', path, { notificationEmails: [] }),
      served.must('PATCH', path, { reportInterval: '02:00:00' }),
      served.must('PATCH', path, { skipReports: true }),
    ])
    const { notificationEmails, reportInterval, skipReports } = await served.batch('Includes')
    assert.deepEqual([notificationEmails, reportInterval, skipReports], [[], '02:00:00', true])
  })

  test('a TimeZone that nobody knows is refused on New and on Set; a known one is kept', async () => {
    const { served } = world
    const csvFile = await served.upload(`EmailAddress,UserName,Password\r\nz@contoso.example,z,z\r\n`)
    const body = { name: 'Zone', sourceEndpoint: 'Source', csvFile }
    const problem = await refused(
      served,
      'POST',
      '/batches',
      { ...body, timeZone: 'Mars/Olympus' },
      422,
      'VALUE_INVALID',
    )
    assert.match(problem.detail, /Mars\/Olympus/)
    assert.equal((await served.ask('GET', '/batches/Zone')).status, 404)
    const made = await served.must<MigrationBatch>('POST', '/batches', { ...body, timeZone: 'Europe/Paris' })
    assert.equal(made.timeZone, 'Europe/Paris')
    await refused(served, 'PATCH', '/batches/Zone', { timeZone: 'Mars/Olympus' }, 422, 'VALUE_INVALID')
    assert.equal((await served.batch('Zone')).timeZone, 'Europe/Paris')
  })
})

/** What the first pass had carried of that folder may lie there, once each. */
function notMuch(problems: readonly string[]): string[] {
  return problems.filter((problem) => !/^folder Much: .* is on the target only$/.test(problem))
}
