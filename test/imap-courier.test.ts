import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openImapSource } from '#mailbox/imap/source.ts'
import { openImapTarget } from '#mailbox/imap/target.ts'
import type { Outgoing } from '#engine/ports.ts'
import { courierMissing, startCourier } from './servers/courier.ts'

const skip = courierMissing()

test('Courier: a prefix, leave for every literal, one message a command, LSUB and STATUS', { skip }, async (t) => {
  await using server = await startCourier({ users: { terry: 'secret words' }, t })
  const options = {
    host: server.host,
    port: server.port,
    security: 'none' as const,
    username: 'terry',
    password: 'secret words',
  }
  await using target = await openImapTarget(options)
  await target.folders()
  assert.equal(target.traits.groups, false)
  assert.notEqual(target.nameProblem(['a.b']), null)
  const [deep] = await Promise.all([target.create(['Ä', 'B', 'C'], null), target.create(['Sent'], 'sent')])
  assert.equal(deep.raw, 'INBOX.&AMQ-.B.C')
  await target.subscribe(deep)
  const body = Buffer.from('Subject: x\r\n\r\nhello\r\n')
  const mail = (uid: number): Outgoing => ({
    uid,
    name: '',
    bytes: body.length,
    dateS: 1_600_000_000 + uid,
    flags: { system: 1, keywords: ['$Work'] },
    body: [body],
  })
  const writer = await target.writer()
  const group = [mail(1), mail(2), mail(3)]
  const [landed, refused] = await Promise.all([
    writer.append(
      deep,
      group,
      () => true,
      () => undefined,
    ),
    writer.append(
      { ...deep, raw: 'INBOX.nowhere' },
      [mail(4)],
      () => true,
      () => undefined,
    ),
  ])
  assert.deepEqual(
    landed.map((one) => one.kind === 'landed' && one.key),
    [1, 2, 3],
  )
  assert.equal(refused[0]!.kind === 'refused' && refused[0]!.code, 'TRYCREATE')
  assert.equal(writer.alive, true)

  await using reader = await target.reader()
  assert.equal((await reader.open(deep)).permanent.anyKeyword, true)
  assert.equal(await reader.remove(2), true)

  await using source = await openImapSource(options)
  const folders = await source.folders()
  assert.deepEqual(
    folders
      .filter(({ selectable }) => selectable)
      .map(({ path, subscribed, status }) => [path.join('/'), subscribed, status!.messages])
      .sort(),
    [
      ['INBOX', false, 0],
      ['Sent', false, 0],
      ['Ä/B/C', true, 2],
    ],
  )
  const from = await source.reader()
  await from.open(folders.find(({ raw }) => raw === deep.raw)!)
  const got: unknown[] = []
  for await (const { uid, dateS, flags, body: chunks } of from.fetch([[1, 9]])) {
    let text = ''
    for await (const chunk of chunks!) text += chunk.toString()
    got.push([uid, dateS, flags, text])
  }
  const flags = { system: 1, keywords: ['$Work'] }
  assert.deepEqual(
    got,
    [1, 3].map((uid) => [uid, 1_600_000_000 + uid, flags, body.toString()]),
  )
})
