/** The client behind the cmdlets, and a way to the service that breaks: nothing is done twice, and what can go on does. */
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, connect, type Server } from 'node:net'
import { join } from 'node:path'
import { after, before, beforeEach, suite, test } from 'node:test'
import { openClient, type Client } from '#cli/client.ts'
import { uploadCsv } from '#cli/cmdlet/upload-csv.ts'
import { ROUTES } from '#contract/routes/all.ts'
import { type ApiService, apiService } from './api-service.ts'

const NEXT_YEAR = new Date(Date.now() + 365 * 86_400_000).toISOString()

suite('the client', { timeout: 60_000 }, () => {
  let service: ApiService
  let way: Server
  let client: Client
  /** So many answers are lost: the service has said them, and the client does not hear them. */
  let lost = 0
  const told: string[] = []
  before(async () => {
    service = await apiService()
    const real = join(service.store.dataFolder.path, 'run', 'api.sock')
    const socket = join(service.store.dataFolder.path, 'run', 'way.sock')
    way = createServer((caller) => {
      const there = connect(real)
      caller.on('data', (bytes) => there.write(bytes))
      there.on('data', (bytes) => {
        if (lost === 0) return caller.write(bytes)
        lost--
        caller.destroy()
        return there.destroy()
      })
      for (const side of [caller, there])
        side.on('error', () => undefined).on('close', () => (caller.destroy(), there.destroy()))
    })
    await new Promise<void>((resolve) => way.listen(socket, resolve))
    client = openClient({ kind: 'socket', socket, dataFolder: service.store.dataFolder.path }, (line) =>
      told.push(line),
    )
    await service.ask('POST', '/endpoints', {
      json: { name: 'E', remoteServer: 'imap.example.net', skipVerification: true },
    })
  })
  beforeEach(() => {
    told.length = 0
    lost = 0
  })
  after(async () => {
    client.close()
    way.close()
    await service[Symbol.asyncDispose]()
  })
  const count = async (table: string) =>
    (await service.store.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]!.n

  test('a file, a batch of it and a token whose answers are lost are made once, and answered', async () => {
    const file = join(service.store.dataFolder.path, 'users.csv')
    writeFileSync(file, 'EmailAddress,UserName,Password\na@x.example,a,p\n')
    lost = 1
    const csvFile = await uploadCsv(file, undefined, { client, warn: (text) => assert.fail(text) })
    rmSync(file)
    assert.equal(await count('csv_file'), 1)
    lost = 1
    const batch = await client.ask(ROUTES.createBatch, { body: { name: 'Moves', sourceEndpoint: 'E', csvFile } })
    assert.deepEqual([batch.identity, batch.totalCount, await count('migration_batch')], ['Moves', 1, 1])
    lost = 1
    const body = { name: 'Robot', scopes: ['view' as const], expiresAt: NEXT_YEAR }
    const { token } = await client.ask(ROUTES.createToken, { body })
    assert.equal((await service.authenticate(token))?.name, 'token Robot')
    assert.equal(await count('api_token'), 1)
    assert.equal(told.filter((line) => line.startsWith('the connection broke')).length, 3)
  })

  test('what has no key is not asked twice, and nothing is asked a third time', async () => {
    lost = 1
    await assert.rejects(client.ask(ROUTES.updateConfig, { body: { maxNumberOfBatches: 5 } }), {
      code: 'SERVER_UNREACHABLE',
    })
    lost = 1
    assert.equal((await client.ask(ROUTES.getConfig)).maxNumberOfBatches, 5)
    lost = 2
    await assert.rejects(client.ask(ROUTES.startBatch, { params: { identity: 'Moves' } }), {
      code: 'SERVER_UNREACHABLE',
    })
    assert.equal(lost, 0)
  })

  test('who asked too much goes on when it may; any other refusal is told at once', async () => {
    const codes = ['RATE_LIMITED', 'RATE_LIMITED', 'TOO_MANY_REQUESTS']
    const strict = createHttpServer((_request, response) => {
      const code = codes.shift()
      const problem = { code, title: '', detail: 'no', status: 429 }
      if (code === undefined) response.end('{"maxNumberOfBatches":7}')
      else
        response.writeHead(429, { 'retry-after': '1', 'content-type': 'application/json' }).end(JSON.stringify(problem))
    })
    await new Promise<void>((resolve) => strict.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(strict.address() as AddressInfo).port}`
    const patient = openClient({ kind: 'url', url, token: 'wb_x' }, (line) => told.push(line))
    try {
      await assert.rejects(patient.ask(ROUTES.getConfig), { code: 'TOO_MANY_REQUESTS' })
      assert.equal(told.filter((line) => line === 'RATE_LIMITED: asking again in 1 s').length, 2)
      assert.equal((await patient.ask(ROUTES.getConfig)).maxNumberOfBatches, 7)
    } finally {
      patient.close()
      strict.close()
    }
  })
})
