/** The worked traces of exchange-semantics.md §10 that concern IMAP, by their names. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { MigrationBatch } from '#contract/batch.ts'
import type { Problem } from '#contract/organization.ts'
import { until } from '#test/crash/until.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { startRelay } from '#test/servers/relay.ts'
import { fill } from '#test/worlds/fill.ts'
import { folder, message } from '#test/worlds/messages.ts'
import { changePassword } from './asking.ts'
import { mostAtOnce } from './most-at-once.ts'
import { type ServiceWorld, address, csvOf, startServiceWorld } from './world.ts'

const NAMES = Array.from({ length: 40 }, (_, index) => `t${index + 1}`)
let world: ServiceWorld
let next = 0
/** Users that no other trace uses. */
const fresh = (count: number) => NAMES.slice(next, (next += count))

/** Every status that the batch shows until `done`, each once in a row. */
async function statusesUntil(name: string, done: MigrationBatch['status'], first: string): Promise<string[]> {
  const seen = [first]
  await until(`${name} is ${done}`, async () => {
    const { status } = await world.served.batch(name)
    if (seen.at(-1) !== status) seen.push(status)
    return status === done
  })
  return seen
}

async function refused(method: string, path: string, body: unknown, status: number, code: string): Promise<Problem> {
  const answered = await world.served.ask<Problem>(method, path, body)
  assert.equal(answered.status, status, JSON.stringify(answered.body))
  assert.equal(answered.body.code, code, JSON.stringify(answered.body))
  return answered.body
}

