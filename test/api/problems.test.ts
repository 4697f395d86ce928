/** What the service says when it does not do what was asked. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { bug, Fault, type FaultInit } from '#base/fault.ts'
import { badValue } from '#base/request-faults.ts'
import { Problem } from '#contract/organization.ts'
import { ask, recordingLog, temporaryFolder, world } from './api-world.ts'

const fault = (init: Partial<FaultInit>) =>
  new Fault({ code: 'WHATEVER', scope: 'request', transient: false, message: 'the thing is so', ...init })

/** The answer to a request whose use case throws. */
async function answerTo(t: TestContext, thrown: unknown, token = 'wb_organization') {
  const log = recordingLog()
  const { url } = await world(t, { getConfig: async () => Promise.reject(thrown) }, { log })
  const answer = await ask(`${url}/api/v1/config`, { token })
  return { ...answer, log }
}

const statuses: readonly [Partial<FaultInit>, number][] = [
  [{ code: 'OBJECT_NOT_FOUND' }, 404],
  [{ code: 'STATE_FORBIDS' }, 409],
  [{ code: 'NAME_TAKEN' }, 409],
  [{ code: 'LIMIT_REACHED' }, 409],
  [{ code: 'OBJECT_IN_USE' }, 409],
  [{ code: 'OBJECT_AMBIGUOUS' }, 409],
  [{ code: 'VALUE_INVALID' }, 422],
  [{ code: 'AUTH_REQUIRED' }, 401],
  [{ code: 'FORBIDDEN' }, 403],
  [{ code: 'TOO_MANY_REQUESTS' }, 429],
  [{ code: 'CSV_TOO_LARGE' }, 413],
  [{ code: 'ANY_OTHER' }, 422],
  [{ code: 'CONNECT_REFUSED', scope: 'endpoint', transient: true }, 422],
  [{ code: 'DATABASE_BUSY', scope: 'instance', transient: true }, 503],
  [{ code: 'DATABASE_DAMAGED', scope: 'instance' }, 500],
]

for (const [init, status] of statuses) {
  test(`${init.code} of scope ${init.scope ?? 'request'} is a problem with status ${status}`, async (t) => {
    const answer = await answerTo(t, fault({ remedy: 'do that', ...init }))
    assert.equal(answer.status, status)
    assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
    const { title, ...rest } = Problem.parse(answer.json)
    assert.deepEqual(rest, {
      type: `urn:waybill:error:${init.code}`,
      status,
      detail: 'The thing is so.',
      code: init.code,
      remedy: 'Do that.',
    })
    assert.match(title, /^[A-Z][a-z ]+$/)
  })
}

test('a wait is told in whole seconds, rounded up', async (t) => {
  assert.equal((await answerTo(t, fault({ code: 'TOO_MANY_REQUESTS', waitMs: 1_001 }))).headers['retry-after'], '2')
  const busy = await answerTo(t, fault({ scope: 'instance', transient: true }))
  assert.match(busy.headers['retry-after'] ?? '', /^\d+$/)
})

for (const [what, thrown] of [
  ['a bug', bug('x-1', 'hunter2 in /home/waybill')],
  ['an unknown throw', new TypeError('hunter2 in /home/waybill')],
] as const) {
  test(`of ${what} the caller learns an id, and the log has the same id with the stack`, async (t) => {
    const { status, json, text, log } = await answerTo(t, thrown)
    assert.deepEqual([status, json.code], [500, 'BUG'])
    assert.doesNotMatch(text, /hunter2|home|\.ts|x-1/)
    const [line] = log.lines.filter(({ level }) => level === 'error')
    assert.ok(json.detail.includes(line!.facts['id']))
    assert.match(String(line!.facts['stack']), /hunter2[^]+problems\.test\.ts/)
  })
}

const instance = () =>
  fault({
    code: 'DATABASE_UNREACHABLE',
    scope: 'instance',
    transient: true,
    message: 'the database 10.0.0.5:5432 refuses the role hunter2',
    remedy: 'look at /var/lib/waybill',
    facts: { field: 'hunter2', why: 'is away' },
  })

for (const [who, path, token] of [
  ['a stranger', '/sign-in-options', undefined],
  ['a token without organization', '/config', 'wb_migration'],
] as const) {
  test(`what is wrong with this machine is for its administrators: ${who} learns an id, and the log has why`, async (t) => {
    const log = recordingLog()
    const fail = async () => Promise.reject(instance())
    const { url } = await world(t, { getConfig: fail, getSignInOptions: fail }, { log })
    const { status, json, text } = await ask(`${url}/api/v1${path}`, token === undefined ? {} : { token })
    assert.deepEqual([status, Problem.parse(json).code], [503, 'DATABASE_UNREACHABLE'])
    assert.doesNotMatch(text, /hunter2|10\.0|\/var/)
    const [line] = log.lines.filter(({ level }) => level === 'error')
    assert.ok(json.detail.includes(line!.facts['id']))
    assert.match(String(line!.facts['stack']), /10\.0\.0\.5:5432 refuses the role/)
  })
}

