/** The outbox of a service: what a mail server or a hook does to it, and what a kill does. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingHttpHeaders, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { NotificationTest } from '#contract/notification.ts'
import { startedBefore } from '#test/data-folder.ts'
import { until } from '#test/crash/until.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { MAIL_DOMAIN, type SmtpServer, chasquidMissing, startChasquid } from '#test/servers/chasquid.ts'
import { refused } from '#test/service/asking.ts'
import { Served } from '#test/service/world.ts'
import { readMail } from '#test/worlds/read-mail.ts'
import { mailSettings, mailsAbout, notifications, setMail, settled } from './mail-world.ts'
import { ScriptedSmtp } from './scripted-smtp.ts'

const BOSS = `boss@${MAIL_DOMAIN}`
const TUNING = { reportAgainMs: 100, reportPollMs: 100, reportClaimMs: 1_000 }
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
let folder: string
let served: Served
let smtp: SmtpServer

/** Its only row has no address: it has failed as soon as it has started, without any mail server. */
async function failAtOnce(name: string, more: object = {}): Promise<void> {
  const csvFile = await served.upload('EmailAddress,UserName,Password\r\nno address,m1,Planted-Row-77ab\r\n')
  const batch = { name, sourceEndpoint: 'Source', csvFile, notificationEmails: [BOSS], autoStart: true }
  await served.must('POST', '/batches', { ...batch, ...more })
  await served.reaches(name, 'Failed')
  await until('its end is to be told', async () =>
    (await notifications(served, `&batch=${encodeURIComponent(name)}`)).some(({ kind }) => kind === 'Finished'),
  )
}

const waits = (batch: string, code: string) =>
  until(`a report of ${batch} waits with ${code}`, async () => {
    const found = await notifications(served, `&status=Waiting&batch=${encodeURIComponent(batch)}`)
    return found.some(({ errorCode }) => errorCode === code)
  })

const serve = (tuning: object = {}) =>
  Served.start({ dataFolder: join(folder, 'data'), tuning: { ...TUNING, ...tuning } })

async function again(kill: NodeJS.Signals, tuning: object = {}): Promise<void> {
  served.running.child.kill(kill)
  await served.running.ended
  served = await serve(tuning)
}

