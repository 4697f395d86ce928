/** What one attempt to send says of a server's faults, and that no fault gets a password out of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { type Mail, type MailServer, sendMail } from '#migration/notification/send-mail.ts'
import { ScriptedSmtp } from './scripted-smtp.ts'
import { readMail } from '#test/worlds/read-mail.ts'

const MAIL: Mail = {
  from: { name: 'Waybill\r\nBcc: other@x.example', address: 'waybill@x.example' },
  to: 'boss@x.example',
  subject: 'Lot « É »\r\nBcc: other@x.example',
  text: 'text\n.\nmore\n',
  html: '<p>text</p>',
  attachment: null,
  messageId: 'one.waybill@x.example',
  at: new Date(0),
}
const LOGIN = { userName: 'waybill', password: 'Planted-Smtp-5c1d' }

async function fault(smtp: ScriptedSmtp, server: Partial<MailServer> = {}): Promise<Fault> {
  try {
    await send(smtp, server)
  } catch (thrown) {
    assert.ok(thrown instanceof Fault, String(thrown))
    for (const secret of [LOGIN.password, Buffer.from(LOGIN.password).toString('base64')])
      assert.ok(!`${thrown.message}${JSON.stringify(thrown.facts)}`.includes(secret))
    return thrown
  }
  throw new Error('it was sent')
}

const send = (smtp: ScriptedSmtp, server: Partial<MailServer> = {}, host = 'localhost') =>
  sendMail({ host, port: smtp.port, security: 'None', acceptUntrusted: false, login: null, ...server }, MAIL, {
    outgoing: { allowLoopback: true, resolve: () => Promise.resolve(['127.0.0.1']) },
    signal: new AbortController().signal,
    connectMs: 2_000,
    silenceMs: 300,
  })

test('a mail arrives as it was written, and what stands in its lines makes no header', async () => {
  await using smtp = await ScriptedSmtp.start()
  assert.equal(await send(smtp), '250 2.0.0 taken')
  const [taken] = smtp.taken
  assert.equal(taken!.to, MAIL.to)
  const mail = readMail(Buffer.from(taken!.data.replaceAll('\r\n..', '\r\n.'), 'latin1'))
  assert.equal(mail.text, MAIL.text)
  assert.equal(mail.header('message-id'), '<one.waybill@x.example>')
  assert.equal(mail.header('bcc'), null)
})

const CASES: readonly [
  name: string,
  verb: string,
  answer: string | null,
  code: string,
  scope: string,
  final: boolean,
][] = [
  ['a recipient that is refused for now', 'RCPT', '451 4.3.0 later', 'MAIL_RECIPIENT_REFUSED', 'item', false],
  ['a recipient that is refused for good', 'RCPT', '550 5.1.1 nobody', 'MAIL_RECIPIENT_REFUSED', 'item', true],
  ['a relay that wants a log-in', 'RCPT', '550 5.7.1 relaying denied', 'MAIL_RECIPIENT_REFUSED', 'item', false],
  ['a sender that is refused', 'MAIL', '553 5.7.1 not yours', 'MAIL_SENDER_REFUSED', 'endpoint', false],
  ['a mail that is refused for now', 'message', '451 4.7.1 greylisted', 'MAIL_REFUSED', 'item', false],
  ['a mail that is refused for good', 'message', '554 5.6.0 spam', 'MAIL_REFUSED', 'item', true],
  ['a mail that is too large', 'message', '552 5.3.4 too large', 'MAIL_TOO_LARGE', 'item', true],
  ['a connection that is lost after DATA', 'message', 'close', 'MAIL_SERVER_UNREACHABLE', 'endpoint', false],
  ['a server that falls silent after DATA', 'message', null, 'MAIL_SERVER_UNREACHABLE', 'endpoint', false],
  ['a server that is silent from the start', 'greeting', null, 'MAIL_SERVER_UNREACHABLE', 'endpoint', false],
  ['a server that is no mail server', 'greeting', '* OK IMAP4rev1', 'MAIL_SERVER_UNREACHABLE', 'endpoint', false],
  ['a server that is going down', 'MAIL', '421 4.3.2 closing', 'MAIL_S', 'endpoint', false],
]
for (const [name, verb, answer, code, scope, isFinal] of CASES)
  test(`${name}: ${scope === 'item' ? 'this mail alone' : 'all mail'} ${isFinal ? 'is given up' : 'waits'}`, async () => {
    await using smtp = await ScriptedSmtp.start((said) => (said === verb ? answer : undefined))
    const found = await fault(smtp)
    assert.ok(found.code.startsWith(code), `${found.code}: ${found.message}`)
    assert.deepEqual([found.scope, found.scope === 'item' && !found.transient], [scope, isFinal], found.message)
    if (answer !== null && answer !== 'close' && verb !== 'greeting')
      assert.ok(found.message.includes(answer), found.message)
  })

test('without STARTTLS nothing is sent where it is compulsory, least of all a password', async () => {
  const said: string[] = []
  await using smtp = await ScriptedSmtp.start((_, __, line) => void said.push(line))
  const found = await fault(smtp, { security: 'Tls', login: LOGIN })
  assert.equal(found.code, 'MAIL_TLS_REFUSED')
  assert.deepEqual(
    said.filter((line) => /^(AUTH|MAIL|RCPT)/.test(line)),
    [],
  )
})

test('a server that repeats the password does not get it into what is told', async () => {
  await using smtp = await ScriptedSmtp.start((verb, _, line) => {
    if (verb === 'EHLO') return '250-scripted\r\n250 AUTH PLAIN'
    return verb === 'AUTH' ? `535 5.7.8 wrong: ${line} ${LOGIN.password}\u202e` : undefined
  })
  const found = await fault(smtp, { login: LOGIN })
  assert.equal(found.code, 'MAIL_LOGIN_REFUSED')
  assert.doesNotMatch(found.message, /\u202e/)
})

test('a server that offers no log-in gets no mail from a sender that has one', async () => {
  await using smtp = await ScriptedSmtp.start()
  assert.equal((await fault(smtp, { login: LOGIN })).code, 'MAIL_LOGIN_REFUSED')
  assert.deepEqual(smtp.taken, [])
})

test('mail goes only where endpoints may: no metadata address, no loopback unless allowed', async () => {
  await using smtp = await ScriptedSmtp.start()
  for (const address of ['169.254.169.254', '127.0.0.1'])
    await assert.rejects(
      sendMail(
        { host: 'mail.x.example', port: smtp.port, security: 'None', acceptUntrusted: false, login: null },
        MAIL,
        {
          outgoing: { allowLoopback: false, resolve: () => Promise.resolve([address]) },
          signal: new AbortController().signal,
        },
      ),
      { code: 'ADDRESS_REFUSED' },
    )
  assert.equal(smtp.connections, 0)
})