test('over the socket all is told', async (t) => {
  const socketPath = join(temporaryFolder(t), 'api.sock')
  const fail = async () => Promise.reject(instance())
  await world(t, { getConfig: fail, getSignInOptions: fail }, { socketPath, listen: null })
  for (const path of ['/config', '/sign-in-options'])
    assert.match((await ask(`http://waybill/api/v1${path}`, { socketPath })).text, /refuses the role hunter2/)
})

test('what a server said in a fault cannot steer a terminal', async (t) => {
  const { json } = await answerTo(t, fault({ message: 'The server said \u001b[2J\u202Eevil' }))
  assert.equal(json.detail, 'The server said \\u{1b}[2J\\u{202e}evil.')
})

test('the one value that a use case refuses is named as those are that the schemas refuse', async (t) => {
  const { json } = await answerTo(t, badValue('startAfter', 'lies in the past'))
  assert.deepEqual(json.errors, [{ field: 'startAfter', message: 'lies in the past' }])
})

test('unknown path, unknown method and malformed path are problems, too', async (t) => {
  const { url } = await world(t)
  const code = async (path: string, method = 'GET') => {
    const { status, json, headers } = await ask(url + path, { token: 'wb_view', method })
    return [status, Problem.parse(json).code, headers.allow]
  }
  assert.deepEqual(await code('/api/v1/nothing'), [404, 'ROUTE_UNKNOWN', undefined])
  assert.deepEqual(await code('/'), [404, 'ROUTE_UNKNOWN', undefined])
  assert.deepEqual(await code('/api/v1/batches/x', 'PUT'), [405, 'METHOD_UNKNOWN', 'GET, PATCH, DELETE'])
  assert.deepEqual(await code('/api/v1/config', 'POST'), [405, 'METHOD_UNKNOWN', 'GET, PATCH'])
  assert.deepEqual(await code('/api/v1/batches/%ff'), [400, 'REQUEST_MALFORMED', undefined])
})

test('every answer forbids to store, guess, frame and run it, and names no software', async (t) => {
  const { url } = await world(t)
  const token = 'wb_organization'
  const answers = await Promise.all([
    ask(`${url}/healthz`),
    ask(`${url}/api/v1/config`),
    ask(`${url}/api/v1/config`, { token }),
    ask(`${url}/api/v1/openapi.json`, { token }),
    ask(`${url}/api/v1/reports/r`, { token }),
    ask(`${url}/api/v1/event-stream`, { token }),
    ask(`${url}/api/v1/users/u/skipped-items/i/eml`, { token }),
    ask(`${url}/api/v1/%ff`, { token }),
    ask(`${url}/api/v1/nothing`, { token }),
    ask(`${url}/api/v1/config`, { headers: { long: 'x'.repeat(20_000) } }),
  ])
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 401, 200, 200, 200, 200, 200, 400, 404, 431],
  )
  for (const { headers } of answers) {
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.match(String(headers['content-security-policy']), /default-src 'none'/)
    assert.equal(headers['server'], undefined)
    assert.equal(headers['x-powered-by'], undefined)
  }
})

test('the log has neither token nor body nor address, and requests at debug only', async (t) => {
  const log = recordingLog()
  const { url } = await world(t, {}, { log })
  const json = { name: 'secret-name', remoteServer: 'imap.example.net' }
  await ask(`${url}/api/v1/endpoints`, { method: 'POST', token: 'wb_migration', json })
  await ask(`${url}/api/v1/users/anna@example.net?batch=secret-batch`, { token: 'wb_view' })
  await ask(`${url}/api/v1/users/anna@example.net`, { token: 'wb_wrong' })
  await log.seen(3)
  assert.deepEqual(
    log.lines.map(({ level, facts }) => [level, facts['method'], facts['route'], facts['status']]),
    [
      ['debug', 'POST', '/api/v1/endpoints', 201],
      ['debug', 'GET', '/api/v1/users/:identity', 200],
      ['debug', 'GET', '/api/v1/users/:identity', 401],
    ],
  )
  assert.doesNotMatch(JSON.stringify(log.lines), /wb_|anna|secret/)
})
