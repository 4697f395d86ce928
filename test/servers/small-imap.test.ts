import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { folder } from '#test/worlds/messages.ts'
import { nastyMessages, onlyByFile } from '#test/worlds/nasty.ts'
import { PlainImap } from '#test/worlds/plain-imap.ts'
import { seedUsers } from '#test/worlds/seeds.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { startRelay } from './relay.ts'
import { startSmallImap } from './small-imap/server.ts'

const folders = [folder('INBOX', [...nastyMessages(), ...onlyByFile()]), folder(['R&D', 'Entwürfe'], nastyMessages(2))]
const users = { a: { password: 'p "q" ü', folders }, b: { password: 'pass' } }

test('the small server gives back what it was given, by IMAP and directly', async () => {
  for (const options of [
    {},
    { prefix: 'INBOX.', separator: '.' },
    { without: ['MULTIAPPEND', 'LITERAL+', 'UIDPLUS', 'NAMESPACE'] },
  ]) {
    await using server = await startSmallImap({ users, ...options })
    const login = (user: 'a' | 'b') => ({ host: server.host, port: server.port, user, password: users[user].password })
    await fill({ ...login('b'), port: server.tlsPort, tls: true }, folders)
    const [a, b] = [await snapshot(login('a')), await snapshot(login('b'))]
    assert.equal(a.folders.get('R&D/Entwürfe')?.length, nastyMessages(2).length)
    assert.deepEqual(compare(a, b), [])
    assert.ok(!server.commands.some((line) => line.includes('p "q"') || line.includes('pwned')))
  }
})

test('what is not told is not there', async () => {
  await using server = await startSmallImap({ without: ['UIDPLUS', 'MULTIAPPEND', 'LITERAL+', 'CONDSTORE'] })
  await using client = await PlainImap.login({ host: server.host, port: server.port, user: 'user', password: 'pass' })
  assert.equal((await client.must(['APPEND INBOX ', Buffer.from('x')])).text, 'stored')
  assert.equal((await client.command(['APPEND INBOX ', Buffer.from('x'), ' ', Buffer.from('y')])).status, 'BAD')
  await client.must('SELECT INBOX')
  assert.equal((await client.command('UID EXPUNGE 1')).status, 'BAD')
  assert.equal((await client.command('UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1)')).status, 'BAD')
  assert.equal(
    (await client.must('LIST "" "*" RETURN (STATUS (MESSAGES HIGHESTMODSEQ))')).answers[1]?.text,
    '* STATUS "INBOX" (MESSAGES 1)',
  )
})

test('masters log in for users, by name and by SASL PLAIN, and nobody else does', async () => {
  await using server = await startSmallImap({ masters: { admin: 'secret' } })
  const at = { host: server.host, port: server.port }
  await using client = await PlainImap.login({ ...at, user: 'user*admin', password: 'secret' })
  await client.must('SELECT INBOX')
  await using other = await PlainImap.connect(at)
  const plain = Buffer.from('user\0admin\0secret').toString('base64')
  await other.must(`AUTHENTICATE PLAIN ${plain}`)
  await assert.rejects(PlainImap.login({ ...at, user: 'user', password: 'wrong' }), /AUTHENTICATIONFAILED/)
})

test('STARTTLS turns the connection and forgets what was said in clear text', async () => {
  await using server = await startSmallImap()
  const socket = connect(server.port, server.host)
  const hear = () => new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())))
  await hear()
  socket.write('a STARTTLS\r\nb NOOP\r\n')
  assert.match(await hear(), /^a OK/)
  const secure = connectTls({ socket, ca: server.certificate, servername: 'localhost' })
  secure.write('c CAPABILITY\r\n')
  const heard = await new Promise<string>((resolve) => secure.once('data', (data) => resolve(data.toString())))
  assert.match(heard, /^\* CAPABILITY/)
  assert.doesNotMatch(heard, /STARTTLS|b OK/)
  secure.destroy()
})

