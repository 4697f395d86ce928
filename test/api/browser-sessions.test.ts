/** The cookie of a session, and requests that a browser sends with it for somebody else's page. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import type { Account } from '#contract/calls.ts'
import { API_LIMITS } from '#api/api-limits.ts'
import { ask, authenticateSession, sessionId, world } from './api-world.ts'

const cookie = `waybill=${sessionId('organization')}`
const begins = {
  signIn: async ({ session }: { session: { begin(id: string): void } }) => (session.begin(sessionId('view')), {}),
}
/** A log in which nothing happens. */
async function* silent(signal: AbortSignal): AsyncGenerator<never> {
  if (!signal.aborted) await once(signal, 'abort')
  yield* []
}
const json = { userName: 'ann', password: 'p' }

for (const [headers, isOurs] of [
  [{ 'sec-fetch-site': 'same-origin' }, true],
  [{ 'sec-fetch-site': 'same-origin', origin: 'https://proxied.example' }, true],
  [{ 'sec-fetch-site': 'same-site' }, false],
  [{ 'sec-fetch-site': 'cross-site' }, false],
  [{ 'sec-fetch-site': 'none' }, false],
  [{ origin: 'http://127.0.0.1:PORT' }, true],
  [{ origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'cross-site' }, false],
  [{ origin: 'https://127.0.0.1:PORT' }, false],
  [{ origin: 'http://127.0.0.1:1' }, false],
  [{ origin: 'http://localhost:PORT' }, false],
  [{ origin: 'http://evil.example' }, false],
  [{ origin: 'null' }, false],
  [{ origin: '' }, false],
] as const) {
  const said = JSON.stringify(headers)
  test(`with ${said} a session ${isOurs ? 'changes things' : 'changes nothing, and nobody signs in'}`, async (t) => {
    const { url, called } = await world(t, begins)
    const sent = JSON.parse(said.replace('PORT', new URL(url).port)) as Record<string, string>
    const change = { method: 'PATCH', json: {}, headers: { ...sent, cookie } }
    const changed = await ask(`${url}/api/v1/config`, change)
    const signedIn = await ask(`${url}/api/v1/session`, { method: 'POST', json, headers: sent })
    if (isOurs) return assert.deepEqual([changed.status, signedIn.status], [200, 201])
    for (const answer of [changed, signedIn]) {
      assert.deepEqual([answer.status, answer.json.code], [403, 'ORIGIN_REFUSED'])
      assert.equal(answer.headers['set-cookie'], undefined)
    }
    assert.deepEqual(called, [])
    // A page that only looks gets nothing to read: SameSite=Strict sends it no cookie, and no CORS header lets it.
    const looked = await ask(`${url}/api/v1/config`, { headers: { ...sent, cookie } })
    assert.equal(looked.headers['access-control-allow-origin'], undefined)
  })
}

test('without any word of where it comes from a session changes nothing; a program may still sign in', async (t) => {
  const { url, called } = await world(t, begins)
  const change = { method: 'DELETE', headers: { cookie } }
  assert.equal((await ask(`${url}/api/v1/databases/one`, change)).json.code, 'ORIGIN_REFUSED')
  assert.deepEqual(called, [])
  assert.equal((await ask(`${url}/api/v1/session`, { method: 'POST', json })).status, 201)
})

test('the public address is a page of ours, also behind a proxy that calls us by another name', async (t) => {
  const { url } = await world(t, {}, { publicUrl: 'https://waybill.example/', hostNames: ['waybill.example'] })
  const change = (origin: string) =>
    ask(`${url}/api/v1/config`, { method: 'PATCH', json: {}, headers: { origin, cookie: `__Host-${cookie}` } })
  assert.equal((await change('https://waybill.example')).status, 200)
  for (const origin of ['http://waybill.example', 'https://waybill.example.evil.example', 'https://x.waybill.example'])
    assert.equal((await change(origin)).json.code, 'ORIGIN_REFUSED', origin)
})

