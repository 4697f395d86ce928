import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chownSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ImapFlow } from 'imapflow'
import { ANSWERED, DRAFT, FLAGGED, type Flags, NO_FLAGS, SEEN, readFlags } from '#mail/flags.ts'
import type { MailTarget, Outgoing } from '#engine/ports.ts'
import { openMaildirTarget } from '#mailbox/maildir/target.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from './servers/dovecot.ts'

const skip = dovecotMissing()

const nameOf = (uid: number) => createHash('sha256').update(String(uid)).digest('hex').slice(0, 32)

interface Mail {
  readonly text: string
  readonly dateS: number
  readonly flags?: Flags
}

const outgoing = (uid: number, { text, dateS, flags = NO_FLAGS }: Mail): Outgoing => {
  const body = Buffer.from(text, 'latin1')
  return { uid, name: nameOf(uid), bytes: body.length, dateS, flags, body: [body] }
}

interface World {
  readonly server: DovecotServer
  readonly target: MailTarget
  readonly mail: string
}

/** A Dovecot whose mailbox is the one that we write. */
async function world(t: TestContext): Promise<World> {
  const server = await startDovecot({ t, users: { user: 'pass' } })
  t.after(() => server[Symbol.asyncDispose]())
  const { home, mail } = server.accounts.get('user')!
  const root = dirname(home)
  // Files are written as the owner of the root.
  chownSync(root, server.uid, server.gid)
  const target = await openMaildirTarget({ root: `${root}/{user}/Maildir`, address: 'User', allowedRoots: [root] })
  t.after(() => target[Symbol.asyncDispose]())
  return { server, target, mail }
}

async function withClient<T>(server: DovecotServer, work: (client: ImapFlow) => Promise<T>): Promise<T> {
  const client = new ImapFlow({
    host: server.host,
    port: server.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: 'user', pass: 'pass' },
    logger: false,
  })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.logout()
  }
}

/** All messages of a folder as Dovecot answers them, in the order of its UIDs. */
const seenBy = (server: DovecotServer, folder: string) =>
  withClient(server, async (client) => {
    await client.mailboxOpen(folder, { readOnly: true })
    const found = await client.fetchAll('1:*', { uid: true, source: true, internalDate: true, flags: true, size: true })
    return found.map(({ source, internalDate, flags, size }) => ({
      text: source!.toString('latin1'),
      dateS: new Date(internalDate!).getTime() / 1000,
      flags: readFlags([...flags!]).flags,
      size,
    }))
  })

const mails: Mail[] = [
  { text: 'Subject: plain\r\n\r\nHello\r\n', dateS: 1_700_000_000 },
  {
    text: 'Subject: twin\r\n\r\n',
    dateS: 1_600_000_000,
    flags: { system: SEEN | ANSWERED | FLAGGED | DRAFT, keywords: [] },
  },
  { text: 'Subject: twin\r\n\r\n', dateS: 1_600_000_000, flags: { system: 0, keywords: ['$Forwarded', 'Work'] } },
  { text: 'no header, no final newline', dateS: -86_400 },
  { text: `Subject: 8bit \xe9\xff\r\n\r\n${'x'.repeat(100_000)}\r\n`, dateS: 4_102_444_800 },
  { text: '\r\nbody only\r\n', dateS: 0, flags: { system: SEEN, keywords: ['work', 'NonJunk'] } },
  { text: '.\r\n..\r\nFrom x\r\n>From y\r\n', dateS: 951_782_400 },
]

/** Keywords in the spelling that the folder knows. */
const spelt = ({ system, keywords }: Flags) => ({ system, keywords: keywords.map((one) => one.toLowerCase()).sort() })

test('Dovecot shows bytes, dates, flags and the order of the source', { skip }, async (t) => {
  const { server, target } = await world(t)
  const folder = await target.create(['Archiv', 'Entwürfe & Co'], null)
  await using writer = await target.writer()
  await writer.append(
    folder,
    mails.map((mail, at) => outgoing(at + 1, mail)),
    () => true,
    () => {},
  )
  const seen = await seenBy(server, 'Archiv.Entwürfe & Co')
  assert.equal(seen.length, mails.length)
  for (const [at, mail] of mails.entries()) {
    assert.equal(seen[at]!.text, mail.text)
    assert.equal(seen[at]!.size, mail.text.length)
    assert.equal(seen[at]!.dateS, mail.dateS)
    assert.deepEqual(spelt(seen[at]!.flags), spelt(mail.flags ?? NO_FLAGS))
  }
  assert.doesNotMatch(server.log(), /Error|Warning|corrupt|broken/i)
})

test('what Dovecot makes of bare LF and NUL is what our reader answers', { skip }, async (t) => {
  const { server, target } = await world(t)
  const folder = await target.create(['INBOX'], null)
  const odd = [
    'Subject: lf\n\nbare\nand\r\nboth\n',
    'Subject: nul\r\n\r\na\0b\0\r\n',
    '\n\n',
    'a\r\r\nb\rc\n\r',
    `x\n${'y\n'.repeat(200_000)}`,
  ]
  await using writer = await target.writer()
  await writer.append(
    folder,
    odd.map((text, at) => outgoing(at + 1, { text, dateS: 1e9 })),
    () => true,
    () => {},
  )
  const seen = await seenBy(server, 'INBOX')
  await using reader = await target.reader()
  await reader.open(folder)
  const sizes = new Map<unknown, number>()
  for await (const batch of reader.list(1)) for (const { key, bytes } of batch) sizes.set(key, bytes)
  for (const [at, { text, size }] of seen.entries()) {
    const ours = Buffer.concat(await Array.fromAsync((await reader.read(nameOf(at + 1)))!)).toString('latin1')
    assert.equal(ours, text, JSON.stringify(odd[at]!.slice(0, 40)))
    assert.equal(sizes.get(nameOf(at + 1)), size)
  }
  assert.doesNotMatch(server.log(), /Error|Warning|corrupt|broken/i)
})