test('a server that requires TLS takes no password in clear text', async () => {
  await using server = await startSmallImap({ requireTls: true })
  const login = { host: server.host, port: server.port, user: 'user', password: 'pass' }
  await assert.rejects(PlainImap.login(login), /PRIVACYREQUIRED/)
  await using secure = await PlainImap.login({ ...login, port: server.tlsPort, tls: true })
  assert.doesNotMatch((await secure.must('CAPABILITY')).answers[0]!.text, /LOGINDISABLED/)
})

test('the small server lies, drops and stalls when it is told to', async () => {
  await using server = await startSmallImap({ users })
  const login = { host: server.host, port: server.port, user: 'b', password: 'pass' }
  const box = server.mailboxes.get('b')!
  const send = async () => {
    await using client = await PlainImap.login(login)
    return await client.must(['APPEND INBOX ', Buffer.from('one'), ' ', Buffer.from('two')], false)
  }
  const late = Promise.withResolvers<void>()
  server.faults = { append: () => ({ dropAndStoreAfter: late.promise }) }
  await assert.rejects(send(), /closed/)
  assert.equal(box.at('INBOX')!.messages.length, 0)
  late.resolve()
  await server.settled()
  assert.equal(box.at('INBOX')!.messages.length, 2)
  server.faults = { append: () => ({ storeOnly: 1 }) }
  await assert.rejects(send(), /closed/)
  server.faults = { append: () => ({ no: '[OVERQUOTA] full' }) }
  await assert.rejects(send(), /OVERQUOTA/)
  server.faults = { appendUid: () => 'APPENDUID 1 x:y' }
  assert.match((await send()).text, /^\[APPENDUID 1 x:y\]/)
  assert.equal(box.at('INBOX')!.messages.length, 5)
  server.faults = { message: () => ({ size: 1, cutAfterBytes: 2 }) }
  await using client = await PlainImap.login(login)
  await client.must('EXAMINE INBOX')
  assert.match((await client.must('UID FETCH 1 (RFC822.SIZE)')).answers[0]!.text, /RFC822.SIZE 1\)/)
  await assert.rejects(client.must('UID FETCH 1 (BODY.PEEK[])'), /closed/)
})

test('after BAD to the APPEND line the literal is run as commands, as Dovecot does', async () => {
  await using server = await startSmallImap({ faults: { badBeforeLiteral: () => true } })
  await using client = await PlainImap.login({ host: server.host, port: server.port, user: 'user', password: 'pass' })
  const answer = await client.command(['APPEND INBOX ', Buffer.from('x2 CREATE pwned\r\n')], false)
  assert.equal(answer.status, 'BAD')
  await client.command('NOOP')
  assert.ok(server.mailboxes.get('user')!.at('pwned'))
})

test('the relay delays each way, counts round trips, cuts and freezes', async () => {
  await using server = await startSmallImap()
  await using relay = await startRelay({ port: server.port, delayMs: 20 })
  const login = { host: relay.host, port: relay.port, user: 'user', password: 'pass' }
  const client = await PlainImap.login(login)
  relay.reset()
  const startedAt = performance.now()
  for (let i = 0; i < 5; i++) await client.must('NOOP')
  const tookMs = performance.now() - startedAt
  assert.ok(tookMs >= 5 * 40 - 2, `${tookMs} ms`)
  assert.equal(relay.roundTrips(), 5)
  relay.freeze()
  const pending = client.must('NOOP')
  assert.equal(await Promise.race([pending, delay(100).then(() => 'nothing')]), 'nothing')
  relay.thaw()
  assert.equal((await pending).status, 'OK')
  relay.cut()
  await assert.rejects(client.must('NOOP'))
  await using again = await PlainImap.login(login)
  await again.must('NOOP')
})

test('the three users of the seeds fit into the small server', async () => {
  const seeds = seedUsers(0.1)
  await using server = await startSmallImap({ users: Object.fromEntries(seeds.map((user) => [user.email, user])) })
  for (const { email, password, folders } of seeds) {
    const all = await snapshot({ host: server.host, port: server.port, user: email, password })
    const count = folders.reduce((sum, { messages }) => sum + messages.length, 0)
    assert.equal([...all.folders.values()].flat().length, count)
  }
})
