import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { compare } from './compare.ts'
import { fill } from './fill.ts'
import { plantMaildir, readMaildir } from './maildir-files.ts'
import { decodeMailbox, encodeMailbox } from './modified-utf7.ts'
import { nastyMessages, onlyByFile } from './nasty.ts'
import { folder } from './messages.ts'
import type { PlannedMessage } from './messages.ts'
import { seedUsers } from './seeds.ts'
import { snapshot } from './snapshot.ts'

const skip = dovecotMissing()

/** Dovecot takes an APPEND's date in the future for now, so such mail can only be planted. */
const past = (messages: readonly PlannedMessage[]) => messages.filter((one) => one.internalDate < Date.now() / 1000)

test('mailbox names survive modified UTF-7', () => {
  for (const name of ['Entwürfe', '日本語', 'R&D', '&', 'a&b&', '😀 x', 'plain']) {
    assert.equal(decodeMailbox(encodeMailbox(name)), name)
  }
  assert.equal(encodeMailbox('Entwürfe'), 'Entw&APw-rfe')
  assert.equal(encodeMailbox('台北'), '&U,BTFw-')
})

test('a world is the same each time it is built', () => {
  assert.deepEqual(seedUsers(), seedUsers())
})

test('what is filled by IMAP is read back by IMAP and from the files alike', { skip }, async (t) => {
  await using server = await startDovecot({ t, users: { a: 'pass', b: 'pass' } })
  const folders = [
    folder('INBOX', past(nastyMessages())),
    ...seedUsers(0.2)[0]!.folders.filter(({ path }) => path[0] !== 'INBOX'),
  ]
  const login = (user: string) => ({ host: server.host, port: server.port, user, password: 'pass' })
  await fill(login('a'), folders)
  await fill({ ...login('b'), port: server.tlsPort, tls: true }, folders)
  const [a, b] = [await snapshot(login('a')), await snapshot(login('b'))]
  assert.equal(
    [...a.folders.values()].flat().length,
    folders.reduce((sum, { messages }) => sum + messages.length, 0),
  )
  assert.ok(a.folders.has('Projects/R&D/2021'))
  assert.deepEqual(compare(a, b), [])
  assert.deepEqual(compare(a, readMaildir(server.accounts.get('a')!.mail, true)), [])
})

test('planted files are served with their dates, flags and keywords', { skip }, async (t) => {
  const folders = [folder('INBOX', [...nastyMessages(), ...onlyByFile()]), folder(['a', 'Envoyés'], nastyMessages(2))]
  await using server = await startDovecot({
    t,
    users: { a: 'pass', b: 'pass' },
    beforeStart: (accounts) => plantMaildir(accounts.get('a')!.mail, folders, { uid: 64_007, gid: 64_007 }),
  })
  const login = (user: string) => ({ host: server.host, port: server.port, user, password: 'pass' })
  await fill(
    login('b'),
    folders.map((one) => ({ ...one, messages: past(one.messages).filter((m) => !/NUL|LF|CR$/.test(m.name)) })),
  )
  const planted = await snapshot(login('a'))
  assert.equal(planted.folders.get('INBOX')!.length, nastyMessages().length + onlyByFile().length)
  const onlyOne = compare(await snapshot(login('b')), planted).filter((line) => !line.includes('on the target only'))
  assert.deepEqual(onlyOne, [])
})

test('a comparison names what is missing, doubled and changed', { skip }, async (t) => {
  await using server = await startDovecot({ t, users: { a: 'pass', b: 'pass' } })
  const login = (user: string) => ({ host: server.host, port: server.port, user, password: 'pass' })
  const [one, two, three, four] = nastyMessages()
  await fill(login('a'), [folder('INBOX', [one!, two!, three!, four!]), folder('gone')])
  const late = { ...three!, internalDate: three!.internalDate + 1 }
  await fill(login('b'), [folder('INBOX', [two!, two!, late, { ...four!, flags: ['Other'] }], false)])
  const problems = compare(await snapshot(login('a')), await snapshot(login('b'))).join('\n')
  for (const word of [
    'is missing (1 wanted, 0 there)',
    'is doubled (1 wanted, 2 there)',
    '05:06:08',
    '(Other)',
    'gone is missing',
  ]) {
    assert.ok(problems.includes(word), `${word} in ${problems}`)
  }
  assert.match(problems, /INBOX: is not subscribed/)
})
