/** What operators and their machines ask: health, readiness, figures; proxies that are believed; TLS of our own. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:https'
import { connect } from 'node:tls'
import { test } from 'node:test'
import type { Unready } from '#api/health.ts'
import type { SeenRequest } from '#api/observe.ts'
import { selfSigned } from '#test/servers/certificate.ts'
import { ask, asyncList, open, temporaryFolder, world } from './api-world.ts'

test('readyz says in words why the service cannot serve; healthz only that it lives; nobody signs in for them', async (t) => {
  let reasons: readonly Unready[] = []
  let looks = 0
  const { url } = await world(t, {}, { ready: async () => (looks++, reasons) })
  const ready = await ask(`${url}/readyz`)
  assert.deepEqual([ready.status, ready.json], [200, { status: 'ready' }])
  reasons = ['database', 'schema']
  await Promise.all(Array.from({ length: 20 }, () => ask(`${url}/readyz`)))
  assert.equal(looks, 1, 'who asks often does not cost the database more')
  const other = await world(t, {}, { ready: async () => reasons })
  const unready = await ask(`${other.url}/readyz`)
  assert.deepEqual([unready.status, unready.json], [503, { status: 'not ready', reasons: ['database', 'schema'] }])
  const healthy = await ask(`${other.url}/healthz`)
  assert.deepEqual([healthy.status, healthy.json], [200, { status: 'ok' }])
  assert.equal((await open(`${other.url}/readyz`, { method: 'HEAD' })).statusCode, 503)
})

test('the figures need the scope view over TCP, and nothing on the socket', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  const { url } = await world(t, {}, { socketPath, metrics: async () => 'up 1\n' })
  assert.equal((await ask(`${url}/metrics`)).status, 401)
  assert.equal((await ask(`${url}/metrics`, { token: 'wb_nobody' })).status, 401)
  const seen = await ask(`${url}/metrics`, { token: 'wb_view' })
  assert.deepEqual([seen.status, seen.text], [200, 'up 1\n'])
  assert.match(seen.headers['content-type']!, /^text\/plain; version=0\.0\.4/)
  assert.equal((await ask('http://localhost/metrics', { socketPath })).text, 'up 1\n')
})

test('requests are seen by the pattern of their route, streams while they are open, and what is no route as unknown', async (t) => {
  const seen: SeenRequest[] = []
  let streams = 0
  const observer = {
    requestOver: (one: SeenRequest) => void seen.push(one),
    streams: (by: number) => void (streams += by),
  }
  let end = () => {}
  const events = async ({ signal }: { signal: AbortSignal }) => {
    await new Promise<void>((resolve) => {
      end = resolve
      signal.addEventListener('abort', () => resolve())
    })
    return asyncList([])
  }
  const { url } = await world(t, { streamEvents: events as never }, { observer })
  await ask(`${url}/api/v1/users/annb@contoso.com`, { token: 'wb_view' })
  await ask(`${url}/api/v1/users/annb@contoso.com`)
  await ask(`${url}/nothing/annb@contoso.com`, { token: 'wb_view' })
  const labels = () => seen.map(({ method, route, status }) => `${method} ${route} ${status}`)
  const until = async (count: number) => {
    while (seen.length < count) await new Promise((resolve) => setImmediate(resolve))
  }
  await until(3)
  assert.deepEqual(labels(), ['GET /api/v1/users/:identity 200', 'GET /api/v1/users/:identity 401', 'GET unknown 404'])
  assert.ok(seen.every(({ seconds }) => seconds > 0))
  const stream = ask(`${url}/api/v1/event-stream`, { token: 'wb_view' })
  while (streams === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(streams, 1)
  end()
  await stream
  await until(4)
  assert.equal(streams, 0)
})

test('whom a proxy was called by is believed of the proxies that are listed, and of nobody else', async (t) => {
  const callerOf = async (trustedProxies: readonly string[], forwarded: string) => {
    const { url, called } = await world(t, {}, { trustedProxies })
    await ask(`${url}/api/v1/config`, { token: 'wb_view', headers: { 'x-forwarded-for': forwarded } })
    return called[0]?.call.principal.address
  }
  assert.equal(await callerOf([], '203.0.113.9'), '127.0.0.1')
  assert.equal(await callerOf(['10.0.0.0/8'], '203.0.113.9'), '127.0.0.1')
  assert.equal(await callerOf(['127.0.0.1'], '203.0.113.9'), '203.0.113.9')
  // What stands further left the caller may have written itself.
  assert.equal(await callerOf(['127.0.0.0/8'], '198.51.100.1, 203.0.113.9'), '203.0.113.9')
  assert.equal(await callerOf(['127.0.0.1', '10.0.0.0/8'], '198.51.100.1, 203.0.113.9, 10.1.2.3'), '203.0.113.9')
  assert.equal(await callerOf(['127.0.0.1'], '[2001:db8::7]:4711'), '2001:db8::7')
  assert.equal(await callerOf(['127.0.0.1'], '203.0.113.9:4711'), '203.0.113.9')
  assert.equal(await callerOf(['127.0.0.1'], 'unknown'), '127.0.0.1')
})

test('with TLS of our own a network may be listened on; 1.1 is refused, and a renewed certificate is shown at once', async (t) => {
  const first = selfSigned(['localhost', '127.0.0.1'])
  const second = selfSigned(['localhost', '127.0.0.1'])
  const tls = (of: typeof first) => ({ certificate: of.cert, key: of.key })
  const { url, api } = await world(t, {}, { listen: { host: '0.0.0.0', port: 0 }, tls: tls(first) })
  assert.match(url, /^https:/)
  const { port } = api.address!
  const asked = (ca: string) =>
    new Promise<number>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/healthz', ca, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode!)
      }).on('error', reject)
    })
  assert.equal(await asked(first.cert), 200)
  const old = connect({
    port,
    host: '127.0.0.1',
    ca: first.cert,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  })
  const [error] = (await once(old, 'error')) as [NodeJS.ErrnoException]
  assert.match(error.message, /alert protocol version/i)
  api.renewTls(tls(second))
  assert.equal(await asked(second.cert), 200)
  await assert.rejects(asked(first.cert), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  assert.throws(() => api.renewTls({ certificate: 'no', key: 'no' }))
  assert.equal(await asked(second.cert), 200, 'what is no certificate changes nothing')
})
