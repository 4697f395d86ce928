/** Bodies cost what they may and no more: bytes, time, and whose. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { until } from '#test/crash/until.ts'
import { ask, world, type FakeUseCase } from './api-world.ts'

const token = 'wb_migration'
const csv = { 'content-type': 'text/csv', authorization: `Bearer ${token}` }
const upload = '/api/v1/csv-files'

/** A request whose body is still to be written. */
function begin(url: string, headers: OutgoingHttpHeaders): ClientRequest {
  const request = httpRequest(url, { method: 'POST', agent: false, headers })
  // What is cut off while it still sends sees that as an error; the answer is what counts.
  request.on('error', () => undefined)
  request.flushHeaders()
  return request
}

async function answered(request: ClientRequest): Promise<{ status: number; code: string }> {
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const body = JSON.parse(await text(response)) as { code: string }
  return { status: response.statusCode!, code: body.code }
}

/** Counts what it is given. */
function counting(): { useCase: FakeUseCase; read(): number } {
  let bytes = 0
  return {
    read: () => bytes,
    async useCase({ body }) {
      for await (const chunk of body as AsyncIterable<Uint8Array>) bytes += chunk.length
      return { bytes }
    },
  }
}

for (const type of ['text/csv', 'text/csv; charset=utf-16le', 'text/plain', 'application/octet-stream']) {
  test(`a CSV file comes in as a stream of its bytes, as ${type}`, async (t) => {
    const seen: Buffer[] = []
    const { url } = await world(t, {
      async uploadCsv({ body }) {
        for await (const chunk of body as AsyncIterable<Uint8Array>) seen.push(Buffer.from(chunk))
        return {}
      },
    })
    const send = Buffer.from([0xff, 0xfe, 0x41, 0x00, 0x0a, 0x00])
    const answer = await ask(url + upload, { method: 'POST', token, send, headers: { 'content-type': type } })
    assert.equal(answer.status, 201)
    assert.deepEqual(Buffer.concat(seen), send)
  })
}

test('a CSV file that says it is too large is refused before a byte of it is read', async (t) => {
  const { url, called } = await world(t)
  const request = begin(url + upload, { ...csv, 'content-length': 10 * 1_048_576 + 1 })
  assert.deepEqual(await answered(request), { status: 413, code: 'CSV_TOO_LARGE' })
  assert.deepEqual(called, [])
})

test('a CSV file that turns out too large is refused while it comes in, and the use case sees no more than the limit', async (t) => {
  const { useCase, read } = counting()
  const { url } = await world(t, { uploadCsv: useCase }, { limits: { csvBytes: 100_000 } })
  const request = begin(url + upload, csv)
  request.write(Buffer.alloc(60_000))
  request.write(Buffer.alloc(60_000))
  // The request never ends: the answer comes in its middle.
  assert.deepEqual(await answered(request), { status: 413, code: 'CSV_TOO_LARGE' })
  assert.ok(read() <= 100_000)
  request.destroy()
})

test('a CSV file of exactly the limit is taken', async (t) => {
  const { useCase, read } = counting()
  const { url } = await world(t, { uploadCsv: useCase }, { limits: { csvBytes: 100_000 } })
  const send = Buffer.alloc(100_000)
  assert.equal((await ask(url + upload, { method: 'POST', send, headers: csv })).status, 201)
  assert.equal(read(), 100_000)
})

test('who sends the whole of a refused file still gets the answer', async (t) => {
  const { url } = await world(t, {}, { limits: { csvBytes: 1_000 } })
  const answer = await ask(url + upload, { method: 'POST', send: Buffer.alloc(3_000_000), headers: csv })
  assert.deepEqual([answer.status, answer.json.code], [413, 'CSV_TOO_LARGE'])
})

test('a use case that refuses a file in its middle is heard', async (t) => {
  const { url } = await world(t, {
    async uploadCsv({ body }) {
      for await (const _ of body as AsyncIterable<Uint8Array>) {
        throw new Fault({ code: 'CSV_QUOTE', scope: 'request', transient: false, message: 'row 3 is open' })
      }
    },
  })
  const request = begin(url + upload, csv)
  request.write('a,"b')
  assert.deepEqual(await answered(request), { status: 422, code: 'CSV_QUOTE' })
  request.destroy()
})

test('a use case sees its caller go: the file ends with a fault, and the signal is aborted', async (t) => {
  const seen = Promise.withResolvers<unknown[]>()
  const began = Promise.withResolvers<void>()
  const { url } = await world(t, {
    async uploadCsv({ body, signal }) {
      try {
        for await (const _ of body as AsyncIterable<Uint8Array>) began.resolve()
        seen.resolve(['no fault'])
      } catch (thrown) {
        if (!signal.aborted) await once(signal, 'abort')
        seen.resolve([(thrown as Fault).code, signal.aborted])
      }
    },
  })
  const request = begin(url + upload, csv)
  request.write('a,b')
  await began.promise
  request.destroy()
  assert.deepEqual(await seen.promise, ['REQUEST_MALFORMED', true])
})

