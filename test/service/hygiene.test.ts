/**
 * Ends of batches by themselves, and the archive (docs/service.md, "End"). Time passes by moving what the database
 * remembers of a batch into the past.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { silentLog } from '#base/log.ts'
import type { ArchivedBatch, MigrationBatch } from '#contract/batch.ts'
import type { MigrationConfig, MigrationReport } from '#contract/organization.ts'
import { hygiene } from '#migration/batch/hygiene.ts'
import { type Store, openStore } from '#store/open.ts'
import { readBatches } from '#store/service/batches.ts'
import { announceEnd, endBatch } from '#store/service/ends.ts'
import { until } from '#test/crash/until.ts'
import { waybill } from '#test/migrate/run-waybill.ts'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { freePorts } from '#test/servers/instance.ts'
import { refused } from './asking.ts'
import { type Row, type ServiceWorld, address, startServiceWorld } from './world.ts'

const DAY = 86_400_000
const NAMES = Array.from({ length: 11 }, (_, index) => `h${index + 1}`)
const SECRET = 'planted-Secret-7c1'

let world: ServiceWorld
let store: Store
let port: number
let next = 0
const fresh = () => NAMES[next++]!

const daysFrom = (text: string | null) => (Date.parse(text!) - Date.now()) / DAY
const config = (change: Partial<MigrationConfig>) => world.served.must<MigrationConfig>('PATCH', '/config', change)

/** So many days pass for one batch; then several processes look at it at once. */
async function pass(name: string, days: number): Promise<void> {
  const back = (columns: readonly string[]) =>
    columns.map((one) => `${one} = ${one} - $2 * interval '1 day'`).join(', ')
  await store.pool.query(
    `WITH b AS (UPDATE migration_batch SET ${back(['last_action_at', 'stopped_at', 'started_at', 'expiry_told'])}
       WHERE name = $1 RETURNING id)
     UPDATE migration_user SET ${back(['status_since', 'initial_synced_at', 'last_synced_at'])}
     WHERE batch_id = (SELECT id FROM b)`,
    [name, days],
  )
  await Promise.all([1, 2, 3].map(() => hygiene(store, silentLog)))
}

const announced = async (name: string) =>
  (await world.served.events()).filter(({ kind, batch }) => kind === 'batch.expiring' && batch === name)

async function isGone(name: string): Promise<void> {
  await until(`${name} is gone`, async () => (await world.served.ask('GET', `/batches/${name}`)).status === 404)
}

const reports = async (query: string) =>
  (await world.served.must<{ items: MigrationReport[] }>('GET', `/reports?${query}`)).items
const exported = (identity: string) => world.served.must<string>('GET', `/reports/${identity}`)
const records = (csv: string) => parse<Record<string, string>>(csv, { columns: true, bom: true })

async function synced(name: string, rows: readonly Row[] = [[fresh()]]): Promise<MigrationBatch> {
  await world.served.newBatch(name, rows, { autoStart: true })
  return await world.served.reaches(name, 'Synced')
}

async function failed(name: string): Promise<void> {
  await world.served.newBatch(name, [[fresh(), SECRET]], { autoStart: true })
  await world.served.reaches(name, 'Failed')
}

