/** A service killed while a batch comes to the archive: every user is in one place, once, and the removal goes on. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import type { MigrationReport } from '#contract/organization.ts'
import { openStore } from '#store/open.ts'
import { startedBefore } from '#test/data-folder.ts'
import { until } from '#test/crash/until.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { Served, csvOf } from './world.ts'

/** More than go in one transaction. */
const USERS = 5_200

describe('a service killed while it archives', () => {
  const folder = temporaryFolder('hygiene-kills')
  const dataFolder = join(folder, 'data')
  const args = ['--concurrency', '0']
  const endpoint = { name: 'Source', remoteServer: 'imap.contoso.example', skipVerification: true }

  const CRASHES = ['archive.users:1', 'archive.users:2', 'archive.batch:1']
  /** By the step at which each is killed: made by one service, for starts are what takes time here. */
  const ids = new Map<string, string>()

  before(async () => {
    await startedBefore(dataFolder)
    await using served = await Served.start({ dataFolder, args })
    await served.must('POST', '/endpoints', endpoint)
    for (const [index, crash] of CRASHES.entries()) ids.set(crash, await newBatch(served, crash, index * USERS))
  })
  after(() => removeFolder(folder))

  async function newBatch(served: Served, name: string, from: number): Promise<string> {
    const rows = Array.from({ length: USERS }, (_, index) => [`u${from + index}`, 'planted-Secret-9'] as const)
    const csvFile = await served.upload(csvOf(rows))
    return (await served.must<{ batchGuid: string }>('POST', '/batches', { name, sourceEndpoint: 'Source', csvFile }))
      .batchGuid
  }

  for (const crash of CRASHES)
    test(`killed at ${crash}, the next start finishes it and nothing is lost or doubled`, async () => {
      const id = ids.get(crash)!
      {
        const served = await Served.start({ dataFolder, args, crash })
        await served.must('DELETE', `/batches/${encodeURIComponent(crash)}`)
        assert.equal((await served.running.ended).signal, 'SIGKILL')
      }
      await using store = await openStore({ dataFolder, log: silentLog })
      const count = async (sql: string) => (await store.pool.query<{ n: number }>(sql, [id])).rows[0]!.n
      const there = await count('SELECT count(*)::int AS n FROM migration_user WHERE batch_id = $1')
      const kept = await count('SELECT count(*)::int AS n FROM archived_user WHERE batch_id = $1')
      assert.deepEqual([there, kept], crash === 'archive.users:1' ? [USERS, 0] : [USERS - 5_000, 5_000])
      assert.equal(await count('SELECT count(*)::int AS n FROM archived_batch WHERE id = $1'), 0)
      await store[Symbol.asyncDispose]()

      await using served = await Served.start({ dataFolder, args })
      const path = `/batches/${encodeURIComponent(crash)}`
      await until('the batch is gone', async () => (await served.ask('GET', path)).status === 404)
      const { items } = await served.must<{ items: MigrationReport[] }>('GET', `/reports?batch=${id}`)
      assert.deepEqual(
        items.map(({ reportType, rowCount }) => [reportType, rowCount]),
        [
          ['BatchReport', USERS],
          ['BatchWaybills', 0],
        ],
      )
      const lines = (await served.must<string>('GET', `/reports/${id}-users`)).trim().split('\r\n').slice(1)
      assert.equal(new Set(lines.map((line) => line.split(',')[0])).size, USERS)
      assert.equal(lines.length, USERS)
    })
})
