/** The statements that give slots and mend what a crash left, on a store of their own: no mail is needed for them. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import { startBoss } from '#jobs/boss.ts'
import { dispatch } from '#jobs/dispatch.ts'
import { sweep } from '#jobs/sweep.ts'
import { type Store, openStore } from '#store/open.ts'
import { carryOut } from '#store/service/carry-out.ts'
import { beginPass, endPass } from '#store/service/passes.ts'
import { startedBefore } from '#test/data-folder.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

const LIMITS = { maxConcurrent: 300, workerTimeoutMs: 30_000 }

describe('slots and what a crash leaves', () => {
  const folder = temporaryFolder('slots')
  let store: Store
  let boss: Awaited<ReturnType<typeof startBoss>>
  const [endpoint, database] = [randomUUID(), randomUUID()]
  let batch = ''

  const query = async <T>(sql: string, values: unknown[] = []) => (await store.pool.query(sql, values)).rows as T[]
  const count = async (where: string) => (await query<{ n: number }>(`SELECT count(*)::int AS n FROM ${where}`))[0]!.n

  before(async () => {
    await startedBefore(join(folder, 'data'))
    store = await openStore({ dataFolder: join(folder, 'data'), log: silentLog })
    boss = await startBoss(store, { heartbeatSeconds: 10, mostDeaths: 6 }, silentLog)
    await query(
      `INSERT INTO migration_endpoint (id, name, name_key, type, remote_server, port, security, authentication,
         accept_untrusted, allow_clear_text, max_migrations, max_incremental)
       VALUES ($1, 'e', 'e', 'IMAP', 'h', 993, 'Ssl', 'Basic', false, false, 20, 10)`,
      [endpoint],
    )
    await query(`INSERT INTO mailbox_database (id, name, name_key, kind) VALUES ($1, 'd', 'd', 'Maildir')`, [database])
  })
  after(async () => {
    await boss.stop({ graceful: false, close: true })
    await store[Symbol.asyncDispose]()
    removeFolder(folder)
  })
  beforeEach(async () => {
    await query('DELETE FROM slot')
    await query('DELETE FROM migration_batch')
    await query('DELETE FROM worker')
    await query(`INSERT INTO worker (id, name, capacity) VALUES ($1, 'w', 50)`, [randomUUID()])
    batch = randomUUID()
    await query(
      `INSERT INTO migration_batch (id, name, name_key, type, endpoint_id, database_id, choices, columns, submitted_by,
         running, was_started) VALUES ($1, 'b', 'b', 'IMAP', $2, $3, '{"allowIncrementalSyncs": true, "reportInterval": "00:00:00", "timeZone": "UTC", "notificationEmails": [], "skipReports": true}', '{}', 'me', true, true)`,
      [batch, endpoint, database],
    )
  })

  const users = async (many: number, status: string, synced = false) => {
    await query(
      `INSERT INTO migration_user (id, batch_id, row_number, address, address_key, user_name, database_id, cells, holds,
         source_key, target_key, status, initial_synced_at, status_since)
       SELECT gen_random_uuid(), $1, n, $2 || n, $2 || n, 'u', $3, '{}', true, ($2 || n)::bytea, ($2 || n)::bytea, $2,
         CASE WHEN $5 THEN now() END, now() - interval '1 minute' FROM generate_series(1, $4::int) AS n`,
      [batch, status, database, many, synced],
    )
  }

  test('a bucket that is partly in use is filled up, with the numbers that are free', async () => {
    await users(60, 'Queued')
    assert.equal(await dispatch(store, boss, LIMITS), 20)
    assert.equal(await dispatch(store, boss, LIMITS), 0)
    await query('DELETE FROM slot WHERE n IN (3, 7, 20)')
    assert.equal(await dispatch(store, boss, LIMITS), 3)
    const taken = await query<{ n: number }>('SELECT n FROM slot ORDER BY n')
    assert.deepEqual(
      taken.map(({ n }) => n),
      Array.from({ length: 20 }, (_, index) => index + 1),
    )
  })

  test('while first passes wait, a quarter of the room is kept for incremental ones', async () => {
    await query('UPDATE worker SET capacity = 8')
    await users(30, 'Queued')
    await users(30, 'Synced', true)
    assert.equal(await dispatch(store, boss, LIMITS), 8)
    assert.equal(await count(`slot WHERE bucket = 'incremental'`), 2)
    await query(`DELETE FROM slot WHERE bucket = 'initial'`)
    assert.equal(await dispatch(store, boss, LIMITS), 6)
    assert.equal(await count(`slot WHERE bucket = 'incremental'`), 2, 'freed room of first passes is theirs')
    await query(`DELETE FROM slot WHERE bucket = 'incremental'`)
    assert.equal(await dispatch(store, boss, LIMITS), 2)
    assert.equal(await count(`slot WHERE bucket = 'incremental'`), 2)
  })

  test('users at work without a job, as a crash may leave them, go on, stop or go', async () => {
    for (const status of ['Starting', 'Syncing', 'Stopping', 'Removing']) await users(1, status)
    await users(1, 'IncrementalSyncing', true)
    await sweep(store)
    const now = await query<{ address: string; status: string }>(
      'SELECT address, status FROM migration_user ORDER BY address',
    )
    assert.deepEqual(
      now.map(({ address, status }) => `${address} ${status}`),
      ['IncrementalSyncing1 Synced', 'Starting1 Queued', 'Stopping1 Stopped', 'Syncing1 Queued'],
    )
  })

  test('a batch is stopped though a user was given a slot in that moment, and no worker takes it', async () => {
    await users(1, 'Queued')
    await dispatch(store, boss, LIMITS)
    // What Stop sees when the slot was given between its two looks.
    await query(`UPDATE migration_user SET status = 'Stopping'`)
    await query(`UPDATE migration_batch SET flags = 'Stop'`)
    await carryOut(store, silentLog)
    await carryOut(store, silentLog)
    assert.deepEqual(await query('SELECT status, job_id FROM migration_user'), [{ status: 'Stopped', job_id: null }])
    assert.equal(await count('slot'), 0)
    assert.deepEqual(await query('SELECT flags, running FROM migration_batch'), [{ flags: 'None', running: false }])
  })

  test('a worker that wakes after the user was stopped records nothing, and an older attempt begins nothing', async () => {
    await users(1, 'Queued')
    await dispatch(store, boss, LIMITS)
    const [slot] = await query<{ job_id: string; user_id: string }>('SELECT job_id, user_id FROM slot')
    const begin = {
      jobId: slot!.job_id,
      userId: slot!.user_id,
      endpointId: endpoint,
      bucket: 'initial',
      worker: 'w',
    } as const
    const first = (await beginPass(store, { ...begin, attempt: 1 }))!
    assert.equal(await beginPass(store, { ...begin, attempt: 0 }), null, 'it was given out again since')
    await query(`UPDATE migration_user SET status = 'Stopping'`)
    assert.equal(await beginPass(store, { ...begin, attempt: 2 }), null)
    const end = {
      result: 'Synced',
      outcome: { kind: 'synced', nextAt: new Date() },
      error: null,
      items: 1,
      bytes: 1,
      transferMs: 1,
      totals: null,
      mailboxId: null,
      notes: [],
      waybill: null,
    } as const
    assert.equal(await endPass(store, { ...begin, attempt: 1 }, first, end), false)
    assert.deepEqual(await query('SELECT status FROM migration_user'), [{ status: 'Stopped' }])
  })

  test('one batch whose command fails holds up no other', async () => {
    await users(1, 'Validating')
    const other = randomUUID()
    await query(
      `INSERT INTO migration_batch (id, name, name_key, type, endpoint_id, database_id, choices, columns, submitted_by, flags)
       VALUES ($1, 'broken', 'broken', 'IMAP', $2, $3, '{}', '{}', 'me', 'Start')`,
      [other, endpoint, database],
    )
    await query(`UPDATE migration_batch SET flags = 'Start'`)
    await query(`CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$`)
    await query(
      `CREATE TRIGGER fails BEFORE UPDATE ON migration_batch FOR EACH ROW WHEN (OLD.name = 'broken') EXECUTE FUNCTION fails()`,
    )
    try {
      await carryOut(store, silentLog)
      assert.deepEqual(await query(`SELECT status FROM migration_user`), [{ status: 'Queued' }])
    } finally {
      await query('DROP TRIGGER fails ON migration_batch')
      await query('DROP FUNCTION fails')
    }
  })
})