describe('batches that nobody changes', { skip: dovecotMissing() }, () => {
  before(async () => {
    port = (await freePorts(1))[0]!
    world = await startServiceWorld('hygiene', NAMES, { messages: 2, port, tuning: { hygieneMs: 50 } })
    store = await openStore({ dataFolder: world.served.dataFolder, joins: true, log: silentLog })
  })
  after(async () => {
    await store?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  test('a synced one is stopped after 60 days, announced 7 days before; stopped for 90 days more, it is removed', async () => {
    const { served } = world
    const { expirationAction, expirationDateTime } = await synced('Idle')
    assert.equal(expirationAction, 'Stop')
    assert.ok(Math.abs(daysFrom(expirationDateTime) - 60) < 0.01, expirationDateTime!)
    await pass('Idle', 52.9)
    assert.deepEqual(await announced('Idle'), [])
    await pass('Idle', 0.2)
    const [told] = await announced('Idle')
    assert.equal(told?.facts['command'], 'Stop')
    assert.equal(told?.facts['why'], 'it is synced and nobody has changed it for 60 days')
    assert.ok(Math.abs(daysFrom(String(told?.facts['at'])) - 7) < 0.01)
    assert.equal((await served.batch('Idle')).expirationDateTime, told?.facts['at'])
    await pass('Idle', 6.9)
    assert.equal((await served.batch('Idle')).status, 'Synced')
    await pass('Idle', 0.2)
    const stopped = await served.reaches('Idle', 'Stopped')
    assert.equal((await announced('Idle')).length, 1)
    assert.equal(stopped.expirationAction, 'Remove')
    assert.ok(Math.abs(daysFrom(stopped.expirationDateTime) - 90) < 0.01, stopped.expirationDateTime!)
    assert.ok(daysFrom(stopped.lastActionDateTime) < -60, 'a stop of the service is no action')
    const { rows } = await store.pool.query<{ caller: string; cmdlet: string; parameters: unknown }>(
      `SELECT caller, cmdlet, parameters FROM admin_audit WHERE object = 'Idle' AND via = 'Service'`,
    )
    assert.deepEqual(rows, [
      {
        caller: 'Waybill',
        cmdlet: 'Stop-MigrationBatch',
        parameters: [{ name: 'Because', value: 'it is synced and nobody has changed it for 60 days' }],
      },
    ])

    await pass('Idle', 83.1)
    assert.equal((await announced('Idle')).at(-1)?.facts['command'], 'Remove')
    await pass('Idle', 7.1)
    await isGone('Idle')
    const archived = await served.must<ArchivedBatch>('GET', '/archived-batches/idle')
    assert.equal(archived.removedBy, 'Waybill')
    assert.equal(archived.reason, 'it is stopped and nobody has changed it for 90 days')
  })

  test('one that has failed is removed after 90 days; of one with errors, the others count: it is stopped after 60', async () => {
    await failed('Broken')
    await pass('Broken', 89.9)
    assert.equal((await world.served.batch('Broken')).status, 'Failed')
    await pass('Broken', 7.1)
    await isGone('Broken')

    await world.served.newBatch('Half', [[fresh()], [fresh(), SECRET]], { autoStart: true })
    await world.served.reaches('Half', 'SyncedWithErrors')
    await pass('Half', 53.1)
    await pass('Half', 7.1)
    await world.served.reaches('Half', 'Stopped')
  })

  test('a completed one is removed after 60 days', async () => {
    await synced('Done')
    // No type that is there now completes.
    await store.pool.query(
      `UPDATE migration_user SET status = 'Completed' WHERE batch_id = (SELECT id FROM migration_batch WHERE name = 'Done')`,
    )
    assert.equal((await world.served.batch('Done')).expirationAction, 'Remove')
    await pass('Done', 53.1)
    assert.equal((await announced('Done')).at(-1)?.facts['why'], 'it is completed for 60 days')
    await pass('Done', 7.1)
    await isGone('Done')
  })

  test("an administrator's action begins the count anew and calls off what was announced; a pass is none", async () => {
    const { served } = world
    const user = fresh()
    await synced('Busy', [[user]])
    const acts: (() => Promise<unknown>)[] = [
      () => served.must('PATCH', '/batches/Busy', { notificationEmails: ['a@contoso.example'] }),
      () => served.must('POST', '/batches/Busy/start'),
      () => served.must('PATCH', `/users/${address(user)}`, { startAfter: null }),
    ]
    for (const act of acts) {
      await pass('Busy', 53.1)
      assert.ok(daysFrom((await served.batch('Busy')).expirationDateTime) < 7.1)
      await act()
      await served.reaches('Busy', 'Synced')
      assert.ok(Math.abs(daysFrom((await served.batch('Busy')).expirationDateTime) - 60) < 0.01, String(act))
    }
    assert.equal((await announced('Busy')).length, acts.length)
    await pass('Busy', 30)
    await store.pool.query(`UPDATE migration_user SET next_at = now() WHERE address = $1`, [address(user)])
    await until('the pass has ended', async () => daysFrom((await served.batch('Busy')).lastSyncedDateTime) > -1)
    assert.ok(daysFrom((await served.batch('Busy')).expirationDateTime) < 30.1)
    await served.must('POST', '/batches/Busy/stop')
  })

  test('a process that decided on what it saw before another one ended the batch, or a person touched it, does nothing', async () => {
    const { served } = world
    const { batchGuid } = await synced('Late')
    const end = { action: 'Stop', why: 'a test', at: new Date() } as const
    const [seen] = await readBatches(store, batchGuid)
    await served.must('PATCH', '/batches/Late', { reportInterval: '00:00:00' })
    await announceEnd(store, seen!, end)
    await endBatch(store, seen!, end)
    assert.deepEqual([await announced('Late'), (await served.batch('Late')).flags], [[], 'None'])
    const [now] = await readBatches(store, batchGuid)
    await announceEnd(store, now!, end)
    const [told] = await readBatches(store, batchGuid)
    await endBatch(store, told!, end)
    await served.reaches('Late', 'Stopped')
    await endBatch(store, told!, end)
    assert.deepEqual([(await announced('Late')).length, (await served.batch('Late')).flags], [1, 'None'])
  })

  test('each time is a setting: 0 is never, and a shorter one is announced all the same', async () => {
    const { served } = world
    const defaults = await served.must<MigrationConfig>('GET', '/config')
    assert.deepEqual(
      [
        defaults.stopSyncedBatchesAfter,
        defaults.removeStoppedBatchesAfter,
        defaults.removeFailedBatchesAfter,
        defaults.removeCompletedBatchesAfter,
        defaults.removeArchivesAfter,
      ],
      ['60.00:00:00', '90.00:00:00', '90.00:00:00', '60.00:00:00', '00:00:00'],
    )
    await synced('Kept')
    await config({ stopSyncedBatchesAfter: '00:00:00' })
    await pass('Kept', 1000)
    assert.deepEqual(await announced('Kept'), [])
    const kept = await served.batch('Kept')
    assert.deepEqual([kept.status, kept.expirationDateTime, kept.expirationAction], ['Synced', null, null])
    await config({ stopSyncedBatchesAfter: '10.00:00:00' })
    await hygiene(store, silentLog)
    assert.ok(Math.abs(daysFrom((await served.batch('Kept')).expirationDateTime) - 7) < 0.01)
    await pass('Kept', 7.1)
    await served.reaches('Kept', 'Stopped')
    await config({ stopSyncedBatchesAfter: '60.00:00:00' })
    for (const value of ['nonsense', '99999.00:00:00', '00:00:01', '29.00:00:00'])
      await refused(served, 'PATCH', '/config', { removeArchivesAfter: value }, 422, 'VALUE_INVALID')
  })

  test('what a removed batch did stays: reports as they were, settings, totals, waybills that verify; no password', async () => {
    const { served } = world
    const [good, bad, alone] = [fresh(), fresh(), fresh()]
    await served.newBatch('Kept2', [[good], [bad, SECRET], [alone]], { autoStart: true, excludeFolders: ['Junk'] })
    const batch = await served.reaches('Kept2', 'SyncedWithErrors')
    await served.must('DELETE', `/users/${address(alone)}`)
    const users = await exported(`${batch.batchGuid}-users`)
    const errors = await exported(`${batch.batchGuid}-errors`)
    assert.equal(records(users).length, 2)
    await served.must('DELETE', '/batches/Kept2')
    await isGone('Kept2')

    assert.deepEqual(await reports('limit=1000').then((all) => all.filter(({ archivedTime }) => archivedTime)), [])
    const listed = await reports('batch=Kept2')
    assert.deepEqual(
      listed.map(({ reportType, rowCount, archivedTime }) => [reportType, rowCount, archivedTime !== null]),
      [
        ['BatchFailure', 1, true],
        ['BatchReport', 3, true],
        // Nobody logged in to the mailbox that failed.
        ['BatchWaybills', 2, true],
      ],
    )
    assert.ok(
      (await reports('includeArchived=true&limit=1000')).some(({ identity }) => identity === listed[0]?.identity),
    )
    const [kept, removed] = [records(await exported(`${batch.batchGuid}-users`)), records(users)]
    assert.deepEqual(kept.slice(0, 2), removed)
    assert.equal(kept[2]?.['EmailAddress'], address(alone))
    assert.equal(await exported(`${batch.batchGuid}-errors`), errors)
    assert.ok(errors.includes(`${address(bad)},${bad},,`), errors)

    const lines = records(await exported(`${batch.batchGuid}-waybills`))
    assert.deepEqual(
      lines.map((line) => line['EmailAddress']),
      [good, alone].map(address),
    )
    for (const line of lines) {
      assert.ok(line['File']!.includes(`/reports/batches/kept2.${batch.batchGuid}/`), line['File'])
      const bytes = readFileSync(line['File']!)
      assert.equal(createHash('sha256').update(bytes).digest('hex'), line['SHA256'])
      const checked = await waybill(['verify', line['File']!, '--fingerprint', line['SealedBy']!])
      assert.equal(checked.code, 0, checked.stdout + checked.stderr)
    }
    const piece = await served.must<string>('GET', `/reports/${batch.batchGuid}-waybills?startingRowIndex=1&rowCount=1`)
    assert.deepEqual(records(piece), [lines[1]])

    const archived = await served.must<ArchivedBatch>('GET', `/archived-batches/${batch.batchGuid}`)
    const { archivedDateTime, settings, ...rest } = archived
    assert.ok(Math.abs(daysFrom(archivedDateTime)) < 0.01)
    assert.deepEqual(settings['excludeFolders'], ['Junk'])
    assert.equal((settings['sourceEndpoint'] as Record<string, unknown>)['port'], world.source.port)
    assert.deepEqual(
      [rest.identity, rest.totalCount, rest.syncedCount, rest.failedCount, rest.removedBeforeCount, rest.waybillCount],
      ['Kept2', 2, 1, 1, 1, 2],
    )
    assert.deepEqual(
      [rest.removedBy, rest.submittedByUser, rest.reason],
      [batch.submittedByUser, batch.submittedByUser, ''],
    )
    const items = await served.must<{ items: ArchivedBatch[] }>('GET', '/archived-batches?search=kept')
    assert.equal(items.items[0]?.batchGuid, batch.batchGuid)

    const { rows } = await store.pool.query<{ text: string }>(
      `SELECT a::text AS text FROM archived_user a UNION ALL SELECT b::text FROM archived_batch b
       UNION ALL SELECT e::text FROM event e UNION ALL SELECT c::text FROM csv_file c`,
    )
    assert.deepEqual(
      rows.filter(({ text }) => text.includes(SECRET)),
      [],
    )
    const left = await store.pool.query(
      `SELECT 1 FROM csv_file UNION ALL SELECT 1 FROM migration_user WHERE batch_id = $1`,
      [batch.batchGuid],
    )
    assert.equal(left.rowCount, 0, 'neither the users nor the uploaded file are there')
    await refused(served, 'GET', '/reports?batch=Never', undefined, 404, 'OBJECT_NOT_FOUND')
  })

  test('a name that is used again means the batch that is there', async () => {
    const { served } = world
    await served.newBatch('Again', [['nobody1']])
    await served.must('DELETE', '/batches/Again')
    await isGone('Again')
    const { batchGuid } = await served.newBatch('Again', [['nobody1']])
    assert.deepEqual(
      (await reports('batch=Again')).map(({ identity }) => identity),
      [`${batchGuid}-users`],
    )
    assert.equal((await reports('batch=Again&includeArchived=true')).length, 3)
  })

  test('who may only look reads the archive and removes nothing', async () => {
    const { served } = world
    const { token } = await served.must<{ token: string }>('POST', '/tokens', {
      name: 'Looker',
      scopes: ['view'],
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    })
    const ask = (method: string, path: string, body?: object) =>
      fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    const [report] = await reports('batch=Kept2')
    for (const path of [
      '/archived-batches',
      '/archived-batches/Kept2',
      '/reports?includeArchived=true',
      `/reports/${report!.identity}`,
    ]) {
      const answered = await ask('GET', path)
      assert.equal(answered.status, 200, path)
      assert.notEqual(await answered.text(), '')
    }
    assert.equal((await ask('DELETE', '/batches/Again')).status, 403)
    assert.equal((await ask('PATCH', '/config', { removeArchivesAfter: '40.00:00:00' })).status, 403)
  })

  test('archives are kept for ever, or as long as a setting says; waybill files stay', async () => {
    const [line] = records(await exported(`${(await reports('batch=Kept2'))[0]!.identity.slice(0, 36)}-waybills`))
    await store.pool.query(`UPDATE archived_batch SET archived_at = now() - interval '10 years'`)
    await hygiene(store, silentLog)
    assert.ok((await reports('batch=Kept2')).length > 0)
    await store.pool.query(`UPDATE archived_batch SET archived_at = now() WHERE name = 'Again'`)
    await config({ removeArchivesAfter: '3650.00:00:00' })
    await hygiene(store, silentLog)
    await refused(world.served, 'GET', '/reports?batch=Kept2', undefined, 404, 'OBJECT_NOT_FOUND')
    const { rows: told } = await store.pool.query(
      `SELECT 1 FROM admin_audit WHERE cmdlet = 'Remove-MigrationBatchArchive' AND object = 'Kept2' AND via = 'Service'`,
    )
    assert.equal(told.length, 1)
    assert.equal((await reports('batch=Again&includeArchived=true')).length, 3)
    assert.ok(readFileSync(line!['File']!).length > 0)
  })
})