describe('the outbox', { skip: chasquidMissing() }, () => {
  before(async () => {
    smtp = await startChasquid(['boss'])
    process.env['NODE_EXTRA_CA_CERTS'] = smtp.certificateFile
    folder = temporaryFolder('outbox')
    await startedBefore(join(folder, 'data'))
    served = await serve()
    await served.newEndpoint('Source', { port: 1 }, { skipVerification: true })
  })
  after(async () => {
    await served[Symbol.asyncDispose]()
    await smtp[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  test('without a mail server reports wait; a server that is down delays them, and none is lost', async () => {
    await failAtOnce('Early')
    await waits('Early', 'MAIL_NOT_CONFIGURED')
    await smtp.stop()
    await setMail(served, mailSettings(smtp))
    await waits('Early', 'MAIL_SERVER_UNREACHABLE')
    await failAtOnce('Down')
    await waits('Down', 'MAIL_SERVER_UNREACHABLE')
    await smtp.restart()
    for (const batch of ['Early', 'Down']) {
      const told = await settled(served, batch)
      const [end] = await mailsAbout(smtp, batch, 1)
      assert.equal(end!.attachments[0]?.fileName, 'MigrationErrors.csv')
      assert.deepEqual(
        told.map(({ kind, status, errorCode }) => [kind, status, errorCode]),
        [
          ['Finished', 'Sent', null],
          ['Started', 'Failed', 'REPORT_OUTDATED'],
        ],
      )
      assert.equal((await served.batch(batch)).message, '')
    }
  })

  test('a wrong password is named in the words of the server, and what waits is sent with the right one', async () => {
    await setMail(served, { password: 'wrong' })
    const { results } = await served.must<NotificationTest>('POST', '/notification-settings/test', { recipient: BOSS })
    assert.equal(results[0]!.result, 'Failed')
    assert.match(results[0]!.message, /535 5\.7\.8 Incorrect user or password/)
    await failAtOnce('Locked')
    await waits('Locked', 'MAIL_LOGIN_REFUSED')
    await setMail(served, { password: smtp.password })
    await mailsAbout(smtp, 'Locked', 1)
    const tested = await served.must<NotificationTest>('POST', '/notification-settings/test', { recipient: BOSS })
    assert.deepEqual(
      tested.results.map(({ channel, result }) => [channel, result]),
      [
        ['Mail', 'Success'],
        ['Hook', 'NotConfigured'],
      ],
    )
  })

  test('TLS from the first byte works as STARTTLS does; a name that the certificate has not is refused', async () => {
    await setMail(served, mailSettings(smtp, { port: smtp.tlsPort, security: 'Ssl' }))
    const ask = () => served.must<NotificationTest>('POST', '/notification-settings/test', { recipient: BOSS })
    assert.equal((await ask()).results[0]!.result, 'Success')
    // Another name of this machine, which the certificate does not have.
    await setMail(served, mailSettings(smtp, { smtpServer: '127.0.0.2' }))
    const [refused] = (await ask()).results
    assert.equal(refused!.result, 'Failed')
    await setMail(served, mailSettings(smtp))
  })

  test('a refused recipient holds up no other; it is given up, and the batch says so', async () => {
    const nobody = `nobody@${MAIL_DOMAIN}`
    await failAtOnce('Refused', { notificationEmails: [nobody, BOSS] })
    await mailsAbout(smtp, 'Refused', 2)
    const found = await settled(served, 'Refused')
    const of = (recipient: string) => found.filter((one) => one.recipient === recipient)
    assert.ok(of(BOSS).every(({ status }) => status === 'Sent'))
    for (const { status, errorCode, message } of of(nobody)) {
      assert.deepEqual([status, errorCode], ['Failed', 'MAIL_RECIPIENT_REFUSED'])
      assert.match(message, /550 5\.1\.1/)
    }
    assert.match(
      (await served.batch('Refused')).message,
      new RegExp(`^A report for ${nobody} was not delivered: .*550`),
    )
    const failed = (await served.events()).filter(({ kind }) => kind === 'notification.failed')
    assert.equal(failed.length, 2)
    assert.equal(failed[0]!.facts['recipient'], nobody)
  })

  test('the last mail of a batch that is removed goes out', async () => {
    await smtp.stop()
    const csvFile = await served.upload('EmailAddress,UserName,Password\r\nno address,m1,x\r\n')
    const batch = { name: 'Gone', sourceEndpoint: 'Source', csvFile, notificationEmails: [BOSS] }
    await served.must('POST', '/batches', batch)
    await served.must('POST', '/batches/Gone/start')
    await served.reaches('Gone', 'Failed')
    await served.must('DELETE', '/batches/Gone')
    await until('it is gone', async () => (await served.ask('GET', '/batches/Gone')).status === 404)
    await smtp.restart()
    const [end] = await mailsAbout(smtp, 'Gone', 1)
    assert.equal(end!.header('subject'), 'E-mail migration batch "Gone" has finished - with errors')
    assert.match(end!.attachments[0]!.content, /^no address,m1,,/m)
  })

  test('a service that is killed between sending and its note of it sends again, with the same Message-ID', async () => {
    await using scripted = await ScriptedSmtp.start((verb) =>
      verb === 'message' && /has finished/.test(scripted.taken.at(-1)?.data ?? '') ? null : undefined,
    )
    await setMail(served, { smtpServer: '127.0.0.1', port: scripted.port, security: 'None', userName: null })
    await failAtOnce('Killed')
    await until('the second mail hangs', () => scripted.taken.length === 2)
    served.running.child.kill('SIGKILL')
    await served.running.ended
    scripted.answers = () => undefined
    served = await serve()
    await settled(served, 'Killed')
    const ids = scripted.taken.map(({ data }) => readMail(Buffer.from(data)).header('message-id'))
    assert.equal(ids.length, 3)
    assert.equal(new Set(ids).size, 2)
    assert.equal(ids.filter((id) => id === ids[1]).length, 2)
  })

  test('a start that a killed service had in hand is not told after the end', async () => {
    await using scripted = await ScriptedSmtp.start((verb) => (verb === 'message' ? null : undefined))
    await setMail(served, { smtpServer: '127.0.0.1', port: scripted.port, security: 'None', userName: null })
    await failAtOnce('Overtaken')
    await until('the start hangs', () => scripted.taken.length === 1)
    const [start] = await notifications(served, '&batch=Overtaken&status=Waiting').then((all) =>
      all.filter(({ kind }) => kind === 'Started'),
    )
    // Renewed for longer than a claim lasts: nobody else takes it up.
    const claimed = Date.parse(start!.nextAttemptDateTime!)
    await until('the claim is renewed', async () => {
      const all = await notifications(served, '&batch=Overtaken')
      const next = all.find(({ kind }) => kind === 'Started')!.nextAttemptDateTime!
      return Date.parse(next) > claimed + TUNING.reportClaimMs
    })
    assert.equal(scripted.taken.length, 1)
    served.running.child.kill('SIGKILL')
    await served.running.ended
    scripted.answers = () => undefined
    served = await serve()
    const told = await settled(served, 'Overtaken')
    assert.deepEqual(
      told.map(({ kind, status, errorCode }) => [kind, status, errorCode]),
      [
        ['Finished', 'Sent', null],
        ['Started', 'Failed', 'REPORT_OUTDATED'],
      ],
    )
    const subjects = scripted.taken.map(({ data }) => readMail(Buffer.from(data)).header('subject'))
    assert.match(subjects[0]!, /has started/)
    assert.match(subjects[1]!, /has finished/)
    assert.equal(subjects.length, 2)
  })

  test('what SkipReports came before is not sent', async () => {
    await setMail(served, { smtpServer: null })
    await served.newBatch('Hushed', [['m1']], { sourceEndpoint: 'Source', notificationEmails: [BOSS], autoStart: true })
    await waits('Hushed', 'MAIL_NOT_CONFIGURED')
    await served.must('PATCH', '/batches/Hushed', { skipReports: true })
    await setMail(served, mailSettings(smtp))
    const [start] = await settled(served, 'Hushed')
    assert.deepEqual([start!.kind, start!.errorCode], ['Started', 'REPORT_OUTDATED'])
    assert.match(start!.message, /SkipReports/)
    await refused(served, 'GET', '/notifications?batch=Nope', undefined, 404, 'OBJECT_NOT_FOUND')
    assert.deepEqual(await notifications(served, '&batch=Hushed&status=Sent'), [])
  })

  test('a mail server that takes no large mail gets the report without its attachment', async () => {
    await using scripted = await ScriptedSmtp.start((verb) =>
      verb === 'message' && /MigrationErrors/.test(scripted.taken.at(-1)?.data ?? '')
        ? '552 5.3.4 too large'
        : undefined,
    )
    await setMail(served, { smtpServer: '127.0.0.1', port: scripted.port, security: 'None', userName: null })
    await failAtOnce('Large')
    assert.ok((await settled(served, 'Large')).every(({ status }) => status === 'Sent'))
    const mail = readMail(Buffer.from(scripted.taken.at(-1)!.data, 'latin1'))
    assert.deepEqual(mail.attachments, [])
    assert.match(mail.text, /too large to be attached/)
  })

  test('the hook is called with a signature, and again with the same id until it is taken', async () => {
    const calls: { headers: IncomingHttpHeaders; body: string; path: string }[] = []
    let status = 500
    const hook = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        calls.push({ headers: request.headers, body, path: request.url ?? '' })
        response.writeHead(status, { location: '/elsewhere' }).end('words of the hook')
      })
    }).listen(0, '127.0.0.1')
    await once(hook, 'listening')
    const origin = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`
    try {
      const hookUrl = `${origin}/hidden-path?key=1`
      await setMail(served, { smtpServer: null, hookUrl, hookSecret: SECRET, hookEvents: ['Finished'] })
      await failAtOnce('Hooked', { notificationEmails: [], skipReports: true })
      await waits('Hooked', 'HOOK_FAILED')
      status = 302
      await until('it answers another way', () => calls.length >= 3)
      status = 204
      const [told] = await settled(served, 'Hooked')
      assert.deepEqual([told!.kind, told!.status, told!.recipient], ['Finished', 'Sent', origin])
      assert.ok(told!.attempts >= 3)
      assert.ok(
        calls.every(({ path }) => path === '/hidden-path?key=1'),
        'redirects are not followed',
      )
      assert.equal(new Set(calls.map(({ headers }) => headers['webhook-id'])).size, 1)
      for (const { headers, body } of calls) {
        const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
        const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64')
        const signature = createHmac('sha256', key).update(signed).digest('base64')
        assert.equal(headers['webhook-signature'], `v1,${signature}`)
        assert.ok(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000) < 60)
      }
      const { type, data } = JSON.parse(calls[0]!.body) as { type: string; data: Record<string, unknown> }
      assert.equal(type, 'migration.batch.finished')
      assert.deepEqual([data['batch'], data['status'], data['total'], data['failed']], ['Hooked', 'Failed', 1, 1])
    } finally {
      hook.close()
      hook.closeAllConnections()
    }
    const { results } = await served.must<NotificationTest>('POST', '/notification-settings/test', {})
    for (const channel of ['Mail', 'Hook'] as const) {
      const one = await served.must<NotificationTest>('POST', '/notification-settings/test', { channel })
      assert.deepEqual(
        one.results.map((each) => each.channel),
        [channel],
      )
    }
    assert.deepEqual(
      results.map(({ result }) => result),
      ['NotConfigured', 'Failed'],
    )
    await setMail(served, { hookUrl: null })
  })

  test('after days of trying a report is given up, and nothing that was planted is in what the service left', async () => {
    await setMail(served, mailSettings(smtp, { port: 1 }))
    await again('SIGTERM', { reportForMs: 1 })
    await failAtOnce('Given up')
    const found = await settled(served, 'Given up')
    assert.equal(found.length, 2)
    assert.ok(found.every(({ status, errorCode }) => status === 'Failed' && errorCode === 'MAIL_SERVER_UNREACHABLE'))
    assert.match((await served.batch('Given up')).message, /was not delivered/)
    const logs = join(folder, 'data', 'logs')
    const said = [
      ...readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8')),
      JSON.stringify(await served.events()),
      JSON.stringify(await notifications(served)),
      ...smtp.mails().map(({ raw, attachments }) => raw + attachments.map(({ content }) => content).join('')),
    ].join('\n')
    for (const secret of [smtp.password, SECRET, 'Planted-Row-77ab', 'hidden-path'])
      assert.ok(!said.includes(secret), `${secret} is found`)
  })
})