test('folders and subscriptions appear under their names, also beside those that Dovecot made', { skip }, async (t) => {
  const { server, target, mail } = await world(t)
  const paths = [['A', 'B', 'C'], ['Été', '受信'], ['a&b'], ['50% *'], ['INBOX', 'Sub'], ['Sent'], ['cur'], [' x ']]
  for (const path of paths) await target.subscribe(await target.create(path, null))
  const list = () =>
    withClient(server, async (client) =>
      (await client.list()).map(({ path, subscribed, flags }) => ({ path, subscribed, flags })),
    )
  const shown = new Map((await list()).map((one) => [one.path, one]))
  for (const path of paths) {
    const one = shown.get(path.join('.'))
    assert.ok(one, `${path.join('.')} is not listed among ${[...shown.keys()].join(', ')}`)
    assert.equal(one.subscribed, true, one.path)
    assert.equal(one.flags.has('\\Noselect'), false)
  }
  await withClient(server, async (client) => {
    await client.mailboxCreate('Ünter.Their own')
    await client.mailboxSubscribe('Ünter.Their own')
    await client.mailboxUnsubscribe('cur')
  })
  await target.subscribe(await target.create(['After'], null))
  await target.subscribe(await target.create(['After'], null))
  const folders = await target.folders()
  const known = new Map(folders.map((folder) => [folder.path.join('.'), folder]))
  assert.equal(known.get('Ünter.Their own')?.subscribed, true)
  assert.equal(known.get('cur')?.subscribed, false)
  assert.equal(known.get('Sent')?.role, 'sent')
  assert.equal((await list()).find(({ path }) => path === 'After')?.subscribed, true)
  assert.equal(readFileSync(join(mail, 'subscriptions'), 'utf8').match(/^After$/gm)?.length, 1)
  assert.doesNotMatch(server.log(), /Error|Warning/)
})

test('people and we change flags on the same mail while both sides are open', { skip }, async (t) => {
  const { server, target } = await world(t)
  const folder = await target.create(['INBOX'], null)
  await using writer = await target.writer()
  await writer.append(
    folder,
    [outgoing(1, { ...mails[0]!, flags: { system: 0, keywords: ['Ours'] } })],
    () => true,
    () => {},
  )
  await using reader = await target.reader()
  await reader.open(folder)
  const key = nameOf(1)
  await withClient(server, async (client) => {
    await client.mailboxOpen('INBOX')
    await client.messageFlagsAdd('1', ['\\Flagged', 'Theirs'])
    assert.deepEqual((await reader.flags([key])).get(key), { system: FLAGGED, keywords: ['Ours', 'Theirs'] })
    await reader.change([{ key, add: { system: SEEN, keywords: ['More'] }, remove: { system: 0, keywords: ['Ours'] } }])
    await client.noop()
    const one = await client.fetchOne('1', { flags: true })
    assert.ok(one)
    assert.deepEqual([...one.flags!].filter((flag) => flag !== '\\Recent').sort(), [
      'More',
      'Theirs',
      '\\Flagged',
      '\\Seen',
    ])
    await writer.append(
      folder,
      [outgoing(2, { ...mails[1]!, flags: { system: 0, keywords: ['Theirs'] } })],
      () => true,
      () => {},
    )
    await client.noop()
    const two = await client.fetchOne('2', { flags: true })
    assert.ok(two)
    assert.ok(two.flags!.has('Theirs'))
    await client.append('INBOX', 'Subject: delivered\r\n\r\n', ['\\Seen'])
    await client.messageDelete('1')
  })
  assert.equal(await reader.read(key), null)
  const listed = []
  for await (const batch of reader.list(1)) listed.push(...batch)
  assert.equal(listed.length, 2)
  assert.ok(listed.some(({ bytes, flags }) => bytes === 22 && flags.system === SEEN))
  assert.doesNotMatch(server.log(), /Error|Warning|corrupt|broken/i)
})

const group = (from: number) =>
  Array.from({ length: 50 }, (_, at) => outgoing(from + at, { text: `Subject: ${from + at}\r\n\r\n`, dateS: 1e9 + at }))

test(
  'a mailbox that Dovecot serves loses nothing while hundreds of messages arrive and flags change',
  { skip },
  async (t) => {
    const { server, target } = await world(t)
    const folder = await target.create(['INBOX'], null)
    await using writer = await target.writer()
    await withClient(server, async (client) => {
      await client.mailboxOpen('INBOX')
      for (let from = 1; from <= 401; from += 50) {
        const sending = writer.append(
          folder,
          group(from),
          () => true,
          () => {},
        )
        if (from > 1) await client.messageFlagsAdd('1:*', [from % 100 === 1 ? '\\Seen' : '\\Flagged'])
        assert.ok((await sending).every(({ kind }) => kind === 'landed'))
        await client.noop()
      }
      await using again = await openMaildirTarget({
        root: `${dirname(server.accounts.get('user')!.home)}/{user}/Maildir`,
        address: 'user',
        allowedRoots: ['/'],
      })
      await using other = await again.writer()
      const renaming = client.messageFlagsAdd('1:*', ['\\Answered'])
      for (let from = 1; from <= 401; from += 50)
        await other.append(
          folder,
          group(from),
          () => true,
          () => {},
        )
      await renaming
    })
    const seen = await seenBy(server, 'INBOX')
    assert.equal(seen.length, 450)
    assert.equal(new Set(seen.map(({ text }) => text)).size, 450)
  },
)
