import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { silentLog } from '#base/log.ts'
import { openStore } from '#store/open.ts'
import { startedBefore } from '#test/data-folder.ts'
import { until } from '#test/crash/until.ts'
import { temporaryFolder, waybill } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { Served, csvOf, environment } from './world.ts'

test('a backup has the archive; after a restore, who was being removed is in it, and no announced end comes at once', async () => {
  const folder = temporaryFolder('hygiene-restore')
  const [dataFolder, restored] = [join(folder, 'data'), join(folder, 'restored')]
  const backup = join(folder, 'state.tar.gz')
  try {
    await startedBefore(dataFolder)
    {
      await using served = await Served.start({ dataFolder, args: ['--concurrency', '0'] })
      const endpoint = { name: 'Source', remoteServer: 'imap.contoso.example', skipVerification: true }
      await served.must('POST', '/endpoints', endpoint)
      for (const name of ['Gone', 'There']) {
        const csvFile = await served.upload(csvOf([[`${name}1`], [`${name}2`]]))
        await served.must('POST', '/batches', { name, sourceEndpoint: 'Source', csvFile })
      }
      await served.must('DELETE', '/batches/Gone')
      await until('the batch is gone', async () => (await served.ask('GET', '/batches/Gone')).status === 404)
      await using store = await openStore({ dataFolder, joins: true, log: silentLog })
      await store.pool.query(`UPDATE migration_batch SET expiry_action = 'Remove', expiry_told = now()`)
      await store.pool.query(`UPDATE migration_user SET status = 'Removing' WHERE user_name = 'There1'`)
      const ended = await waybill(['backup', backup, '--with-key'], environment({ dataFolder }))
      assert.equal(ended.code, 0, ended.stderr)
    }
    const ended = await waybill(['restore', backup], environment({ dataFolder: restored }))
    assert.equal(ended.code, 0, ended.stderr)
    await using store = await openStore({ dataFolder: restored, log: silentLog })
    const names = async (sql: string) => (await store.pool.query<{ name: string }>(sql)).rows.map(({ name }) => name)
    assert.deepEqual(await names('SELECT name FROM archived_batch'), ['Gone'])
    const archived = await names('SELECT user_name AS name FROM archived_user ORDER BY 1')
    assert.deepEqual(archived, ['Gone1', 'Gone2', 'There1'])
    assert.deepEqual(await names('SELECT user_name AS name FROM report_user ORDER BY 1'), ['Gone1', 'Gone2', 'There2'])
    assert.deepEqual(await names('SELECT name FROM migration_batch WHERE expiry_told IS NULL'), ['There'])
  } finally {
    removeFolder(folder)
  }
})