test('a JSON body over 5 MB is refused, said and unsaid', async (t) => {
  const { url, called } = await world(t)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const said = begin(`${url}/api/v1/batches`, { ...headers, 'content-length': 5 * 1_048_576 + 1 })
  assert.deepEqual(await answered(said), { status: 413, code: 'BODY_TOO_LARGE' })
  const unsaid = begin(`${url}/api/v1/batches`, headers)
  unsaid.write(Buffer.alloc(5 * 1_048_576 + 1, 0x20))
  assert.deepEqual(await answered(unsaid), { status: 413, code: 'BODY_TOO_LARGE' })
  unsaid.destroy()
  assert.deepEqual(called, [])
})

const signIn = '/api/v1/session'
const jsonType = { 'content-type': 'application/json' }

test('where nobody is asked who they are a body has 16 KB at most, said and unsaid', async (t) => {
  const { url, called } = await world(t)
  for (const path of [signIn, '/api/v1/first-administrator']) {
    const said = begin(url + path, { ...jsonType, 'content-length': 16_385 })
    assert.deepEqual(await answered(said), { status: 413, code: 'BODY_TOO_LARGE' })
    const unsaid = begin(url + path, jsonType)
    unsaid.write(Buffer.alloc(16_385, 0x20))
    assert.deepEqual(await answered(unsaid), { status: 413, code: 'BODY_TOO_LARGE' })
    unsaid.destroy()
  }
  assert.deepEqual(called, [])
})

test(
  'a stranger who does not send on is refused long before a caller is who has signed in',
  { timeout: 10_000 },
  async (t) => {
    const { url } = await world(t, {}, { limits: { publicMs: 50, requestMs: 3_600_000 } })
    const request = begin(url + signIn, jsonType)
    request.write(' ')
    assert.deepEqual(await answered(request), { status: 408, code: 'REQUEST_TOO_SLOW' })
  },
)

/** Sends so many bytes of a body that never ends, and resolves when the service has taken them: it asks for more. */
async function stalled(url: string, headers: OutgoingHttpHeaders, bytes: number): Promise<ClientRequest> {
  const request = begin(url, { ...headers, expect: '100-continue' })
  await once(request, 'continue')
  await new Promise((resolve) => request.write(Buffer.alloc(bytes, 0x20), resolve))
  return request
}

test('bodies that are in memory have a bound: of one caller, and of all together', async (t) => {
  const { url } = await world(t, {}, { limits: { callerBodyBytes: 50_000, bodyBytes: 70_000 } })
  const as = (scope: string) => ({ ...jsonType, authorization: `Bearer wb_${scope}` })
  const batches = `${url}/api/v1/batches`
  const send = (scope: string, bytes: number) =>
    ask(batches, { method: 'POST', headers: as(scope), send: Buffer.alloc(bytes, 0x20) })
  const held = await stalled(batches, as('migration'), 40_000)
  const code = async (scope: string, bytes: number) => {
    const { status, json, headers } = await send(scope, bytes)
    return [status, json.code, headers['retry-after']]
  }
  // The bytes are on their way; from when they are there it stays so.
  await until('they are held', async () => (await code('migration', 20_000))[0] === 429)
  assert.deepEqual(await code('migration', 20_000), [429, 'RATE_LIMITED', '2'])
  assert.deepEqual(await code('organization', 40_000), [503, 'SERVICE_BUSY', '2'])
  // What is refused holds nothing: another one fits, and is only no JSON.
  assert.deepEqual((await code('organization', 20_000))[0], 400)
  held.destroy()
  await until('they are let go', async () => (await code('migration', 40_000))[0] === 400)
  assert.equal((await code('organization', 40_000))[0], 400)
})

test('strangers together hold no more than one caller may', async (t) => {
  const { url } = await world(t, {}, { limits: { callerBodyBytes: 20_000 } })
  const held = await stalled(url + signIn, jsonType, 15_000)
  const other = () => ask(url + signIn, { method: 'POST', headers: jsonType, send: Buffer.alloc(10_000, 0x20) })
  await until('they are held', async () => (await other()).status === 429)
  const { status } = await ask(`${url}/api/v1/batches`, {
    method: 'POST',
    headers: { ...jsonType, authorization: `Bearer ${token}` },
    send: Buffer.alloc(10_000, 0x20),
  })
  assert.equal(status, 400)
  held.destroy()
})

