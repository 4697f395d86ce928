import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLog } from '#base/log.ts'
import { prune } from '#jobs/prune.ts'
import { openStore } from '#store/open.ts'
import { changeConfig } from '#store/service/settings.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

test('the audit log is kept as long as the setting says, and nothing of the last day goes', async () => {
  const folder = temporaryFolder('prune-audit')
  try {
    await using store = await openStore({ dataFolder: join(folder, 'data'), log: silentLog })
    await store.pool.query(
      `INSERT INTO admin_audit (id, at, caller, caller_key, via, cmdlet, cmdlet_key, object, object_key, result)
       SELECT gen_random_uuid(), now() - days * interval '1 day', days::text, '', 'Socket', 'c', 'c', '', '', 'Succeeded'
       FROM unnest(ARRAY[91, 89, 11, 9, 0]) AS days`,
    )
    const left = async () =>
      (await store.pool.query<{ caller: string }>('SELECT caller FROM admin_audit ORDER BY at')).rows.map((row) =>
        Number(row.caller),
      )
    await prune(store)
    assert.deepEqual(await left(), [89, 11, 9, 0])
    await changeConfig(store, { adminAuditLogAgeLimitSeconds: 10 * 86_400 })
    await prune(store)
    assert.deepEqual(await left(), [9, 0])
    await assert.rejects(store.pool.query(`DELETE FROM admin_audit WHERE caller = '0'`), /audit log is kept/)
    await assert.rejects(store.pool.query(`UPDATE admin_audit SET error = 'none'`), /audit log is not changed/)
    assert.deepEqual(await left(), [9, 0])
  } finally {
    removeFolder(folder)
  }
})

test('events and passes of more than 90 days are forgotten, but never the last pass of a user', async () => {
  const folder = temporaryFolder('prune')
  try {
    await using store = await openStore({ dataFolder: join(folder, 'data'), log: silentLog })
    const [endpoint, database, batch, user] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
    await store.pool.query(
      `INSERT INTO migration_endpoint (id, name, name_key, type, remote_server, port, security, authentication,
         accept_untrusted, allow_clear_text, max_migrations, max_incremental)
       VALUES ($1, 'e', 'e', 'IMAP', 'h', 993, 'Ssl', 'Basic', false, false, 1, 1)`,
      [endpoint],
    )
    await store.pool.query(`INSERT INTO mailbox_database (id, name, name_key, kind) VALUES ($1, 'd', 'd', 'Maildir')`, [
      database,
    ])
    await store.pool.query(
      `INSERT INTO migration_batch (id, name, name_key, type, endpoint_id, database_id, choices, columns, submitted_by)
       VALUES ($1, 'b', 'b', 'IMAP', $2, $3, '{}', '{}', 'me')`,
      [batch, endpoint, database],
    )
    await store.pool.query(
      `INSERT INTO migration_user (id, batch_id, row_number, address, address_key, user_name, database_id, cells, holds,
         source_key, target_key, status) VALUES ($1, $2, 2, 'a', 'a', 'a', $3, '{}', true, 'x', 'y', 'Synced')`,
      [user, batch, database],
    )
    const old = (days: number) => new Date(Date.now() - days * 86_400_000)
    for (const days of [120, 100]) {
      await store.pool.query(
        `INSERT INTO migration_pass (id, user_id, kind, worker, started_at, ended_at, result)
         VALUES ($1, $2, 'Incremental', 'w', $3, $3, 'Synced')`,
        [randomUUID(), user, old(days)],
      )
      await store.pool.query(`INSERT INTO event (kind, at) VALUES ('old', $1)`, [old(days)])
    }
    await store.pool.query(`INSERT INTO event (kind, at) VALUES ('new', $1)`, [old(80)])
    await prune(store)
    const kinds = await store.pool.query<{ kind: string }>('SELECT kind FROM event')
    assert.deepEqual(
      kinds.rows.map(({ kind }) => kind),
      ['new'],
    )
    const passes = await store.pool.query<{ at: Date }>('SELECT started_at AS at FROM migration_pass')
    assert.deepEqual(
      passes.rows.map(({ at }) => Math.round((Date.now() - at.getTime()) / 86_400_000)),
      [100],
    )
  } finally {
    removeFolder(folder)
  }
})
