/** A caller that runs wild is slowed down, and nobody else. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Buckets } from '#api/buckets.ts'
import { ask, authenticate, open, temporaryFolder, world } from './api-world.ts'

const config = '/api/v1/config'

function buckets(perMinute: number) {
  const clock = { at: 1_000, monotonic: () => clock.at }
  return { clock, left: new Buckets(perMinute, clock) }
}

test('so many in a minute may come at once, and then as they come back, evenly', () => {
  const { clock, left } = buckets(6)
  for (let at = 0; at < 6; at++) assert.equal(left.take('a'), 0)
  assert.equal(left.take('a'), 10_000)
  assert.equal(left.take('b'), 0)
  clock.at += 4_000
  assert.equal(left.take('a'), 6_000)
  clock.at += 6_000
  assert.equal(left.take('a'), 0)
  assert.ok(left.take('a') > 0)
  clock.at += 3_600_000
  assert.equal(left.left('a'), 6)
})

test('any number of callers costs a bounded table', () => {
  const { left } = buckets(1)
  for (let at = 0; at < 20_000; at++) left.take(`10.0.${at >> 8}.${at & 255}`)
  assert.equal(left.size, 10_000)
})

test('a token that asks too often is answered 429 with its wait; another token goes on', async (t) => {
  const { url, called } = await world(t, {}, { limits: { requestsPerMinute: 3 } })
  const view = () => ask(url + config, { token: 'wb_view' })
  const first = await view()
  assert.equal(first.headers['ratelimit-policy'], '"requests";q=3;w=60')
  assert.equal(first.headers['ratelimit'], '"requests";r=2;t=20')
  assert.deepEqual([(await view()).status, (await view()).status], [200, 200])
  const refused = await view()
  assert.deepEqual([refused.status, refused.json.code], [429, 'RATE_LIMITED'])
  assert.match(refused.headers['retry-after'] ?? '', /^(?:1\d|20)$/)
  assert.equal(called.length, 3)
  assert.equal((await ask(url + config, { token: 'wb_migration' })).status, 200)
})

test('uploads are counted on their own', async (t) => {
  const { url } = await world(t, {}, { limits: { requestsPerMinute: 2, uploadsPerMinute: 1 } })
  const token = 'wb_migration'
  const upload = () =>
    ask(`${url}/api/v1/csv-files`, { method: 'POST', token, send: 'a\n', headers: { 'content-type': 'text/csv' } })
  assert.deepEqual([(await upload()).status, (await upload()).status], [201, 429])
  assert.equal((await ask(url + config, { token })).status, 200)
})

test('an address that is never let in is refused before anything is looked up; who is in stays in', async (t) => {
  let looked = 0
  const { url } = await world(
    t,
    {},
    {
      limits: { strangersPerMinute: 4, failuresPerMinute: 100 },
      authenticate: async (token) => (looked++, authenticate(token)),
    },
  )
  const status = async (token: string) => (await ask(url + config, { token })).status
  assert.equal(await status('wb_view'), 200)
  // A sign-in is given back: it counts for its principal.
  assert.equal(await status('wb_migration'), 200)
  for (let at = 0; at < 3; at++) assert.equal(await status(`wb_wrong${at}`), 401)
  assert.equal((await ask(`${url}/nowhere`)).status, 401)
  looked = 0
  const refused = await ask(url + config, { token: 'wb_wrong' })
  assert.deepEqual([refused.status, refused.json.code], [429, 'RATE_LIMITED'])
  assert.equal(await status('wb_organization'), 429)
  assert.equal(looked, 0)
  assert.deepEqual([await status('wb_view'), await status('wb_migration')], [200, 200])
  assert.equal((await ask(`${url}/healthz`)).status, 200)
})

test('so many event streams may be open, and one that is closed makes room', async (t) => {
  const silent = async ({ signal }: { signal: AbortSignal }) =>
    // oxlint-disable-next-line require-yield
    (async function* () {
      await once(signal, 'abort')
    })()
  const { url } = await world(t, { streamEvents: silent }, { limits: { streams: 2 } })
  const path = `${url}/api/v1/event-stream`
  const [first, second] = [await open(path, { token: 'wb_view' }), await open(path, { token: 'wb_view' })]
  const refused = await ask(path, { token: 'wb_view' })
  assert.deepEqual([refused.status, refused.json.code], [429, 'RATE_LIMITED'])
  first.destroy()
  let third
  do third = await open(path, { token: 'wb_view' })
  while (third.statusCode === 429)
  assert.equal(third.statusCode, 200)
  second.destroy()
  third.destroy()
})

test('over the socket nothing is counted', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  await world(t, {}, { socketPath, listen: null, limits: { requestsPerMinute: 1, strangersPerMinute: 1, streams: 0 } })
  for (let at = 0; at < 3; at++) assert.equal((await ask(`http://waybill${config}`, { socketPath })).status, 200)
  assert.equal((await open('http://waybill/api/v1/event-stream', { socketPath })).statusCode, 200)
})
