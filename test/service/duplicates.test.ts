/** One mailbox, one user that runs: the same address, source or target twice; rows that cannot run; users of other batches. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Client } from 'pg'
import type { CsvFileCheck, MigrationBatch } from '#contract/batch.ts'
import { until } from '#test/crash/until.ts'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { postgresMissing, startPostgres, type PostgresServer } from '#test/servers/postgres.ts'
import { startRelay } from '#test/servers/relay.ts'
import { lastEvent, passes, refused, userOf, userReaches } from './asking.ts'
import { type Row, type ServiceWorld, address, csvOf, startServiceWorld } from './world.ts'

const NAMES = Array.from({ length: 24 }, (_, index) => `d${index + 1}`)
let world: ServiceWorld
let postgres: PostgresServer
let next = 0
/** Users that no other test uses. */
const fresh = (count: number) => NAMES.slice(next, (next += count)).map((name): Row => [name])

/** A file whose rows say address, source log-in and password each. */
const csv = (...rows: readonly (readonly [email: string, login: string, password?: string])[]) =>
  [
    'EmailAddress,UserName,Password',
    ...rows.map(([email, login, password = 'pass']) => `${email},${login},${password}`),
  ]
    .map((line) => `${line}\r\n`)
    .join('')

async function batchOf(name: string, text: string, more: object = {}): Promise<MigrationBatch> {
  const csvFile = await world.served.upload(text)
  return await world.served.must('POST', '/batches', { name, sourceEndpoint: 'Source', csvFile, ...more })
}

/** Counted in the database itself. */
async function counted(sql: string): Promise<number> {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  try {
    return Number((await client.query<{ n: string }>(sql)).rows[0]!.n)
  } finally {
    await client.end()
  }
}

