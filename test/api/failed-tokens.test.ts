/** Guessing tokens gets slower, for the guesser only. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FailedTokens } from '#api/failed-tokens.ts'
import { ask, authenticate, world } from './api-world.ts'

function table(allowed: number) {
  const clock = { at: 1_000, monotonic: () => clock.at }
  return { clock, failed: new FailedTokens(allowed, clock) }
}

test('after so many wrong tokens in a minute an address is told to wait for the rest of it', () => {
  const { clock, failed } = table(2)
  assert.equal(failed.failed('192.0.2.1'), 0)
  clock.at += 10_000
  assert.equal(failed.failed('192.0.2.1'), 0)
  assert.equal(failed.failed('192.0.2.1'), 50_000)
  assert.equal(failed.failed('192.0.2.2'), 0)
  clock.at += 50_000
  assert.equal(failed.failed('192.0.2.1'), 0)
})

test('a network of IPv6 is one guesser, however its addresses are written', () => {
  const { failed } = table(1)
  failed.failed('2001:db8::5')
  assert.ok(failed.failed('2001:db8:0:0:1:2:3:4') > 0)
  assert.ok(failed.failed('2001:db8::7:8') > 0)
  assert.equal(failed.failed('2001:db8:0:1::5'), 0)
  failed.failed('::ffff:192.0.2.1')
  assert.equal(failed.failed('::ffff:192.0.2.2'), 0)
})

test('any number of addresses costs a bounded table', () => {
  const { failed } = table(1)
  for (let at = 0; at < 20_000; at++) failed.failed(`10.0.${at >> 8}.${at & 255}`)
  assert.equal(failed.size, 10_000)
})

test('over HTTP the eleventh wrong token is a 429 with its wait; a good one gets through, also when it is new', async (t) => {
  const { url } = await world(t)
  const status = async (token: string) => (await ask(`${url}/api/v1/config`, { token })).status
  assert.equal(await status('wb_view'), 200)
  for (let at = 0; at < 10; at++) assert.equal(await status(`wb_wrong${at}`), 401)
  const refused = await ask(`${url}/api/v1/config`, { token: 'wb_wrong' })
  assert.deepEqual([refused.status, refused.json.code], [429, 'TOO_MANY_REQUESTS'])
  assert.match(refused.headers['retry-after'] ?? '', /^[1-6]?\d$/)
  assert.equal(await status('wb_migration'), 200)
  assert.equal(await status('wb_view'), 200)
  assert.equal((await ask(`${url}/healthz`)).status, 200)
})

test('what is no token of ours is not looked up, and a token counts only as Bearer', async (t) => {
  let looked = 0
  const { url } = await world(t, {}, { authenticate: async (token) => (looked++, authenticate(token)) })
  const status = async (authorization: string) =>
    (await ask(`${url}/api/v1/config`, { headers: { authorization } })).status
  for (const wrong of ['Bearer view', 'Bearer', 'Basic wb_view', 'wb_view', "Bearer wb_'or1=1", 'Bearer wb_view x']) {
    assert.equal(await status(wrong), 401, wrong)
  }
  assert.equal((await ask(`${url}/api/v1/config?token=wb_view`)).status, 401)
  assert.equal(looked, 0)
  assert.equal(await status('bearer wb_view'), 200)
})
