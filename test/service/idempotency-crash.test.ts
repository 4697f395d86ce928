/** The service is killed when a batch is made and nobody has been told; the same request to the next one makes no other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startedBefore } from '#test/data-folder.ts'
import { ask as askApi, type Answer, type Asked } from '#test/api/api-world.ts'
import { until } from '#test/crash/until.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { csv } from './api-service.ts'
import { Served } from './world.ts'

test('a batch whose service was killed before its answer is made once', { timeout: 120_000 }, async () => {
  const dataFolder = temporaryFolder('key-crash')
  const tuning = { keyLeaseMs: 500 }
  try {
    await startedBefore(dataFolder)
    // Endpoint, file and batch are the acts that are recorded.
    await using dying = await Served.start({ dataFolder, tuning, crash: 'record.acted:3' })
    const ask = (method: string, path: string, asked: Asked = {}): Promise<Answer> =>
      askApi(`http://waybill/api/v1${path}`, { socketPath: dying.socketPath, method, ...asked })
    const endpoint = { name: 'E', remoteServer: 'imap.example.net', skipVerification: true }
    assert.equal((await ask('POST', '/endpoints', { json: endpoint })).status, 201)
    const upload = await ask('POST', '/csv-files', csv('EmailAddress,UserName,Password\na@x.example,a,p\n'))
    const create = () =>
      ask('POST', '/batches', {
        json: { name: 'Moves', sourceEndpoint: 'E', csvFile: upload.json.csvFile },
        headers: { 'idempotency-key': '"once"' },
      })
    await assert.rejects(create())
    await dying.running.ended

    await using _next = await Served.start({ dataFolder, tuning })
    let made: Answer | undefined
    await until('the claim of the dead one has ended', async () => {
      made = await create()
      return made.status !== 409
    })
    assert.deepEqual([made!.status, made!.json.identity, made!.json.totalCount], [201, 'Moves', 1])
    assert.equal((await ask('GET', '/batches')).json.total, 1)
    const again = await create()
    assert.deepEqual([again.text, again.headers['idempotency-replayed']], [made!.text, 'true'])
  } finally {
    removeFolder(dataFolder)
  }
})