describe('one mailbox, one user that runs', { skip: dovecotMissing() || postgresMissing() }, () => {
  before(async () => {
    postgres = await startPostgres()
    world = await startServiceWorld('duplicates', NAMES, { messages: 2, databaseUrl: postgres.url })
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
    await postgres[Symbol.asyncDispose]()
  })

  test('an address of another batch: UserDuplicateInOtherBatchException, that user Failed, the others run; Start takes it when the other is gone', async () => {
    const { served } = world
    const [both, other] = fresh(2) as [Row, Row]
    await served.newBatch('First', [both])
    const second = await served.newBatch('Second', [both, other], { autoStart: true })
    assert.match(
      second.validationWarnings.join(),
      /^Row 2: the address is being migrated already, in the batch "First"/i,
    )
    await served.reaches('Second', 'SyncedWithErrors')
    assert.deepEqual(await world.differences(other[0]), [])
    const aside = await served.statistics(address(both[0]), '?batch=Second')
    assert.equal(aside.status, 'Failed')
    assert.equal(aside.errorType, 'UserDuplicateInOtherBatchException')
    assert.match(aside.error, /in the batch "First"/)

    const still = await refused(
      served,
      'POST',
      `/users/${address(both[0])}/start?batch=Second`,
      undefined,
      409,
      'STATE_FORBIDS',
    )
    assert.match(still.detail, /in the batch "First"/)
    const from = await lastEvent(served)
    await served.must('DELETE', `/users/${address(both[0])}?batch=First`)
    assert.equal((await served.batch('First')).totalCount, 0)
    await served.must('POST', '/batches/Second/start')
    await served.reaches('Second', 'Synced')
    assert.deepEqual(await world.differences(both[0]), [])
    assert.deepEqual(
      (await served.events(from)).filter(({ kind }) => kind === 'user.started'),
      [],
      'a refused Start is not in the log',
    )
  })

  test('what a batch of an uploaded file would refuse is told before, in the words that the batch then has, and nothing is created', async () => {
    const { served } = world
    const [there, good] = fresh(2) as [Row, Row]
    await served.newBatch('Before', [there])
    const csvFile = await served.upload(
      csv(
        [address(there[0]), there[0]],
        [address(good[0]), good[0]],
        ['same@x.example', good[0].toUpperCase()],
        ['none', 'none'],
        ['empty@x.example', 'empty', ''],
      ),
    )
    const path = `/csv-files/${csvFile}/check`
    await refused(served, 'GET', `${path}?sourceEndpoint=Nope`, undefined, 404, 'OBJECT_NOT_FOUND')
    const {
      users,
      refusedCount,
      refused: rows,
    } = await served.must<CsvFileCheck>('GET', `${path}?sourceEndpoint=Source`)
    assert.deepEqual([users, refusedCount], [1, 4])
    assert.deepEqual(
      rows.map(({ rowNumber }) => rowNumber),
      [2, 4, 5, 6],
    )
    const { items } = await served.must<{ items: MigrationBatch[] }>('GET', '/batches?search=After')
    assert.deepEqual(items, [])
    const { validationWarnings, failedCount } = await served.must<MigrationBatch>('POST', '/batches', {
      name: 'After',
      sourceEndpoint: 'Source',
      csvFile,
    })
    assert.equal(failedCount, 4)
    assert.deepEqual(
      rows.map(({ rowNumber, message }) => `Row ${rowNumber}: ${message}`).sort(),
      [...validationWarnings].sort(),
    )
  })

  test('a user is queued from when it may run: neither before the Start of its batch nor before a StartAfter', async () => {
    const { served } = world
    const [row, later] = fresh(2) as [Row, Row]
    const anHourAgo = (name: string) =>
      counted(`WITH moved AS (UPDATE migration_user SET status_since = now() - interval '1 hour'
        WHERE address_key = '${address(name)}' RETURNING 1) SELECT count(*) AS n FROM moved`)
    await served.newBatch('Made early', [row])
    assert.equal(await anHourAgo(row[0]), 1)
    assert.equal((await served.statistics(address(row[0]))).queuedDuration, '00:00:00')
    await served.must('POST', '/batches/Made%20early/start')
    await served.reaches('Made early', 'Synced')
    assert.match((await served.statistics(address(row[0]))).queuedDuration, /^00:0/)
    await served.newBatch('At night', [later], { startAfter: '2031-01-01T22:00:00Z' })
    assert.equal(await anHourAgo(later[0]), 1)
    const { status, queuedDuration } = await served.statistics(address(later[0]))
    assert.deepEqual([status, queuedDuration], ['Queued', '00:00:00'])
  })

  test('an address in several batches: 409 that names them, and the batch tells which is meant', async () => {
    const { served } = world
    const [row] = fresh(1) as [Row]
    for (const name of ['Here', 'There']) await served.newBatch(name, [row])
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/statistics'],
      ['GET', '/skipped-items'],
      ['POST', '/start'],
      ['DELETE', ''],
    ] as const) {
      const problem = await refused(
        served,
        method,
        `/users/${address(row[0])}${path}`,
        undefined,
        409,
        'OBJECT_AMBIGUOUS',
      )
      assert.match(problem.remedy ?? '', /"Here", "There"/)
    }
    const one = await served.must<{ batchId: string; guid: string }>('GET', `/users/${address(row[0])}?batch=There`)
    assert.equal(one.batchId, 'There')
    assert.equal((await served.must<{ batchId: string }>('GET', `/users/${one.guid}`)).batchId, 'There')
  })

  test('one source mailbox, or one target mailbox, under two addresses: UserAlreadyBeingMigratedException', async () => {
    const { served } = world
    const [[one], [other]] = fresh(2) as [Row, Row]
    await batchOf('Source twice', csv([address(one), one], [`alias-${address(one)}`, one.toUpperCase()]), {
      autoStart: true,
    })
    await served.reaches('Source twice', 'SyncedWithErrors')
    const source = await served.statistics(`alias-${address(one)}`)
    assert.equal(source.errorType, 'UserAlreadyBeingMigratedException')
    assert.match(source.error, new RegExp(`source mailbox is read by ${address(one)} already, in this batch`))

    await served.must('POST', '/databases', {
      name: 'Shared',
      kind: 'Imap',
      server: '127.0.0.1',
      port: world.source.port,
      security: 'None',
      skipVerification: true,
    })
    const header = 'EmailAddress,UserName,Password,TargetUserName,TargetPassword\r\n'
    const rows = [`x@contoso.example,x,pass,${other},pass\r\n`, `y@contoso.example,y,pass,${other},pass\r\n`]
    await batchOf('Target twice', header + rows.join(''), { targetDatabases: ['Shared'] })
    const target = await served.statistics('y@contoso.example')
    assert.equal(target.errorType, 'UserAlreadyBeingMigratedException')
    assert.match(target.error, /x@contoso\.example is migrated into the same target mailbox already/)
    assert.equal((await served.statistics('x@contoso.example')).status, 'Validating')
    await served.must('DELETE', '/users/x@contoso.example')
    await served.must('DELETE', '/batches/Target%20twice')
  })

  test('rows bad by value stand there Failed with their rows; the corrected file mends them, and they run after Start alone', async () => {
    const { served } = world
    const [[good], [bad]] = fresh(2) as [Row, Row]
    const made = await batchOf('Bad rows', csv([address(good), good], [address(bad), '']), { autoStart: true })
    assert.match(made.validationWarnings.join(), /Row 3: UserName is empty/)
    await served.reaches('Bad rows', 'SyncedWithErrors')
    const before_ = await served.statistics(address(bad))
    assert.deepEqual([before_.status, before_.errorType], ['Failed', 'MigrationCSVRowValidationException'])
    await refused(served, 'POST', `/users/${address(bad)}/start`, undefined, 409, 'STATE_FORBIDS')
    const from = await lastEvent(served)
    const csvFile = await served.upload(csv([address(bad), bad]))
    await served.must('PATCH', '/batches/Bad%20rows', { csvFile })
    const corrected = await userOf(served, 'Bad rows', bad)
    assert.deepEqual([corrected.status, corrected.remoteIdentifier], ['Failed', bad], 'a correction starts nothing')
    await served.must('POST', `/users/${address(bad)}/start`)
    await served.reaches('Bad rows', 'Synced')
    assert.deepEqual(await world.differences(bad), [])
    assert.deepEqual(
      (await passes(served, 'Bad rows', 'pass.started', from)).map(({ user }) => user),
      [address(bad)],
    )
  })

  test('the errors CSV mends a wrong address, and a row that is not mended yet holds up no other', async () => {
    const { served } = world
    const [[one], [other]] = fresh(2) as [Row, Row]
    await batchOf('Mended', csv([address(one), one, 'wrong'], [`${other}@`, other], ['nobody', other, 'x']), {
      autoStart: true,
    })
    await served.reaches('Mended', 'Failed')
    const path = `/reports/${(await served.batch('Mended')).batchGuid}-errors`
    const errors = await served.must<string>('GET', path)
    const mended = errors
      .replace(`,${one},,`, `,${one},pass,`)
      .replace(`${other}@,${other},,`, `${address(other)},${other},pass,`)
    const csvFile = await served.upload(mended)
    const after_ = await served.must<MigrationBatch>('PATCH', '/batches/Mended', { csvFile })
    assert.match(after_.validationWarnings.join(), /Row 4 is not corrected: EmailAddress is not a valid address/)
    await served.must('POST', '/batches/Mended/start')
    await served.reaches('Mended', 'SyncedWithErrors')
    for (const user of [one, other]) assert.deepEqual(await world.differences(user), [])
    assert.deepEqual(
      (await served.users('Mended')).map(({ identity, status }) => `${identity} ${status}`).sort(),
      [`${address(one)} Synced`, `${address(other)} Synced`, 'nobody Failed'].sort(),
    )
  })

  test('log-ins of two rows exchanged by a corrected file: both keep running; one that belongs to another user stands aside', async () => {
    const { served } = world
    const [[one], [other], [third]] = fresh(3) as [Row, Row, Row]
    await batchOf('Exchanged', csv([address(one), other], [address(other), one], [address(third), third]))
    const csvFile = await served.upload(csv([address(one), one, ''], [address(other), other, '']))
    await served.must('PATCH', '/batches/Exchanged', { csvFile })
    await served.must('POST', '/batches/Exchanged/start')
    await served.reaches('Exchanged', 'Synced')
    for (const user of [one, other]) assert.deepEqual(await world.differences(user), [])
    const taken = await served.upload(csv([address(one), third, '']))
    await served.must('PATCH', '/batches/Exchanged', { csvFile: taken })
    const aside = await served.statistics(address(one))
    assert.deepEqual([aside.status, aside.errorType], ['Failed', 'UserAlreadyBeingMigratedException'])
    assert.match(aside.error, new RegExp(`source mailbox belongs to ${address(third)} of the batch "Exchanged"`))
    const strangers = await served.upload(csv(['nobody@contoso.example', 'nobody']))
    const problem = await refused(served, 'PATCH', '/batches/Exchanged', { csvFile: strangers }, 422, 'VALUE_INVALID')
    assert.match(problem.detail, /row 2 \(nobody@contoso\.example\)/)
  })

  test('users added to a stopped batch wait with it for its Start', async () => {
    const { served } = world
    const [one, other] = fresh(2) as [Row, Row]
    await served.newBatch('Joins', [one], { autoStart: true })
    await served.reaches('Joins', 'Synced')
    await served.must('POST', '/batches/Joins/stop')
    await served.reaches('Joins', 'Stopped')
    const csvFile = await served.upload(csvOf([one, other]))
    const stopped = await served.must<MigrationBatch>('PATCH', '/batches/Joins', { addUsers: true, csvFile })
    assert.deepEqual([stopped.status, stopped.totalCount], ['Stopped', 2])
    await served.must('POST', '/batches/Joins/start')
    await served.reaches('Joins', 'Synced')
    assert.deepEqual(await world.differences(other[0]), [])
  })

  test('users of other batches: the failed ones come over with their stored passwords, and end where they were', async () => {
    const { served } = world
    const [[good], [bad], [invalid]] = fresh(3) as [Row, Row, Row]
    await batchOf('Old', csv([address(good), good], [address(bad), bad, 'wrong'], [address(invalid), '']), {
      autoStart: true,
    })
    await served.reaches('Old', 'SyncedWithErrors')
    const old = await served.users('Old')
    const active = await refused(
      served,
      'POST',
      '/batches',
      { name: 'New', sourceEndpoint: 'Source', users: [address(good)] },
      409,
      'STATE_FORBIDS',
    )
    assert.match(
      active.detail,
      /it is Synced in the batch "Old", and comes along only when it may end there \(DisableOnCopy\)/,
    )
    assert.equal((await served.ask('GET', '/batches/New')).status, 404)
    const failed = old.filter(({ status }) => status === 'Failed').map(({ guid }) => guid)
    const users = [...failed, address(bad)]
    const copied = await served.must<MigrationBatch>('POST', '/batches', {
      name: 'New',
      sourceEndpoint: 'Source',
      users,
      autoStart: true,
    })
    assert.equal(copied.totalCount, 2, 'one that is named twice comes over once')
    await served.reaches('New', 'Failed')
    const again = await served.statistics(address(bad), '?batch=New')
    assert.match(again.error, /password|Authentication failed|AUTHENTICATIONFAILED/i, 'the stored password was tried')
    const wrong = await served.statistics(address(invalid), '?batch=New')
    assert.equal(wrong.errorType, 'MigrationCSVRowValidationException')
    const from = await lastEvent(served)
    await served.must('POST', '/batches/Old/start')
    await served.reaches('Old', 'SyncedWithErrors')
    assert.deepEqual(await passes(served, 'Old', 'pass.started', from), [], 'the original does not run any more')
  })

  test('with DisableOnCopy a running original ends and the new one goes on: every message once', async () => {
    const { served } = world
    const [[user]] = fresh(1) as [Row]
    await using relay = await startRelay({ port: world.source.port, delayMs: 30 })
    await served.newEndpoint('Slow', relay)
    await batchOf('Original', csv([address(user), user]), { sourceEndpoint: 'Slow', autoStart: true })
    await userReaches(served, 'Original', user, 'Syncing')
    const body = {
      name: 'Copy',
      sourceEndpoint: 'Slow',
      users: [address(user)],
      disableOnCopy: true,
      autoStart: true,
    }
    await served.must('POST', '/batches', body)
    await served.reaches('Original', 'Stopped')
    await served.reaches('Copy', 'Synced')
    assert.deepEqual(await world.differences(user), [])
    const problem = await refused(
      served,
      'POST',
      `/users/${address(user)}/start?batch=Original`,
      undefined,
      409,
      'STATE_FORBIDS',
    )
    assert.match(problem.detail, /another user has its mailbox/)
  })

  test('removing a user or a batch removes passwords and uploads, and no mail', async () => {
    const { served } = world
    const [[one], [other]] = fresh(2) as [Row, Row]
    const secrets = `SELECT count(*) AS n FROM migration_user WHERE password IS NOT NULL AND address IN ('${address(one)}', '${address(other)}')`
    await batchOf('Goes', csv([address(one), one], [address(other), other]), { autoStart: true })
    await served.reaches('Goes', 'Synced')
    assert.equal(await counted(secrets), 2)
    await served.must('DELETE', `/users/${address(one)}`)
    assert.equal(await counted(secrets), 1)
    await served.must('DELETE', '/batches/Goes')
    await until('the batch is gone', async () => (await served.ask('GET', '/batches/Goes')).status === 404)
    assert.equal(await counted(secrets), 0)
    for (const user of [one, other]) assert.deepEqual(await world.differences(user), [])
    const used = await served.upload(csv([address(one), one]))
    const body = { name: 'Uses', sourceEndpoint: 'Source', csvFile: used }
    await served.must('POST', '/batches', body)
    assert.equal(await counted(`SELECT count(*) AS n FROM csv_file WHERE id = '${used}'`), 0, 'it held passwords')
    await refused(served, 'POST', '/batches', { ...body, name: 'Uses again' }, 404, 'OBJECT_NOT_FOUND')
  })

  test('an identity that nothing has is 404 everywhere, and never means all', async () => {
    const { served } = world
    const guid = '00000000-0000-4000-8000-000000000000'
    for (const identity of ['nothing', guid]) {
      for (const [method, path, body] of [
        ['GET', `/batches/${identity}`],
        ['PATCH', `/batches/${identity}`, { syncNow: true }],
        ['POST', `/batches/${identity}/start`],
        ['POST', `/batches/${identity}/stop`],
        ['POST', `/batches/${identity}/complete`],
        ['DELETE', `/batches/${identity}`],
        ['GET', `/users/${identity}`],
        ['PATCH', `/users/${identity}`, { syncNow: true }],
        ['POST', `/users/${identity}/start`],
        ['POST', `/users/${identity}/stop`],
        ['DELETE', `/users/${identity}`],
        ['GET', `/users/${identity}/statistics`],
        ['GET', `/users/${identity}/skipped-items`],
        ['GET', `/users/${identity}/skipped-items/1-1/eml`],
        ['GET', `/users?batch=${identity}`],
        ['GET', `/batches?endpoint=${identity}`],
        ['GET', `/endpoints/${identity}`],
        ['DELETE', `/endpoints/${identity}`],
        ['GET', `/databases/${identity}`],
        ['DELETE', `/databases/${identity}`],
        ['GET', `/reports?batch=${identity}`],
        ['GET', `/reports/${identity}`],
        ['POST', '/batches', { name: 'N', sourceEndpoint: identity, users: [] }],
        ['POST', '/batches', { name: 'N', sourceEndpoint: 'Source', targetDatabases: [identity], users: [] }],
        ['POST', '/batches', { name: 'N', sourceEndpoint: 'Source', users: [identity] }],
        ['POST', '/batches', { name: 'N', sourceEndpoint: 'Source', csvFile: guid }],
        ['PATCH', '/batches/First', { csvFile: guid }],
        ['PATCH', '/batches/First', { sourceEndpoint: identity }],
      ] as const) {
        await refused(served, method, path, body, 404, 'OBJECT_NOT_FOUND')
      }
    }
  })

  test('a cursor that was not given out is refused', async () => {
    const { served } = world
    const cursor = (...place: string[]) => Buffer.from(JSON.stringify(place)).toString('base64url')
    const [user] = await served.users('Second')
    for (const path of [
      `/users?cursor=${cursor('a', 'b')}`,
      `/users?cursor=${cursor('\0', user!.guid)}`,
      '/users?cursor=x',
      `/users/${user!.guid}/skipped-items?cursor=${cursor('one', 'two')}`,
      `/users/${user!.guid}/skipped-items?cursor=${cursor('1', '1e99')}`,
      '/batches?cursor=x',
    ])
      await refused(served, 'GET', path, undefined, 422, 'VALUE_INVALID')
  })
})
