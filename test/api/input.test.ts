/** What is refused of a request, and in what words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { ROUTES } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { strictSchema } from '#api/strict-schema.ts'
import { ask, world, type Asked } from './api-world.ts'

const token = 'wb_organization'
const endpoint = { name: 'e', remoteServer: 'imap.example.net' }

test('fields that a body or a query does not know are refused by name, and nothing is called', async (t) => {
  const { url, called } = await world(t)
  const json = { ...endpoint, prot: 143, pasword: 'hunter2' }
  const body = await ask(`${url}/api/v1/endpoints`, { method: 'POST', token, json })
  assert.equal(body.status, 422)
  assert.deepEqual(body.json.errors, [
    { field: 'prot', message: 'is no field of this request' },
    { field: 'pasword', message: 'is no field of this request' },
  ])
  assert.doesNotMatch(body.text, /hunter2/)
  const query = await ask(`${url}/api/v1/batches?stauts=Synced`, { token })
  assert.deepEqual(query.json.errors, [{ field: 'stauts', message: 'is no field of this request' }])
  const bodiless = await ask(`${url}/api/v1/batches/b/start`, { method: 'POST', token, json: { force: true } })
  assert.deepEqual(bodiless.json.errors, [{ field: 'force', message: 'is no field of this request' }])
  const proto = await ask(`${url}/api/v1/endpoints`, {
    method: 'POST',
    token,
    send: '{"name":"e","remoteServer":"h","__proto__":{"x":1}}',
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(proto.status, 422, proto.text)
  assert.deepEqual(called, [])
})

test('no object in any body or query lets an unknown field through, but what a provider of OpenID Connect sends', () => {
  for (const route of Object.values<Route>(ROUTES)) {
    for (const schema of route.name === 'finishOpenIdSignIn' ? [route.body] : [route.query, route.body]) {
      const json = JSON.stringify(z.toJSONSchema(strictSchema(schema), { io: 'input' }))
      const objects = json.match(/"type":"object"/g)?.length
      assert.equal(json.match(/"additionalProperties":false/g)?.length, objects, `${route.name}: ${json}`)
    }
  }
})

const words: readonly [what: string, path: string, json: unknown, detail: string][] = [
  ['too large a number', '/endpoints', { ...endpoint, port: 70_000 }, 'port must be at most 65535.'],
  ['a number as text', '/endpoints', { ...endpoint, port: '143' }, 'port must be a number.'],
  ['half a number', '/endpoints', { ...endpoint, port: 1.5 }, 'port must be a whole number.'],
  ['another word', '/endpoints', { ...endpoint, security: 'Tls2' }, 'security must be one of None, Ssl, Tls.'],
  ['two errors', '/endpoints', { port: 0 }, 'remoteServer is missing; port must be at least 1; name is missing.'],
  ['the contract’s own words', '/endpoints', { ...endpoint, name: '' }, 'name must not be empty.'],
  [
    'a number of a choice',
    '/endpoints',
    { ...endpoint, maxConcurrentMigrations: 301 },
    'maxConcurrentMigrations may be at most 300.',
  ],
  [
    'neither of a choice',
    '/endpoints',
    { ...endpoint, maxConcurrentMigrations: true },
    'maxConcurrentMigrations must be a number, or must be Unlimited.',
  ],
  ['the second of two bodies', '/connection-tests', { remoteServer: 'h', port: 0 }, 'port must be at least 1.'],
  [
    'neither of two bodies',
    '/connection-tests',
    {},
    'the body fits nothing: endpoint is missing, or remoteServer is missing.',
  ],
  ['no object', '/endpoints', [1], 'the body must be an object.'],
  [
    'an entry of a list',
    '/batches',
    { name: 'b', sourceEndpoint: 'e', users: ['a', ''] },
    'users[1] must not be empty.',
  ],
  ['a Guid', '/batches', { name: 'b', sourceEndpoint: 'e', csvFile: 'x' }, 'csvFile must be a Guid.'],
  [
    'a time',
    '/batches',
    { name: 'b', sourceEndpoint: 'e', startAfter: '1.2.2026' },
    'startAfter must be a time with a zone, such as 2026-01-31T08:00:00Z.',
  ],
  [
    'too many',
    '/batches',
    { name: 'b', sourceEndpoint: 'e', targetDatabases: ['a', 'b'] },
    'targetDatabases must have at most 1 entries.',
  ],
]
for (const [what, path, json, detail] of words) {
  test(`of a body with ${what} it is said: ${detail}`, async (t) => {
    const { url, called } = await world(t)
    const answer = await ask(`${url}/api/v1${path}`, { method: 'POST', token, json })
    assert.equal(answer.status, 422)
    assert.equal(answer.json.code, 'VALUE_INVALID')
    assert.equal(answer.json.detail, detail)
    assert.deepEqual(called, [])
  })
}

test('a query is parsed: numbers, words, defaults; a field given twice is refused', async (t) => {
  const { url, called } = await world(t)
  await ask(`${url}/api/v1/batches?limit=5&search=a%20b`, { token })
  await ask(`${url}/api/v1/users/x/statistics?includeReport=true`, { token })
  assert.deepEqual(
    called.map(({ call }) => call.query),
    [{ limit: 5, search: 'a b' }, { includeReport: true }],
  )
  const wrong = await ask(`${url}/api/v1/batches?limit=5000`, { token })
  assert.equal(wrong.json.detail, 'limit must be at most 1000.')
  const twice = await ask(`${url}/api/v1/batches?limit=5&limit=6`, { token })
  assert.deepEqual(twice.json.errors, [{ field: 'limit', message: 'is given twice' }])
})

test('a NUL character is refused by the name of its field: in texts and names, however deep', async (t) => {
  const { url, called } = await world(t)
  const answers = async (json: unknown) => {
    const answer = await ask(`${url}/api/v1/endpoints`, { method: 'POST', token, json })
    assert.doesNotMatch(answer.text, /hunter/)
    return [answer.status, answer.json.code, answer.json.errors]
  }
  const refused = (field: string) => [422, 'VALUE_INVALID', [{ field, message: 'holds a NUL character' }]]
  assert.deepEqual(await answers({ ...endpoint, name: 'hunter\0' }), refused('name'))
  assert.deepEqual(await answers({ ...endpoint, more: [{ deep: ['hunter', '\0'] }] }), refused('more[0].deep[1]'))
  assert.deepEqual(await answers({ ...endpoint, 'na\0me': 1 }), refused('na\\u{0}me'))
  assert.deepEqual(await answers('\0'), refused('the body'))
  const deep = `${'['.repeat(200_000)}"\\u0000"${']'.repeat(200_000)}`
  const asked = { method: 'POST', token, send: deep, headers: { 'content-type': 'application/json' } }
  assert.equal((await ask(`${url}/api/v1/endpoints`, asked)).status, 422)
  assert.deepEqual(called, [])
  // Written like one, and none.
  const json = { userName: 'ann', password: '\\u0000' }
  assert.equal((await ask(`${url}/api/v1/session`, { method: 'POST', json })).status, 201)
})

test('a path holds any name: slashes, spaces, 300 letters', async (t) => {
  const { url, called } = await world(t)
  for (const name of ['a/b?c', 'ä ö', `${'x'.repeat(300)}@example.net`]) {
    assert.equal((await ask(`${url}/api/v1/users/${encodeURIComponent(name)}`, { token })).status, 200)
    assert.deepEqual(called.at(-1)!.call.params, { identity: name })
  }
})

const bodies: readonly [what: string, asked: Asked, status: number, code: string][] = [
  ['is broken off', { send: '{"name":', headers: { 'content-type': 'application/json' } }, 400, 'BODY_NOT_JSON'],
  [
    'is not UTF-8',
    { send: Buffer.from([0x22, 0xff, 0x22]), headers: { 'content-type': 'application/json' } },
    400,
    'BODY_NOT_JSON',
  ],
  [
    'is a form',
    { send: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'CONTENT_TYPE_UNKNOWN',
  ],
  ['has no type', { send: '{}' }, 415, 'CONTENT_TYPE_UNKNOWN'],
  ['has a type that means nothing', { send: '{}', headers: { 'content-type': '/' } }, 415, 'CONTENT_TYPE_UNKNOWN'],
  [
    'is compressed',
    { send: 'x', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } },
    415,
    'CONTENT_TYPE_UNKNOWN',
  ],
]
for (const [what, asked, status, code] of bodies) {
  test(`a body that ${what} is refused with ${status}`, async (t) => {
    const { url, called } = await world(t)
    const answer = await ask(`${url}/api/v1/endpoints`, { method: 'POST', token, ...asked })
    assert.deepEqual([answer.status, answer.json.code], [status, code])
    assert.deepEqual(called, [])
  })
}
