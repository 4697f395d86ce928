/** Files and long answers on their way out. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { contentDisposition } from '#api/content-disposition.ts'
import { ask, asyncList, open, world } from './api-world.ts'

const token = 'wb_migration'
const report = '/api/v1/reports/584b26ab-errors'

test('a report comes as a CSV file with the name of its batch', async (t) => {
  const lines = asyncList(['a,b\r\n', 'ä,1\r\n'])
  const { url } = await world(t, { exportReport: async () => Object.assign(lines, { fileName: 'Moves ä-errors.csv' }) })
  const { status, headers, text } = await ask(url + report, { token })
  assert.deepEqual([status, text], [200, 'a,b\r\nä,1\r\n'])
  assert.equal(headers['content-type'], 'text/csv; charset=utf-8')
  assert.equal(
    headers['content-disposition'],
    `attachment; filename="Moves _-errors.csv"; filename*=UTF-8''Moves%20%C3%A4-errors.csv`,
  )
})

test('a report that fails before its first row is a problem', async (t) => {
  const { url } = await world(t, {
    exportReport: async () =>
      // oxlint-disable-next-line require-yield
      (async function* (): AsyncGenerator<string> {
        throw new Fault({ code: 'OBJECT_NOT_FOUND', scope: 'request', transient: false, message: 'gone' })
      })(),
  })
  assert.equal((await ask(url + report, { token })).status, 404)
})

test('a report that fails later is cut off: nobody takes a part for the whole', async (t) => {
  const seen = Promise.withResolvers<void>()
  const { url } = await world(t, {
    exportReport: async () =>
      (async function* () {
        yield 'x'.repeat(20_000)
        await seen.promise
        throw new Error('the database went')
      })(),
  })
  const response = await open(url + report, { token })
  assert.equal(response.statusCode, 200)
  seen.resolve()
  await assert.rejects(text(response), /aborted/)
})

test('a reader that stalls stops the report, which is ended when the reader goes', async (t) => {
  let made = 0
  const ended = Promise.withResolvers<number>()
  const { url } = await world(t, {
    exportReport: async ({ signal }) =>
      (async function* () {
        try {
          signal.addEventListener('abort', () => ended.resolve(made))
          for (; made < 1_000; made++) yield 'x'.repeat(1_048_576)
        } finally {
          ended.resolve(made)
        }
      })(),
  })
  const response = await open(url + report, { token })
  // Nothing is read but what came with the headers; the kernel keeps a few MB.
  await once(response, 'readable')
  response.destroy()
  assert.ok((await ended.promise) < 100, `${made} MB were made for nobody`)
})

test('a reader that stalls for good is cut off', async (t) => {
  const ended = Promise.withResolvers<void>()
  const { url } = await world(
    t,
    {
      exportReport: async () =>
        (async function* () {
          try {
            for (;;) yield 'x'.repeat(1_048_576)
          } finally {
            ended.resolve()
          }
        })(),
    },
    { limits: { requestMs: 50 } },
  )
  const response = await open(url + report, { token })
  await ended.promise
  await assert.rejects(text(response), /aborted/)
})

test('a message comes as a file that no browser shows', async (t) => {
  const bytes = Buffer.from('Subject: <script>\r\n\r\n\u0000\u00ff')
  const { url } = await world(t, { getSkippedItemEml: async () => ({ fileName: '<script>.eml', bytes }) })
  const { headers, text } = await ask(`${url}/api/v1/users/u/skipped-items/i/eml`, { token })
  assert.equal(text, bytes.toString())
  assert.equal(headers['content-type'], 'message/rfc822')
  assert.match(headers['content-disposition'] ?? '', /^attachment; /)
  assert.equal(headers['x-content-type-options'], 'nosniff')
})

for (const [what, name, expected] of [
  ['line breaks', 'a\r\nSet-Cookie: x.eml', `filename="a__Set-Cookie_ x.eml"; filename*=UTF-8''a__Set-Cookie_%20x.eml`],
  ['quotes', 'a"; filename="b.exe', `filename="a__ filename__b.exe"; filename*=UTF-8''a_%3B%20filename%3D_b.exe`],
  ['folders', '../../etc/passwd', `filename="_.._etc_passwd"; filename*=UTF-8''_.._etc_passwd`],
  ['a turned direction', 'a\u202Egnp.exe', `filename="a_gnp.exe"; filename*=UTF-8''a_gnp.exe`],
  ['umlauts', 'Grüße (1).eml', `filename="Gr__e _1_.eml"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%281%29.eml`],
  ['half a character', 'a\ud800.eml', `filename="a_.eml"; filename*=UTF-8''a_.eml`],
  ['nothing', ' ..', `filename="download"; filename*=UTF-8''download`],
] as const) {
  test(`the name of a file with ${what} stays in its header`, () => {
    assert.equal(contentDisposition(name), `attachment; ${expected}`)
  })
}

test('a long name is cut and keeps its ending', () => {
  assert.match(contentDisposition(`${'x'.repeat(5_000)}.eml`), /^attachment; filename="x{120}\.eml"/)
})

test('with checkAnswers an answer with a field that the contract does not know is refused', async (t) => {
  const config = {
    identity: 'c',
    maxNumberOfBatches: 1,
    maxConcurrentMigrations: 1,
    features: [],
    incrementalSyncInterval: '1.00:00:00',
    adminAuditLogAgeLimit: '90.00:00:00',
    stopSyncedBatchesAfter: '60.00:00:00',
    removeStoppedBatchesAfter: '90.00:00:00',
    removeFailedBatchesAfter: '90.00:00:00',
    removeCompletedBatchesAfter: '60.00:00:00',
    removeArchivesAfter: '00:00:00',
  }
  let answer: unknown = config
  const { url } = await world(t, { getConfig: async () => answer }, { checkAnswers: true })
  assert.equal((await ask(`${url}/api/v1/config`, { token })).status, 200)
  answer = { ...config, password: 'x' }
  assert.equal((await ask(`${url}/api/v1/config`, { token })).status, 500)
  answer = { ...config, features: ['Nothing'] }
  assert.equal((await ask(`${url}/api/v1/config`, { token })).status, 500)
})