test('a token needs no page: what a foreign one sends cannot hold it', async (t) => {
  const { url } = await world(t)
  const headers = { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site', cookie }
  const answer = await ask(`${url}/api/v1/config`, { method: 'PATCH', json: {}, token: 'wb_organization', headers })
  assert.equal(answer.status, 200)
})

test('a token that is sent counts, and not the session beside it', async (t) => {
  const { url, called } = await world(t)
  const both = (token: string) => ask(`${url}/api/v1/config`, { token, headers: { cookie } })
  assert.equal((await both('wb_view')).status, 200)
  assert.equal(called[0]!.call.principal.via, 'Token')
  assert.equal(called[0]!.call.session.id, null)
  assert.equal((await both('wb_wrong')).status, 401)
})

test('the cookie is out of reach of scripts and of other sites; by TLS of other hosts and of clear text, too', async (t) => {
  for (const [publicUrl, expected] of [
    [null, `waybill=${sessionId('view')}; Path=/; HttpOnly; SameSite=Strict`],
    ['http://waybill.example', `waybill=${sessionId('view')}; Path=/; HttpOnly; SameSite=Strict`],
    ['https://waybill.example', `__Host-waybill=${sessionId('view')}; Path=/; HttpOnly; SameSite=Strict; Secure`],
  ] as const) {
    const { url } = await world(t, begins, { publicUrl })
    const { headers } = await ask(`${url}/api/v1/session`, { method: 'POST', json })
    assert.deepEqual(headers['set-cookie'], [expected])
  }
})

test('where there is TLS, the cookie of clear text is nobody', async (t) => {
  const { url } = await world(t, {}, { publicUrl: 'https://waybill.example' })
  const status = async (given: string) => (await ask(`${url}/api/v1/config`, { headers: { cookie: given } })).status
  assert.equal(await status(cookie), 401)
  assert.equal(await status(`__Host-${cookie}`), 200)
})

test('signing out takes the cookie away', async (t) => {
  const { url } = await world(t, { signOut: async ({ session }) => session.end() })
  const headers = { cookie, 'sec-fetch-site': 'same-origin' }
  const answer = await ask(`${url}/api/v1/session`, { method: 'DELETE', headers })
  assert.deepEqual(answer.headers['set-cookie'], ['waybill=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict'])
})

test('what is no session id is not looked up', async (t) => {
  const looked: string[] = []
  const look = async (id: string): Promise<Account | null> => (looked.push(id), authenticateSession(id))
  const { url } = await world(t, {}, { authenticateSession: look })
  for (const wrong of [
    'waybill=',
    `waybill=x`,
    `xwaybill=${sessionId('view')}`,
    `waybill=${sessionId('view')}x`,
    `waybill="${sessionId('view')}"`,
  ]) {
    assert.equal((await ask(`${url}/api/v1/config`, { headers: { cookie: wrong } })).status, 401, wrong)
  }
  assert.deepEqual(looked, [])
  assert.equal(
    (await ask(`${url}/api/v1/config`, { headers: { cookie: `a=b;waybill=${sessionId('view')} ;c` } })).status,
    200,
  )
})

test('a request is a use of the session, a look of an event stream whether it is still good is none', async (t) => {
  const uses: boolean[] = []
  const twice = Promise.withResolvers<void>()
  const look = async (id: string, isUse: boolean): Promise<Account | null> => {
    uses.push(isUse)
    if (uses.length === 3) twice.resolve()
    return uses.length > 3 ? null : authenticateSession(id)
  }
  const { url } = await world(
    t,
    { streamEvents: async ({ signal }) => silent(signal) },
    { authenticateSession: look, limits: { recheckMs: 10 } },
  )
  await Promise.all([twice.promise, ask(`${url}/api/v1/event-stream`, { headers: { cookie } })])
  assert.deepEqual(uses.slice(0, 3), [true, false, false])
})

test('a look that hangs ends the stream, too', { timeout: 5_000 }, async (t) => {
  let isFirst = true
  const look = async (id: string): Promise<Account | null> => {
    if (!isFirst) return new Promise(() => {})
    isFirst = false
    return authenticateSession(id)
  }
  const { url } = await world(
    t,
    { streamEvents: async ({ signal }) => silent(signal) },
    { authenticateSession: look, limits: { recheckMs: 10 } },
  )
  const { status, text } = await ask(`${url}/api/v1/event-stream`, { headers: { cookie } })
  assert.deepEqual([status, text], [200, ': connected\n\n'])
})

test('a stream ends within 30 s of whatever ends its right: a look every 10 s, that hangs 10 s at most', () => {
  assert.equal(API_LIMITS.recheckMs, 10_000)
})
