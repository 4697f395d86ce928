/** Reports of real batches, by a real mail server with STARTTLS and log-in. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import type { MigrationBatch } from '#contract/batch.ts'
import type { NotificationSettings } from '#contract/notification.ts'
import { hygiene } from '#migration/batch/hygiene.ts'
import { moment } from '#migration/notification/quantities.ts'
import { WORDS } from '#migration/notification/words/words.ts'
import { openStore } from '#store/open.ts'
import { MAIL_DOMAIN, type SmtpServer, chasquidMissing, startChasquid } from '#test/servers/chasquid.ts'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { until } from '#test/crash/until.ts'
import { refused } from '#test/service/asking.ts'
import { type ServiceWorld, PASSWORD, address, startServiceWorld } from '#test/service/world.ts'
import { mailSettings, mailsAbout, notifications, setMail, settled } from './mail-world.ts'

const BOSS = `boss@${MAIL_DOMAIN}`
const DESK = `desk@${MAIL_DOMAIN}`
const NAMES = Array.from({ length: 9 }, (_, index) => `m${index + 1}`)
let world: ServiceWorld
let smtp: SmtpServer

describe('reports by mail', { skip: dovecotMissing() || chasquidMissing() }, () => {
  before(async () => {
    smtp = await startChasquid(['boss', 'desk'])
    process.env['NODE_EXTRA_CA_CERTS'] = smtp.certificateFile
    world = await startServiceWorld('reports', NAMES, {
      messages: 4,
      tuning: { leastReportMs: 0, reportAgainMs: 100, reportPollMs: 200 },
    })
    await setMail(world.served, mailSettings(smtp))
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
    await smtp[Symbol.asyncDispose]()
  })

  test('a batch tells its start and its end, each recipient by itself', async () => {
    const { served } = world
    await served.newBatch('Plain one', [['m1'], ['m2']], { notificationEmails: [BOSS, DESK], autoStart: true })
    await served.reaches('Plain one', 'Synced')
    const mails = await mailsAbout(smtp, 'Plain one', 4)
    for (const to of [BOSS, DESK]) {
      const own = mails.filter((mail) => mail.to === to)
      assert.deepEqual(
        own.map((mail) => mail.header('subject')),
        [
          'E-mail migration batch "Plain one" has started',
          'E-mail migration batch "Plain one" has finished - without errors',
        ],
      )
      assert.equal(own[0]!.header('to'), to)
    }
    const end = mails.at(-1)!
    assert.deepEqual(end.types, ['multipart/alternative', 'text/plain', 'text/html'])
    assert.equal(end.header('from'), `Waybill <${smtp.userName}>`)
    assert.equal(end.header('auto-submitted'), 'auto-generated')
    assert.match(end.text, /^Total mailboxes: +2$/m)
    assert.match(end.text, /^Synced: +2$/m)
    assert.match(end.text, /^Failed: +0$/m)
    assert.match(end.text, /^Items synced: +8$/m)
    assert.match(end.text, /^ {2}Get-MigrationBatch 'Plain one' \| Format-List$/m)
    assert.match(end.html, /<td[^>]*>Plain one<\/td>/)
    const told = await settled(served, 'Plain one')
    assert.deepEqual(told.map(({ kind, status, channel }) => `${kind} ${channel} ${status}`).sort(), [
      'Finished Mail Sent',
      'Finished Mail Sent',
      'Started Mail Sent',
      'Started Mail Sent',
    ])
  })

  test('failed users are named with their errors, and their rows are attached without passwords', async () => {
    const { served } = world
    const wrong = 'W9-secret-of-this-row'
    await served.newBatch('With errors', [['m3'], ['m4', wrong]], { notificationEmails: [BOSS], autoStart: true })
    await served.reaches('With errors', 'SyncedWithErrors')
    const [, end] = await mailsAbout(smtp, 'With errors', 2)
    assert.equal(end!.header('subject'), 'E-mail migration batch "With errors" has finished - with errors')
    assert.deepEqual(end!.types, ['multipart/mixed', 'multipart/alternative', 'text/plain', 'text/html', 'text/csv'])
    assert.match(end!.text, new RegExp(`- ${address('m4')}\n  \\S`))
    assert.match(end!.text, /Export-MigrationReport -Identity [0-9a-f-]{36}-errors -CsvStream errors\.csv/)
    const [{ fileName, content } = { fileName: '', content: '' }] = end!.attachments
    assert.equal(fileName, 'MigrationErrors.csv')
    const [head, row] = content.split('\r\n')
    assert.equal(head, '\uFEFFEmailAddress,UserName,Password,ErrorMessage')
    assert.match(row!, new RegExp(`^${address('m4')},m4,,.`))
    for (const mail of smtp.mails())
      for (const secret of [wrong, PASSWORD, smtp.password])
        assert.ok(!mail.attachments.some((each) => each.content.includes(`,${secret},`)))
    assert.ok(!end!.raw.includes(wrong))
    // The same file as the API gives, which can be corrected and given back.
    const { batchGuid } = await served.batch('With errors')
    assert.equal(content, await served.must<string>('GET', `/reports/${batchGuid}-errors`))
  })

  test('while it runs a batch reports every ReportInterval, with what is left; 00:00:00 is never', async () => {
    const { served } = world
    // Nothing listens there: its users wait and are tried again.
    await served.newEndpoint('Away', { port: 1 }, { skipVerification: true })
    const waits = { sourceEndpoint: 'Away', notificationEmails: [BOSS], autoStart: true }
    await served.newBatch('Never', [['m5']], { ...waits, reportInterval: '00:00:00' })
    await served.newBatch('Often', [['m6']], { ...waits, reportInterval: '00:00:01' })
    await until(
      'three mails',
      () => smtp.mails().filter((mail) => /"Often"/.test(mail.header('subject') ?? '')).length >= 3,
    )
    await served.must('POST', '/batches/Often/stop')
    await served.must('POST', '/batches/Never/stop')
    await served.reaches('Often', 'Stopped')
    await served.reaches('Never', 'Stopped')
    const subjects = (await notifications(served, '&batch=Often')).map(({ kind }) => kind)
    assert.equal(subjects.at(-1), 'Started')
    assert.ok(subjects.slice(0, -1).every((kind) => kind === 'Progress') && subjects.length >= 3)
    const progress = smtp
      .mails()
      .find((mail) => mail.header('subject') === 'E-mail migration batch "Often" is in progress')
    assert.match(progress!.text, /^Still to be synced: +1$/m)
    // An administrator stopped them, who knows.
    assert.deepEqual(
      (await notifications(served, '&batch=Never')).map(({ kind }) => kind),
      ['Started'],
    )
  })

  test('SkipReports mails nothing; a batch without recipients tells nobody', async () => {
    const { served } = world
    await served.newBatch('Quiet', [['m7']], { notificationEmails: [BOSS], skipReports: true, autoStart: true })
    await served.newBatch('Alone', [['m8']], { autoStart: true })
    await served.reaches('Quiet', 'Synced')
    await served.reaches('Alone', 'Synced')
    // Whatever they would have told was due before the end of a batch that came after them.
    await served.must('POST', '/batches/Quiet/stop')
    await served.reaches('Quiet', 'Stopped')
    await served.must('DELETE', '/batches/Quiet')
    await served.must('POST', '/batches/Plain%20one/stop')
    await served.reaches('Plain one', 'Stopped')
    await served.must('POST', '/batches/Plain%20one/start')
    await mailsAbout(smtp, 'Plain one', 8)
    assert.deepEqual(await notifications(served, '&batch=Quiet'), [])
    assert.deepEqual(await notifications(served, '&batch=Alone'), [])
  })

  test('in French, in the zone of the batch, with whatever a batch may be called', async () => {
    const { served } = world
    await setMail(served, { language: 'fr' })
    const name = `<b>"Équipe" 'X'</b> & Söhne`
    const csvFile = await served.upload(`EmailAddress,UserName,Password\r\nno@where.example,m1,wrong\r\n`)
    const batch = { name: name.replaceAll('/', '-'), sourceEndpoint: 'Source', csvFile, timeZone: 'Asia/Tokyo' }
    await served.must('POST', '/batches', { ...batch, notificationEmails: [DESK], autoStart: true })
    const [start, end] = await mailsAbout(smtp, 'Söhne', 2)
    const named = `Le lot de migration de messagerie « ${batch.name} »`
    assert.equal(start!.header('subject'), `${named} a démarré`)
    assert.equal(end!.header('subject'), `${named} est terminé - avec erreurs`)
    assert.match(end!.text, /^En échec\u00a0: +1$/m)
    assert.match(end!.text, /UTC\+9/)
    assert.match(end!.html, /&lt;b&gt;&quot;Équipe&quot; &#39;X&#39;&lt;-b&gt; &amp; Söhne/)
    assert.doesNotMatch(end!.html, /<b>/)
    // Nothing is fetched when it is opened.
    assert.doesNotMatch(end!.html, /<img|<link|<script|@import|url\(|src=/i)
    await setMail(served, { language: 'en' })
  })

  test('what the service itself has stopped is told, with its reason; what an administrator stops is not', async () => {
    const { served } = world
    await served.newBatch('By itself', [['m9']], { notificationEmails: [BOSS], autoStart: true })
    await served.reaches('By itself', 'Synced')
    await mailsAbout(smtp, 'By itself', 2)
    await using store = await openStore({ dataFolder: served.dataFolder, joins: true, log: silentLog })
    const stop = `UPDATE migration_batch SET flags = 'Stop', asked_by = 'Waybill', asked_why = $2 WHERE name = $1`
    await store.pool.query(stop, ['By itself', 'it is synced and nobody has changed it for 60 days'])
    await served.reaches('By itself', 'Stopped')
    const mail = (await mailsAbout(smtp, 'By itself', 3)).find(({ text }) => /nobody has changed/.test(text))
    assert.equal(mail!.header('subject'), 'E-mail migration batch "By itself" has been stopped')
    assert.match(mail!.text, /^It is synced and nobody has changed it for 60 days\.$/m)
    // Each user counts once.
    assert.match(mail!.text, /^Synced: +1$/m)
    assert.doesNotMatch(mail!.text, /^Stopped/m)
  })

  test('a batch that will end by itself says how, when and why 7 days before, in both languages', async () => {
    const { served } = world
    await using store = await openStore({ dataFolder: served.dataFolder, joins: true, log: silentLog })
    for (const [name, language] of [
      ['Forgotten', 'en'],
      ['Oubliée', 'fr'],
    ] as const) {
      await setMail(served, { language })
      const csvFile = await served.upload(`EmailAddress,UserName,Password\r\nno@${language}.example,m1,wrong\r\n`)
      const more = { timeZone: 'Asia/Tokyo', notificationEmails: [BOSS], autoStart: true }
      const batch = await served.must<MigrationBatch>('POST', '/batches', {
        name,
        sourceEndpoint: 'Source',
        csvFile,
        ...more,
      })
      await served.reaches(name, 'Failed')
      await mailsAbout(smtp, name, 2)
      await store.pool.query(
        `WITH b AS (UPDATE migration_batch SET last_action_at = now() - interval '84 days' WHERE id = $1)
         UPDATE migration_user SET status_since = now() - interval '84 days' WHERE batch_id = $1`,
        [batch.batchGuid],
      )
      await hygiene(store, silentLog)
      await hygiene(store, silentLog)
      const mails = await mailsAbout(smtp, name, 3)
      const told = mails.find((mail) => /removed on|supprimé le/.test(mail.header('subject')!))!
      const at = (await served.batch(name)).expirationDateTime!
      const words = WORDS[language]
      assert.equal(told.header('subject'), words.expiring.subject(name, 'Remove', moment(at, 'Asia/Tokyo', words)))
      assert.match(told.text, /(UTC|GMT)\+9/)
      const flat = told.text.replaceAll(/\s+/g, ' ')
      assert.ok(flat.includes(words.why({ reason: 'failed', n: 90, unit: 'day' })), flat)
      assert.ok(flat.includes(words.expiring.next('Remove')), told.text)
      assert.deepEqual(
        (await settled(served, name)).map(({ kind }) => kind).filter((kind) => kind === 'Expiring'),
        ['Expiring'],
      )
    }
    await setMail(served, { language: 'en' })
  })

  test('settings are kept, and their secrets never answered', async () => {
    const { served } = world
    const stored = await served.must<NotificationSettings>('GET', '/notification-settings')
    assert.equal(stored.hasPassword, true)
    assert.ok(!JSON.stringify(stored).includes(smtp.password))
    const path = '/notification-settings'
    for (const elsewhere of [
      { smtpServer: 'mail.elsewhere.example' },
      { port: 2525 },
      { acceptUntrustedCertificates: true },
      { allowClearText: true },
    ]) {
      const sent = await refused(served, 'PATCH', path, elsewhere, 422, 'VALUE_INVALID')
      assert.match(sent.detail, /password is not sent/, JSON.stringify(elsewhere))
    }
    await refused(served, 'PATCH', path, { userName: null, password: 'x' }, 422, 'VALUE_INVALID')
    await refused(served, 'PATCH', path, { hookUrl: 'http://hooks.example/' }, 422, 'VALUE_INVALID')
    await refused(served, 'PATCH', path, { hookUrl: 'https://hooks.example/' }, 422, 'VALUE_INVALID')
    await refused(
      served,
      'PATCH',
      path,
      { hookUrl: 'https://hooks.example/', hookSecret: 'short' },
      422,
      'VALUE_INVALID',
    )
    for (const place of [
      { smtpServer: '169.254.169.254', password: 'x' },
      { smtpServer: 'fe80::1', password: 'x' },
      { hookUrl: 'https://169.254.169.254/', hookSecret: `whsec_${'A'.repeat(43)}=` },
    ])
      await refused(served, 'PATCH', path, place, 422, 'ADDRESS_REFUSED')
    await refused(served, 'PATCH', path, { fromName: 'a\u202eb' }, 422, 'VALUE_INVALID')
    const clear = { smtpServer: 'mail.elsewhere.example', security: 'None', password: 'x' }
    const why = await refused(served, 'PATCH', path, clear, 422, 'VALUE_INVALID')
    assert.match(why.detail, /clear text/)
    assert.deepEqual(await served.must('GET', path), { ...stored })
    const trusting = await setMail(served, { acceptUntrustedCertificates: true, password: smtp.password })
    assert.equal(trusting.acceptUntrustedCertificates, true)
    const moved = await setMail(served, { smtpServer: 'mail.elsewhere.example', password: 'x' })
    assert.equal(moved.acceptUntrustedCertificates, false)
  })
})
