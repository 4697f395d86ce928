/** The event log as a stream: resumed, kept alive, ended when the token ends, and never faster than it is read. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import type { Account } from '#contract/calls.ts'
import type { ServiceEvent } from '#contract/organization.ts'
import { ask, asyncList, authenticate, open, recordingLog, world } from './api-world.ts'

const token = 'wb_view'
const path = '/api/v1/event-stream'

const event = (id: number, facts: ServiceEvent['facts'] = {}): ServiceEvent => ({
  id,
  at: '2026-01-31T08:00:00Z',
  kind: 'batch-started',
  batch: 'Moves',
  user: null,
  endpoint: null,
  worker: null,
  facts,
})

/** Events, and then silence until the signal. */
async function* silent(signal: AbortSignal, events: Iterable<ServiceEvent> = []): AsyncGenerator<ServiceEvent> {
  yield* events
  if (!signal.aborted) await once(signal, 'abort')
}

/** Reads until the text has come. */
async function until(response: IncomingMessage, wanted: RegExp): Promise<string> {
  let text = ''
  const iterator = response.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>
  for await (const chunk of iterator) {
    text += chunk.toString()
    if (wanted.test(text)) return text
  }
  throw new Error(`the stream ended with: ${text}`)
}

async function ended(response: IncomingMessage): Promise<void> {
  response.resume()
  await once(response, 'close')
}

test('an event is sent with its id, its kind and itself as JSON', async (t) => {
  const sent = event(7, { line: 'a\nb' })
  const { url } = await world(t, { streamEvents: async () => asyncList([sent, { ...event(8), kind: 'x\ndata: y' }]) })
  const { headers, text } = await ask(url + path, { token })
  assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8')
  const [, first, second] = text.split('\n\n')
  assert.deepEqual(first!.split('\n'), ['id: 7', 'event: batch-started', `data: ${JSON.stringify(sent)}`])
  assert.equal(second!.split('\n')[1], 'event: x data: y')
})

test('a stream is resumed from `after`, and Last-Event-ID is stronger', async (t) => {
  const { url, called } = await world(t)
  await ask(`${url}${path}?after=3&batch=b`, { token })
  await ask(`${url}${path}?after=3`, { token, headers: { 'last-event-id': '12' } })
  await ask(url + path, { token, headers: { 'last-event-id': '' } })
  assert.deepEqual(
    called.map(({ call }) => call.query),
    [{ after: 3, batch: 'b' }, { after: 12 }, {}],
  )
  const wrong = await ask(url + path, { token, headers: { 'last-event-id': 'x' } })
  assert.deepEqual([wrong.status, wrong.json.errors[0].field], [422, 'after'])
})

test('Last-Event-ID means nothing to other routes', async (t) => {
  const { url } = await world(t)
  assert.equal((await ask(`${url}/api/v1/config`, { token, headers: { 'last-event-id': '12' } })).status, 200)
})

test('the headers of a silent stream come at once, and comments keep it open', async (t) => {
  const limits = { heartbeatMs: 10 }
  const { url } = await world(t, { streamEvents: async ({ signal }) => silent(signal) }, { limits })
  const response = await open(url + path, { token })
  assert.match(await until(response, /(?:^:\n\n){2}/m), /^: connected\n\n:\n\n:\n\n/)
  response.destroy()
})

test('a stream ends when its token does', async (t) => {
  let good = true
  const { url } = await world(
    t,
    { streamEvents: async ({ signal }) => silent(signal, [event(1)]) },
    { authenticate: async (given) => (good ? authenticate(given) : null), limits: { recheckMs: 10 } },
  )
  const response = await open(url + path, { token })
  await until(response, /id: 1/)
  good = false
  await ended(response)
  assert.equal(response.complete, true)
})

test('a stream ends when its token loses the scope, or cannot be looked up', async (t) => {
  for (const later of [
    async (): Promise<Account> => ({ name: 'x', scopes: [], via: 'Token', administratorId: null }),
    async (): Promise<Account> => Promise.reject(new Error('the database went')),
  ]) {
    let now: (given: string) => Promise<Account | null> = authenticate
    const { url } = await world(
      t,
      { streamEvents: async ({ signal }) => silent(signal, [event(1)]) },
      { authenticate: (given) => now(given), limits: { recheckMs: 10 } },
    )
    const response = await open(url + path, { token })
    await until(response, /id: 1/)
    now = later
    await ended(response)
  }
})

test('a stream that is still good lives through the checks', async (t) => {
  let checks = 0
  const more = Promise.withResolvers<void>()
  const { url } = await world(
    t,
    {
      streamEvents: async () =>
        (async function* () {
          yield event(1)
          await more.promise
          yield event(2)
        })(),
    },
    {
      limits: { recheckMs: 5 },
      async authenticate(given) {
        if (++checks === 5) more.resolve()
        return authenticate(given)
      },
    },
  )
  const { text } = await ask(url + path, { token })
  assert.match(text, /id: 2/)
})

test('who does not read makes the log wait', async (t) => {
  let sent = 0
  const left = Promise.withResolvers<number>()
  const { url } = await world(t, {
    streamEvents: async ({ signal }) => {
      signal.addEventListener('abort', () => left.resolve(sent))
      return (async function* () {
        for (;;) yield event(++sent, { text: 'x'.repeat(100_000) })
      })()
    },
  })
  const response = await open(url + path, { token })
  await once(response, 'readable')
  response.destroy()
  assert.ok((await left.promise) < 1_000, 'what the kernel keeps, not more')
})

test('when its caller goes, a stream is told by its signal', async (t) => {
  const gone = Promise.withResolvers<void>()
  const { url } = await world(t, {
    async streamEvents({ signal }) {
      signal.addEventListener('abort', () => gone.resolve())
      return silent(signal, [event(1)])
    },
  })
  const response = await open(url + path, { token })
  await until(response, /id: 1/)
  response.destroy()
  await gone.promise
})

test('close ends streams at once, even where the log does not listen', { timeout: 8_000 }, async (t) => {
  const { url, api } = await world(
    t,
    {
      streamEvents: async () =>
        (async function* () {
          yield event(1)
          await new Promise(() => {})
        })(),
    },
    { limits: { closeMs: 60_000 } },
  )
  const response = await open(url + path, { token })
  await until(response, /id: 1/)
  await Promise.all([api.close(), ended(response)])
  assert.equal(response.complete, true)
})

test('a log that fails ends its stream and is told in the log', async (t) => {
  const log = recordingLog()
  const { url } = await world(
    t,
    {
      streamEvents: async () =>
        (async function* () {
          yield event(1)
          throw new Error('the database went')
        })(),
    },
    { log },
  )
  const { text } = await ask(url + path, { token })
  assert.match(text, /id: 1/)
  await log.seen(1)
  assert.ok(log.lines.some(({ level, facts }) => level === 'error' && /went/.test(String(facts['stack']))))
})
