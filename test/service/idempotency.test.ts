/** A request that comes twice with one Idempotency-Key is carried out once. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { silentLog } from '#base/log.ts'
import { prune } from '#jobs/prune.ts'
import { type KeptAnswers, keptAnswers } from '#migration/kept-answers.ts'
import { openSecrets } from '#store/secrets.ts'
import { startApi } from '#api/start-api.ts'
import { type Answer, type Asked, ask } from '#test/api/api-world.ts'
import { until } from '#test/crash/until.ts'
import { type ApiService, LEASE_MS, apiService, csv } from './api-service.ts'

const NEXT_YEAR = new Date(Date.now() + 365 * 86_400_000).toISOString()

const ROWS = 'EmailAddress,UserName,Password\na@x.example,a,secret-in-csv\n'

suite('Idempotency-Key', { timeout: 120_000 }, () => {
  let service: ApiService
  /** As if the process had died between the act and its answer. */
  let dies = false
  before(async () => {
    const mortal = (kept: KeptAnswers): KeptAnswers => ({
      async begin(request) {
        const begun = await kept.begin(request)
        if (begun.state !== 'begun') return begun
        const { claim } = begun
        const keep: typeof claim.keep = async (...kept) => {
          if (!dies) return await claim.keep(...kept)
          // The dead renew nothing.
          await service.store.pool.query('UPDATE idempotency_key SET claim = gen_random_uuid() WHERE NOT is_answered')
          throw new Fault({ code: 'DATABASE_UNREACHABLE', scope: 'instance', transient: true, message: 'gone' })
        }
        return { state: 'begun', claim: { ...claim, keep } }
      },
    })
    service = await apiService({}, mortal)
    await service.ask('POST', '/endpoints', {
      json: { name: 'E', remoteServer: 'imap.example.net', skipVerification: true },
    })
  })
  after(async () => {
    await service[Symbol.asyncDispose]()
  })

  const send = (path: string, key: string, asked: Asked) =>
    service.ask('POST', path, {
      ...asked,
      headers: { ...(asked.headers as Record<string, string>), 'idempotency-key': key },
    })
  const uploaded = async () => (await service.ask('POST', '/csv-files', csv(ROWS))).json.csvFile as string
  const count = async (table: string) =>
    (await service.store.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]!.n
  const key = () => `"${randomUUID()}"`

  const creations: [what: string, table: string, path: string, asked: (name: string) => Promise<Asked> | Asked][] = [
    [
      'an endpoint',
      'migration_endpoint',
      '/endpoints',
      (name) => ({ json: { name, remoteServer: 'imap.example.net', skipVerification: true } }),
    ],
    [
      'a database',
      'mailbox_database',
      '/databases',
      (name) => ({
        json: {
          name,
          kind: 'Imap',
          server: 'x.example',
          skipVerification: true,
          loginTemplate: '{user}*{admin}',
          adminUserName: 'admin',
          adminPassword: 'secret-of-database',
        },
      }),
    ],
    [
      'a batch',
      'migration_batch',
      '/batches',
      async (name) => ({ json: { name, sourceEndpoint: 'E', csvFile: await uploaded() } }),
    ],
    ['a CSV file', 'csv_file', '/csv-files', (name) => csv(ROWS.replaceAll('a@', `${name}@`))],
    [
      'an administrator',
      'administrator',
      '/administrators',
      (name) => ({ json: { userName: name, password: 'secret of nobody else', roles: ['ViewOnly'] } }),
    ],
    ['a token', 'api_token', '/tokens', (name) => ({ json: { name, scopes: ['view'], expiresAt: NEXT_YEAR } })],
  ]
  for (const [what, table, path, asked] of creations) {
    test(`${what} is created once, and answered the same again`, async () => {
      const [name, mine] = [randomUUID(), key()]
      const request = await asked(name)
      const there = await count(table)
      const first = await send(path, mine, request)
      assert.equal(first.status, 201, first.text)
      const second = await send(path, mine, request)
      assert.deepEqual([second.status, second.text], [201, first.text])
      assert.deepEqual(
        [first.headers['idempotency-replayed'], second.headers['idempotency-replayed']],
        [undefined, 'true'],
      )
      assert.equal(second.headers.etag, first.headers.etag)
      assert.equal(await count(table), there + 1)
      const other = await send(path, mine, await asked(randomUUID()))
      assert.deepEqual([other.status, other.json.code], [422, 'IDEMPOTENCY_KEY_REUSED'])
      assert.equal(await count(table), there + 1)
    })

    test(`${what} is created once when the service dies between the act and its answer`, async () => {
      const [name, mine] = [randomUUID(), key()]
      const request = await asked(name)
      const there = await count(table)
      dies = true
      const died = await send(path, mine, request)
      dies = false
      assert.equal(died.status, 503)
      assert.equal(await count(table), there + 1)
      let again: Answer | undefined
      await until('the claim of the dead one has ended', async () => {
        again = await send(path, mine, request)
        if (again.status === 409) assert.equal(again.json.code, 'IDEMPOTENCY_KEY_IN_USE')
        return again.status !== 409
      })
      assert.equal(again!.status, 201, again!.text)
      assert.equal(await count(table), there + 1)
      assert.equal((await send(path, mine, request)).text, again!.text)
      if (what === 'a token') assert.equal((await service.authenticate(again!.json.token))?.name, `token ${name}`)
    })
  }

  test('the same key for another path is refused, and a key is free again when its request was refused', async () => {
    const mine = key()
    const endpoint = { json: { name: 'Taken', remoteServer: 'imap.example.net', skipVerification: true } }
    assert.equal((await service.ask('POST', '/endpoints', endpoint)).status, 201)
    assert.equal((await send('/endpoints', mine, endpoint)).json.code, 'NAME_TAKEN')
    assert.equal((await service.ask('DELETE', '/endpoints/taken')).status, 204)
    assert.equal((await send('/endpoints', mine, endpoint)).status, 201)
    const token = { json: { name: 't', scopes: ['view'], expiresAt: NEXT_YEAR } }
    assert.equal((await send('/tokens', mine, token)).json.code, 'IDEMPOTENCY_KEY_REUSED')
  })

  test('a late repetition of a Start does not undo the Stop that came between', async () => {
    const mine = key()
    const batch = { json: { name: 'Late', sourceEndpoint: 'E', csvFile: await uploaded() } }
    assert.equal((await service.ask('POST', '/batches', batch)).status, 201)
    const started = await send('/batches/late/start', mine, {})
    assert.equal(started.status, 202, started.text)
    assert.equal((await service.ask('POST', '/batches/late/stop')).status, 202)
    assert.equal((await send('/batches/late/start', mine, {})).text, started.text)
    const { rows } = await service.store.pool.query<{ flags: string }>(
      `SELECT flags FROM migration_batch WHERE name = 'Late'`,
    )
    assert.equal(rows[0]!.flags, 'Stop')
  })

  test('while the first is at work the second is told to wait, for as long as the first lives', async () => {
    const mine = key()
    const slow = httpRequest({
      socketPath: join(service.store.dataFolder.path, 'run', 'api.sock'),
      path: '/api/v1/csv-files',
      method: 'POST',
      headers: { 'content-type': 'text/csv', 'idempotency-key': mine },
    })
    slow.write(ROWS.slice(0, 20))
    const claimed = async () =>
      (
        await service.store.pool.query<{ until: Date }>(
          'SELECT claimed_until AS until FROM idempotency_key WHERE NOT is_answered AND claimed_until > now()',
        )
      ).rows
    await until('the first is at work', async () => (await claimed()).length === 1)
    const [{ until: lease }] = (await claimed()) as [{ until: Date }]
    await until(
      'more than a lease has gone by',
      async () => (await claimed())[0]!.until.getTime() > lease.getTime() + LEASE_MS,
    )
    const second = await send('/csv-files', mine, csv(ROWS))
    assert.deepEqual([second.status, second.json.code], [409, 'IDEMPOTENCY_KEY_IN_USE'])
    assert.match(second.headers['retry-after'] ?? '', /^[12]$/)
    slow.end(ROWS.slice(20))
    const [response] = await once(slow, 'response')
    const first = await text(response)
    assert.equal(response.statusCode, 201, first)
    assert.equal((await send('/csv-files', mine, csv(ROWS))).text, first)
  })

  test('a key belongs to its caller, and nothing of request or answer can be read in the database', async () => {
    const secrets = await openSecrets(service.store)
    const kept = keptAnswers({ store: service.store, secrets, log: silentLog })
    const request = { key: 'mine', fingerprint: 'f' }
    const begun = await kept.begin({ ...request, caller: 'Token a' })
    assert.equal(begun.state, 'begun')
    assert.equal((await kept.begin({ ...request, caller: 'Token b' })).state, 'begun')
    assert.equal((await kept.begin({ ...request, caller: 'Token a' })).state, 'running')
    if (begun.state === 'begun') await begun.claim.keep('f', { token: 'wb_secret' })
    const { rows } = await service.store.pool.query<{ row: string }>(
      `SELECT k::text || encode(k.content, 'escape') AS row FROM idempotency_key k`,
    )
    assert.ok(rows.length > 5)
    for (const { row } of rows) assert.doesNotMatch(row, /wb_|secret|fingerprint|example/)
  })

  test('a token that has the name of a revoked one has none of its answers', async () => {
    const bearer = async () => {
      const json = { name: 'robot', scopes: ['migration'], expiresAt: NEXT_YEAR }
      return (await service.ask('POST', '/tokens', { json })).json as { id: string; token: string }
    }
    const mine = key()
    await using api = await startApi({
      ...service.options,
      socketPath: null,
      listen: { host: '127.0.0.1', port: 0 },
    })
    const as = ({ token }: { token: string }) =>
      ask(`${api.address!.url}/api/v1/csv-files`, {
        ...csv(ROWS),
        method: 'POST',
        headers: { 'content-type': 'text/csv', 'idempotency-key': mine, authorization: `Bearer ${token}` },
      })
    const first = await bearer()
    const answer = await as(first)
    assert.equal(answer.status, 201)
    assert.equal((await as(first)).text, answer.text)
    await service.ask('DELETE', `/tokens/${first.id}`)
    const other = await as(await bearer())
    assert.equal(other.status, 201, other.text)
    assert.equal(other.headers['idempotency-replayed'], undefined)
    assert.notEqual(other.json.csvFile, answer.json.csvFile)
  })

  test('an answer is kept for 24 hours', async () => {
    const asked = (name: string): Asked => ({ json: { name, scopes: ['view'], expiresAt: NEXT_YEAR } })
    const [old, young] = [key(), key()]
    await send('/tokens', old, asked('old'))
    await send('/tokens', young, asked('young'))
    const age = (hours: number) =>
      service.store.pool.query(`UPDATE idempotency_key SET created_at = now() - $1 * interval '1 hour'`, [hours])
    await age(23.9)
    assert.equal((await send('/tokens', old, asked('old'))).status, 201)
    await age(24.1)
    assert.equal((await send('/tokens', old, asked('old'))).json.code, 'NAME_TAKEN')
    assert.ok((await count('idempotency_key')) > 0)
    await prune(service.store)
    assert.equal(await count('idempotency_key'), 0)
  })

  test('what is no key is refused, and a route that creates nothing takes none', async () => {
    for (const wrong of ['""', '"a", "b"', 'with space', `"${'x'.repeat(256)}"`]) {
      assert.equal((await send('/csv-files', wrong, csv(ROWS))).json.code, 'IDEMPOTENCY_KEY_INVALID', wrong)
    }
    assert.equal((await send('/csv-files', randomUUID(), csv(ROWS))).status, 201)
    const headers = { 'idempotency-key': '' }
    assert.equal((await service.ask('PATCH', '/config', { json: { maxNumberOfBatches: 9 }, headers })).status, 200)
  })
})