describe('worked traces', { skip: dovecotMissing() }, () => {
  before(async () => {
    world = await startServiceWorld('traces', NAMES)
  })
  after(() => world[Symbol.asyncDispose]())

  test('IMAP, normal: Created, Starting, Syncing, Synced; an incremental sync; removed, then not found', async () => {
    const [user] = fresh(1) as [string]
    await using relay = await startRelay({ port: world.source.port, delayMs: 15 })
    await world.served.newEndpoint('Slow', relay)
    const created = await world.served.newBatch('Normal', [[user]], { sourceEndpoint: 'Slow' })
    assert.equal(created.status, 'Created')
    assert.equal((await world.served.users('Normal'))[0]?.status, 'Validating')
    const { status } = await world.served.must<MigrationBatch>('POST', '/batches/Normal/start')
    assert.deepEqual(await statusesUntil('Normal', 'Synced', status), ['Starting', 'Syncing', 'Synced'])
    assert.deepEqual(await world.differences(user), [])
    const first = await world.served.batch('Normal')
    assert.ok(first.initialSyncDateTime !== null && first.initialSyncDuration !== null)

    await fill(world.login(user), [folder('INBOX', [message('late', 'Subject: late\r\n\r\nlate\r\n')])])
    await world.served.must('PATCH', '/batches/Normal', { syncNow: true })
    assert.deepEqual(await statusesUntil('Normal', 'Synced', 'IncrementalSyncing'), ['IncrementalSyncing', 'Synced'])
    await until('the sync moved the time', async () => {
      const { lastSyncedDateTime } = await world.served.batch('Normal')
      return lastSyncedDateTime! > first.lastSyncedDateTime!
    })
    assert.deepEqual(await world.differences(user), [])

    assert.equal((await world.served.must<MigrationBatch>('DELETE', '/batches/Normal')).status, 'Removing')
    await until('the batch is gone', async () => (await world.served.ask('GET', '/batches/Normal')).status === 404)
    const gone = await refused('GET', '/batches/Normal', undefined, 404, 'OBJECT_NOT_FOUND')
    assert.match(gone.detail, /Normal/)
    assert.deepEqual(await world.differences(user), [], 'removing deletes no mail')
  })

  test('IMAP, one bad password: that user fails, the others sync; the corrected CSV mends it, and Start retries it alone', async () => {
    const [good, bad] = fresh(2) as [string, string]
    await world.served.newBatch('Bad password', [[good], [bad, 'wrong']], { autoStart: true })
    await world.served.reaches('Bad password', 'SyncedWithErrors')
    const failed = await world.served.statistics(address(bad))
    assert.equal(failed.status, 'Failed')
    assert.match(failed.error, /password|Authentication failed|AUTHENTICATIONFAILED/i)
    assert.notEqual(failed.errorSummary, '')
    assert.notEqual(failed.errorRemedy, '')
    assert.deepEqual(await world.differences(good), [])

    const { items } = await world.served.must<{ items: { identity: string; reportType: string }[] }>(
      'GET',
      '/reports?batch=Bad%20password',
    )
    const report = items.find(({ reportType }) => reportType === 'BatchFailure')!
    const csv = await world.served.must<string>('GET', `/reports/${report.identity}`)
    assert.match(csv, new RegExp(`EmailAddress,UserName,Password,ErrorMessage\r?\n${address(bad)},${bad},,`))
    assert.doesNotMatch(csv, /wrong/)

    const corrected = csv.replace(`,${bad},,`, `,${bad},pass,`)
    const csvFile = await world.served.upload(corrected)
    await world.served.must('PATCH', '/batches/Bad%20password', { csvFile })
    assert.equal((await world.served.statistics(address(bad))).status, 'Failed', 'a correction starts nothing')
    const events = await world.served.events()
    await world.served.must('POST', '/batches/Bad%20password/start')
    await world.served.reaches('Bad password', 'Synced')
    assert.deepEqual(await world.differences(bad), [])
    const since = (await world.served.events(events.at(-1)!.id)).filter(({ kind }) => kind === 'pass.started')
    assert.deepEqual(
      since.map(({ user }) => user),
      [address(bad)],
      'only the failed user was tried again',
    )
  })

  test('IMAP, source password changed later: the next sync fails, the target is untouched, the batch has errors', async () => {
    await using other = await startDovecot({ users: { a: 'pass', b: 'pass' } })
    await world.served.newEndpoint('Changing', other)
    const login = (user: string) => ({ host: '127.0.0.1', port: other.port, user, password: 'pass' })
    for (const user of ['a', 'b'])
      await fill(login(user), [folder('INBOX', [message(user, `Subject: ${user}\r\n\r\nx\r\n`)])])
    await world.served.newBatch('Changed', [['a'], ['b']], { sourceEndpoint: 'Changing', autoStart: true })
    await world.served.reaches('Changed', 'Synced')
    await changePassword(other, 'a', 'another')
    await world.served.must('PATCH', '/batches/Changed', { syncNow: true })
    await until(
      'the sync fails',
      async () => (await world.served.statistics(address('a'))).status === 'IncrementalFailed',
    )
    await world.served.reaches('Changed', 'SyncedWithErrors')
    const user = await world.served.statistics(address('a'))
    assert.equal(user.statusSummary, 'Failed')
    assert.equal(user.syncedItemCount, 1)
    assert.equal((await world.served.statistics(address('b'))).status, 'Synced')
    assert.notEqual(user.nextSyncTime, null, 'it is tried again with the next round')
  })

  test('IMAP, no recipient: MigrationRecipientNotFoundException, nothing copied, other rows continue', async () => {
    const [there, missing] = fresh(2) as [string, string]
    await using target = await startDovecot({ users: { [there]: 'x' }, masters: { admin: 'secret' } })
    await world.served.must('POST', '/databases', {
      name: 'Recipients',
      kind: 'Imap',
      server: '127.0.0.1',
      port: target.port,
      security: 'None',
      loginTemplate: '{local}*{admin}',
      adminUserName: 'admin',
      adminPassword: 'secret',
    })
    await world.served.newBatch('Recipient', [[there], [missing]], { targetDatabases: ['Recipients'], autoStart: true })
    await world.served.reaches('Recipient', 'SyncedWithErrors')
    const user = await world.served.statistics(address(missing))
    assert.equal(user.errorType, 'MigrationRecipientNotFoundException')
    assert.equal(user.syncedItemCount, 0)
    assert.equal((await world.served.statistics(address(there))).syncedItemCount, 10)
  })

  test('IMAP, 36 MB message: not migrated, counted, listed, to be had as .eml; the user is Synced and nothing asks for approval', async () => {
    const [user] = fresh(1) as [string]
    const large = Buffer.concat([Buffer.from('Subject: much\r\n\r\n'), Buffer.alloc(36 * 1_048_576, 'x\r\n')])
    await fill(world.login(user), [folder('INBOX', [message('large', large)])])
    await world.served.newBatch('Large', [[user]], { autoStart: true })
    await world.served.reaches('Large', 'Synced')
    const statistics = await world.served.statistics(address(user), '?includeSkippedItems=true')
    assert.equal(statistics.skippedItemCount, 1)
    assert.equal(statistics.syncedItemCount, 10)
    const [item] = statistics.skippedItems!
    assert.deepEqual(
      { kind: item?.kind, folder: item?.folderName, subject: item?.subject, size: item?.messageSize },
      { kind: 'LargeItem', folder: 'INBOX', subject: 'much', size: large.length },
    )
    const path = `/users/${address(user)}/skipped-items/${item!.id}/eml`
    const eml = await world.served.must<string>('GET', path)
    assert.equal(Buffer.byteLength(eml), large.length)
    await refused('PATCH', '/batches/Large', { approveSkippedItems: true }, 422, 'VALUE_INVALID')
  })

  test('Stop while syncing: Stopping, Stopped; a second Stop is refused; Start resumes and ends Synced', async () => {
    const users = fresh(3)
    await using relay = await startRelay({ port: world.source.port, delayMs: 40 })
    await world.served.newEndpoint('Stopping', relay, { maxConcurrentMigrations: 2, maxConcurrentIncrementalSyncs: 1 })
    await world.served.newBatch(
      'Stop',
      users.map((user) => [user] as const),
      { sourceEndpoint: 'Stopping', autoStart: true },
    )
    await until('users are syncing', async () =>
      (await world.served.users('Stop')).some(({ status }) => status === 'Syncing'),
    )
    const stopped = await world.served.must<MigrationBatch>('POST', '/batches/Stop/stop')
    assert.equal(stopped.status, 'Stopping')
    await world.served.reaches('Stop', 'Stopped')
    const after = await world.served.users('Stop')
    assert.ok(after.every(({ statusSummary }) => statusSummary === 'Stopped' || statusSummary === 'Synced'))
    const twice = await refused('POST', '/batches/Stop/stop', undefined, 409, 'STATE_FORBIDS')
    assert.match(twice.detail, /stopped already/)
    await world.served.must('POST', '/batches/Stop/start')
    await world.served.reaches('Stop', 'Synced')
    for (const user of users) assert.deepEqual(await world.differences(user), [])
  })

  test('Complete and SyncAndComplete are refused for IMAP in every state, CompleteAfter and AutoComplete too, and nothing changes', async () => {
    const [user, bad] = fresh(2) as [string, string]
    await world.served.newBatch('Complete', [[user], [bad, 'wrong']])
    const before_ = await world.served.batch('Complete')
    const created = await refused('POST', '/batches/Complete/complete', undefined, 409, 'STATE_FORBIDS')
    assert.match(created.detail, /it ends when it is stopped or removed/)
    await refused('PATCH', '/batches/Complete', { completeAfter: '2020-01-01T00:00:00Z' }, 422, 'VALUE_INVALID')
    assert.deepEqual(await world.served.batch('Complete'), before_)
    await world.served.must('POST', '/batches/Complete/start')
    await world.served.reaches('Complete', 'SyncedWithErrors')
    await refused('POST', '/batches/Complete/complete', undefined, 409, 'STATE_FORBIDS')
    assert.equal((await world.served.batch('Complete')).status, 'SyncedWithErrors')
    const csvFile = await world.served.upload(csvOf([[user]]))
    const more = { name: 'Auto', sourceEndpoint: 'Source', csvFile, autoComplete: true }
    await refused('POST', '/batches', more, 422, 'VALUE_INVALID')
  })

  test('AddUsers with 3 old and 2 new rows adds exactly 2 users; another header is refused', async () => {
    const users = fresh(5)
    const rows = users.map((user) => [user] as const)
    await world.served.newBatch('Add', rows.slice(0, 3), { autoStart: true })
    await world.served.reaches('Add', 'Synced')
    const csvFile = await world.served.upload(csvOf(rows))
    await world.served.must('PATCH', '/batches/Add', { addUsers: true, csvFile })
    await until('five are synced', async () => (await world.served.batch('Add')).syncedCount === 5)
    const all = await world.served.users('Add')
    assert.deepEqual(
      all.map(({ identity }) => identity),
      users.map(address),
    )
    for (const user of users) assert.deepEqual(await world.differences(user), [])
    const other = await world.served.upload(
      csvOf(rows, 'EmailAddress,UserName,Password,UserRoot').replaceAll(',pass', ',pass,'),
    )
    const problem = await refused('PATCH', '/batches/Add', { addUsers: true, csvFile: other }, 422, 'VALUE_INVALID')
    assert.match(problem.detail, /UserRoot/)
  })

  test('Unknown column: refused; with AllowUnknownColumnsInCsv ignored; a misspelt UserRoot is warned of', async () => {
    const [user] = fresh(1) as [string]
    const csv = `EmailAddress,UserName,Password,Departement\r\n${address(user)},${user},pass,Sales\r\n`
    const answered = await world.served.ask<Problem>('POST', '/csv-files', csv, 'text/csv')
    assert.equal(answered.status, 422)
    assert.match(answered.body.detail, /Departement/)
    const misspelt = csv.replace('Departement', 'UserRot').replace('Sales', '')
    const uploaded = await world.served.must<{ csvFile: string; warnings: string[] }>(
      'POST',
      '/csv-files?allowUnknownColumns=true',
      misspelt,
      'text/csv',
    )
    assert.match(uploaded.warnings.join(), /UserRot.*did you mean UserRoot/)
    const batch = await world.served.must<MigrationBatch>('POST', '/batches', {
      name: 'Unknown',
      sourceEndpoint: 'Source',
      csvFile: uploaded.csvFile,
      allowUnknownColumnsInCsv: true,
    })
    assert.match(batch.validationWarnings.join(), /UserRot/)
    assert.equal(batch.totalCount, 1)
  })

  test('Endpoint: a wrong port is refused within 15 s with the reason; SkipVerification stores it; Incremental above Migrations is refused on Set', async () => {
    const wrong = { name: 'Wrong', remoteServer: '127.0.0.1', port: 1, security: 'None' }
    const started = performance.now()
    await refused('POST', '/endpoints', wrong, 422, 'MIGRATION_SERVER_CONNECTION_FAILED')
    assert.ok(performance.now() - started < 15_500)
    assert.equal((await world.served.ask('GET', '/endpoints/Wrong')).status, 404)
    await world.served.must('POST', '/endpoints', { ...wrong, skipVerification: true })
    await refused('PATCH', '/endpoints/Wrong', { maxConcurrentIncrementalSyncs: 21 }, 422, 'VALUE_INVALID')
    await world.served.must('DELETE', '/endpoints/Wrong')
  })

  test('Concurrency 2/1 with 5 users: never more than 2 initial and 1 incremental pass, the rest wait', async () => {
    const users = fresh(5)
    await using relay = await startRelay({ port: world.source.port, delayMs: 10 })
    await world.served.newEndpoint('TwoOne', relay, { maxConcurrentMigrations: 2, maxConcurrentIncrementalSyncs: 1 })
    const from = (await world.served.events()).at(-1)!.id
    await world.served.newBatch(
      'Slots',
      users.map((user) => [user] as const),
      { sourceEndpoint: 'TwoOne', autoStart: true },
    )
    await until('somebody waits', async () =>
      (await world.served.users('Slots')).some(({ status }) => status === 'Queued'),
    )
    await world.served.reaches('Slots', 'Synced')
    await world.served.must('PATCH', '/batches/Slots', { syncNow: true })
    await until('all were synced twice', async () => ended(await world.served.events(from), 'TwoOne') >= 10)
    const most = mostAtOnce(await world.served.events(from), 'TwoOne')
    assert.deepEqual(most, { initial: 2, incremental: 1 })
  })

  test('The 101st batch is refused', async () => {
    const [user] = fresh(1) as [string]
    const { items } = await world.served.must<{ items: MigrationBatch[] }>('GET', '/batches?limit=1000')
    await world.served.must('PATCH', '/config', { maxNumberOfBatches: items.length })
    try {
      const csvFile = await world.served.upload(csvOf([[user]]))
      const body = { name: 'One more', sourceEndpoint: 'Source', csvFile }
      const full = await refused('POST', '/batches', body, 409, 'LIMIT_REACHED')
      assert.match(full.detail, /maximum number of migration batches/)
      assert.equal((await world.served.ask('GET', '/batches/One%20more')).status, 404)
      await world.served.must('PATCH', '/config', { maxNumberOfBatches: 100 })
      await world.served.must('POST', '/batches', body)
    } finally {
      await world.served.must('PATCH', '/config', { maxNumberOfBatches: 100 })
    }
  })

  test('Same name while the old one is Removing: refused, in any case of its letters; free when it is gone', async () => {
    const [user] = fresh(1) as [string]
    await using relay = await startRelay({ port: world.source.port, delayMs: 20 })
    await world.served.newEndpoint('Held', relay)
    await world.served.newBatch('Twice', [[user]], { sourceEndpoint: 'Held', autoStart: true })
    await world.served.reaches('Twice', 'Synced')
    await world.served.must('PATCH', '/batches/Twice', { syncNow: true })
    await until('it syncs', async () => (await world.served.users('Twice'))[0]?.status === 'IncrementalSyncing')
    relay.freeze()
    assert.equal((await world.served.must<MigrationBatch>('DELETE', '/batches/Twice')).status, 'Removing')
    const csvFile = await world.served.upload(csvOf([[user]]))
    const body = { name: 'TWICE', sourceEndpoint: 'Source', csvFile }
    await refused('POST', '/batches', body, 409, 'NAME_TAKEN')
    await refused('POST', '/batches/Twice/start', undefined, 409, 'STATE_FORBIDS')
    relay.thaw()
    await until('the batch is gone', async () => (await world.served.ask('GET', '/batches/Twice')).status === 404)
    await world.served.must('POST', '/batches', body)
  })
})

type Events = Awaited<ReturnType<ServiceWorld['served']['events']>>

const ended = (events: Events, endpoint: string) =>
  events.filter((event) => event.kind === 'pass.ended' && event.endpoint === endpoint).length
