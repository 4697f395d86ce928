/** Where the service listens, to whom it answers there, and how it ends. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { until } from '#test/crash/until.ts'
import { ask, open, temporaryFolder, world } from './api-world.ts'

const token = 'wb_view'
const refused = (code: string) => (thrown: unknown) =>
  thrown instanceof Fault && thrown.code === code && thrown.scope === 'instance' && thrown.remedy !== null

for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.net', '127.0.0.1.example.net', '::ffff:192.0.2.1']) {
  test(`plain HTTP on ${host} is refused unless it was allowed`, async (t) => {
    await assert.rejects(world(t, {}, { listen: { host, port: 0 } }), refused('PLAIN_HTTP_REFUSED'))
  })
}

for (const host of ['127.0.0.1', '127.8.9.10', 'localhost', 'LOCALHOST']) {
  test(`plain HTTP on ${host} is nobody else's business`, async (t) => {
    const { url } = await world(t, {}, { listen: { host, port: 0 } })
    assert.match(url, /^http:\/\/127\./)
    assert.equal((await ask(`${url}/api/v1/config`, { token })).status, 200)
  })
}

test('a port in use is named, and the socket is closed again', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  const { api } = await world(t)
  const listen = { host: '127.0.0.1', port: api.address!.port }
  await assert.rejects(
    world(t, {}, { listen, socketPath }),
    (thrown) => refused('PORT_IN_USE')(thrown) && (thrown as Fault).message.includes(String(listen.port)),
  )
  assert.equal(existsSync(socketPath), false)
})

test('an address that is not of this machine is refused', async (t) => {
  const listen = { host: '192.0.2.1', port: 0 }
  await assert.rejects(world(t, {}, { listen, allowPlainHttp: true }), refused('LISTEN_FAILED'))
})

test('a Host that is not ours is refused, with a token and without: DNS rebinding gets nowhere', async (t) => {
  const { url, called } = await world(t, {}, { hostNames: ['Mail.Example.NET'] })
  const { port } = new URL(url)
  const status = async (host: string, path = '/api/v1/config') =>
    (await ask(url + path, { token, headers: { host } })).status
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '192.0.2.1',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
  ]) {
    assert.equal(await status(host), 421, host)
    assert.equal(await status(host, '/healthz'), 421, host)
    assert.equal((await ask(`${url}/api/v1/config`, { headers: { host } })).status, 421, host)
  }
  assert.deepEqual(called, [])
  for (const host of [
    `127.0.0.1:${port}`,
    'localhost',
    'LocalHost.:8383',
    '[::1]:8383',
    'mail.example.net',
    'mail.example.net:443',
  ]) {
    assert.equal(await status(host), 200, host)
  }
})

test('a request without a Host is refused', async (t) => {
  const { api } = await world(t)
  const socket = connect(api.address!.port, '127.0.0.1')
  socket.write('GET /healthz HTTP/1.0\r\n\r\n')
  assert.match(await text(socket), /^HTTP\/1\.1 421 /)
})

test('listening on all addresses, the service answers to that which was called', async (t) => {
  const { api } = await world(t, {}, { listen: { host: '0.0.0.0', port: 0 }, allowPlainHttp: true })
  const { port } = api.address!
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  const address = own.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
  if (address !== undefined) assert.equal((await ask(`http://${address}:${port}/api/v1/config`, { token })).status, 200)
  const wrong = await ask(`http://127.0.0.1:${port}/healthz`, { headers: { host: '192.0.2.1' } })
  assert.equal(wrong.status, 421)
})

test('the socket is for its owner alone, in a folder for its owner alone, and gone when the service is', async (t) => {
  const folder = `${temporaryFolder(t)}/run`
  const socketPath = `${folder}/api.sock`
  const { api } = await world(t, {}, { socketPath, listen: null })
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.equal(statSync(socketPath).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(folder), ['api.sock'])
  assert.equal((await ask('http://waybill/api/v1/config', { socketPath })).status, 200)
  await api.close()
  assert.deepEqual(readdirSync(folder), [])
})

test('the socket of a process that has died is replaced', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  const dies = `require('node:net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 9))`
  spawnSync(process.execPath, ['-e', dies])
  assert.ok(existsSync(socketPath))
  await world(t, {}, { socketPath, listen: null })
  assert.equal((await ask('http://waybill/api/v1/config', { socketPath })).status, 200)
})

test('the socket of a living server is refused, and goes on', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  await world(t, {}, { socketPath, listen: null })
  await assert.rejects(world(t, {}, { socketPath, listen: null }), refused('SOCKET_IN_USE'))
  assert.equal((await ask('http://waybill/api/v1/config', { socketPath })).status, 200)
})

test('a file that is no socket is left alone', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  writeFileSync(socketPath, 'mine')
  await assert.rejects(world(t, {}, { socketPath, listen: null }), refused('SOCKET_UNUSABLE'))
  assert.equal(statSync(socketPath).size, 4)
})

test('a path that is too long for a socket is refused with its reason', async (t) => {
  const folder = `${temporaryFolder(t)}/${'x'.repeat(100)}`
  mkdirSync(folder)
  await assert.rejects(world(t, {}, { socketPath: `${folder}/api.sock`, listen: null }), refused('SOCKET_UNUSABLE'))
  assert.deepEqual(readdirSync(folder), [])
})

test('the socket of a server that came after us is not removed with ours', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  const { api } = await world(t, {}, { socketPath, listen: null })
  unlinkSync(socketPath)
  const other = createServer().listen(socketPath)
  t.after(() => other.close())
  await once(other, 'listening')
  await api.close()
  assert.ok(existsSync(socketPath))
})

/** Asks until nobody takes new connections there. */
async function nobodyListens(url: string): Promise<void> {
  for (;;) {
    const { status } = await ask(`${url}/healthz`).catch((error: NodeJS.ErrnoException) => {
      assert.ok(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET', error.message)
      return { status: error.code }
    })
    if (status === 'ECONNREFUSED') return
  }
}

test('close lets what runs finish, refuses what comes, and waits for both', { timeout: 10_000 }, async (t) => {
  const [began, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { url, api, called } = await world(
    t,
    {
      async getConfig() {
        began.resolve()
        await finish.promise
        return { ok: true }
      },
    },
    { limits: { closeMs: 60_000 } },
  )
  // One connection: the second request waits behind the first, and comes out when the service is closing.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const first = ask(`${url}/api/v1/config`, { token, agent })
  await began.promise
  const closed = api.close()
  await nobodyListens(url)
  finish.resolve()
  const answer = await first
  assert.deepEqual([answer.status, answer.json, answer.headers.connection], [200, { ok: true }, 'close'])
  await closed
  assert.equal(called.length, 1)
  assert.equal(api.close(), api.close())
})

test('a connection that a long answer leaves idle does not hold up the close', { timeout: 10_000 }, async (t) => {
  const finish = Promise.withResolvers<void>()
  const { url, api } = await world(
    t,
    {
      exportReport: async () =>
        (async function* () {
          yield 'x'.repeat(20_000)
          await finish.promise
          yield 'end'
        })(),
    },
    { limits: { closeMs: 60_000 } },
  )
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const response = await open(`${url}/api/v1/reports/r`, { token, agent })
  const closed = api.close()
  await nobodyListens(url)
  finish.resolve()
  assert.match(await text(response), /end$/)
  await closed
})

test('a request that comes while the service closes is refused with 503', { timeout: 10_000 }, async (t) => {
  const { url, api, called } = await world(t, {}, { limits: { closeMs: 60_000 } })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(`GET /api/v1/config HTTP/1.1\r\nHost: localhost\r\n`)
  // What was sent before this was answered has come in before it.
  await ask(`${url}/healthz`)
  const closed = api.close()
  socket.write(`Authorization: Bearer ${token}\r\n\r\n`)
  const answer = await text(socket)
  assert.match(answer, /^HTTP\/1\.1 503 [^]*"code":"SHUTTING_DOWN"/)
  assert.match(answer, /retry-after: \d/i)
  await closed
  assert.deepEqual(called, [])
})

test('close cuts off what does not end in time, and tells it by its signal', { timeout: 10_000 }, async (t) => {
  const [began, aborted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { url, api } = await world(
    t,
    {
      async getConfig({ signal }) {
        signal.addEventListener('abort', () => aborted.resolve())
        began.resolve()
        await new Promise(() => {})
      },
    },
    { limits: { closeMs: 20 } },
  )
  const asked = open(`${url}/api/v1/config`, { token })
  await began.promise
  await Promise.all([api.close(), aborted.promise, assert.rejects(asked, /hang up|ECONNRESET/)])
})

for (const [what, limits, trustedProxies] of [
  ['all together', { connections: 2 }, ['127.0.0.1']],
  ['of one network', { connectionsPerNetwork: 2 }, []],
] as const) {
  test(`connections ${what} have a bound, beyond which they are closed; one that ends makes room`, async (t) => {
    const { api, url } = await world(t, {}, { limits, trustedProxies })
    const idle = [1, 2].map(() => connect(api.address!.port, '127.0.0.1'))
    t.after(() => idle.forEach((socket) => socket.destroy()))
    await Promise.all(idle.map((socket) => once(socket, 'connect')))
    await assert.rejects(ask(`${url}/healthz`), { code: /ECONNRESET|EPIPE/ })
    idle[0]!.destroy()
    await until('there is room', () =>
      ask(`${url}/healthz`).then(
        ({ status }) => status === 200,
        () => false,
      ),
    )
  })
}

test('a trusted proxy, which brings many callers, has no bound of its own', async (t) => {
  const { url } = await world(t, {}, { limits: { connectionsPerNetwork: 0 }, trustedProxies: ['127.0.0.0/8'] })
  assert.equal((await ask(`${url}/healthz`)).status, 200)
})