test('a file that comes byte by byte costs what it takes in memory', async (t) => {
  const { useCase } = counting()
  const { url } = await world(t, { uploadCsv: useCase }, { limits: { callerBodyBytes: 1_000 } })
  assert.equal((await ask(url + upload, { method: 'POST', send: Buffer.alloc(700), headers: csv })).status, 201)
  const request = begin(url + upload, csv)
  request.setNoDelay(true)
  request.on('error', () => undefined)
  // Some chunks may come as one, never all of them: each is sent when the one before has gone.
  const drip = setInterval(() => request.write('a'), 5)
  t.after(() => clearInterval(drip))
  assert.deepEqual(await answered(request), { status: 429, code: 'RATE_LIMITED' })
  clearInterval(drip)
  request.destroy()
})

for (const [what, path, type] of [
  ['JSON body', '/api/v1/batches', 'application/json'],
  ['CSV file', upload, 'text/csv'],
] as const) {
  test(`a ${what} that does not come to its end is refused with 408, and its connection closed`, async (t) => {
    const { url } = await world(t, {}, { limits: { requestMs: 50, csvMs: 50 } })
    const request = begin(url + path, { authorization: `Bearer ${token}`, 'content-type': type })
    request.write(' ')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    assert.deepEqual([response.statusCode, response.headers.connection], [408, 'close'])
    response.resume()
    await once(request, 'close')
  })
}

for (const [what, headers, path, status] of [
  ['without a token', {}, upload, 401],
  ['with too small a scope', { authorization: 'Bearer wb_view' }, upload, 403],
  ['of a size that is refused', { ...csv, 'content-length': '99999999' }, upload, 413],
  ['with a query that is refused', csv, `${upload}?x=1`, 422],
  ['of a type that is refused', { ...csv, 'content-type': 'image/png' }, upload, 415],
] as const) {
  test(`a body ${what} is never asked for`, async (t) => {
    const { url } = await world(t)
    const request = begin(url + path, { 'content-type': 'text/csv', expect: '100-continue', ...headers })
    let wanted = false
    request.on('continue', () => (wanted = true))
    assert.equal((await answered(request)).status, status)
    assert.equal(wanted, false)
    request.destroy()
  })
}

test('a body that its sender holds back is asked for when all else is right', async (t) => {
  const { useCase, read } = counting()
  const { url } = await world(t, { uploadCsv: useCase })
  const request = begin(url + upload, { ...csv, expect: '100-continue' })
  await once(request, 'continue')
  request.end('a,b\r\n')
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  assert.deepEqual([response.statusCode, read()], [201, 5])
  response.resume()
})

const head = (type: string, connection: string) =>
  `POST ${upload} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nConnection: ${connection}\r\n`

for (const connection of ['close', 'keep-alive']) {
  test(`a sender (${connection}) that has not finished when it is refused may finish`, async (t) => {
    const { api } = await world(t, {}, { limits: { lingerMs: 60_000 } })
    const socket = connect(api.address!.port, '127.0.0.1')
    socket.write(`${head('text/csv', connection)}Content-Length: 2000000\r\n\r\na`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    assert.match(answer.toString(), /^HTTP\/1\.1 401 /)
    // Were the connection closed already, this would be answered with a reset.
    for (const _ of [1, 2]) await new Promise((resolve) => socket.write(Buffer.alloc(900_000), resolve))
    socket.end()
    socket.resume()
    assert.deepEqual(await once(socket, 'close'), [false])
  })
}

test('a sender that goes on sending after the refusal is cut off', { timeout: 10_000 }, async (t) => {
  const { api } = await world(t, {}, { limits: { lingerMs: 50 } })
  const socket = connect(api.address!.port, '127.0.0.1')
  // Cut off means a reset.
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(`${head('text/csv', 'keep-alive')}Transfer-Encoding: chunked\r\n\r\n`)
  // Drop by drop, so that the connection is never idle.
  const drops = setInterval(() => socket.write('1\r\na\r\n'), 5)
  t.after(() => clearInterval(drops))
  const [answer] = (await once(socket, 'data')) as [Buffer]
  assert.match(answer.toString(), /^HTTP\/1\.1 401 /)
  socket.resume()
  await closed
})

test(
  'a file that was refused in its middle leaves its connection for the next request',
  { timeout: 10_000 },
  async (t) => {
    const { url } = await world(t, {}, { limits: { csvBytes: 1_000, lingerMs: 60_000 } })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.after(() => agent.destroy())
    const headers = { ...csv, 'transfer-encoding': 'chunked' }
    const refused = await ask(url + upload, { method: 'POST', send: Buffer.alloc(3_000_000), headers, agent })
    assert.equal(refused.status, 413)
    assert.equal((await ask(`${url}/api/v1/config`, { token, agent })).status, 200)
  },
)
