import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { once } from 'node:events'
import { connect as connectTcp, createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { openImapSource } from '#mailbox/imap/source.ts'
import { openImapTarget } from '#mailbox/imap/target.ts'
import { probeImap } from '#mailbox/imap/session.ts'
import type { FetchedMessage, MailTarget, Outgoing, SourceFolder, TargetFolder } from '#engine/ports.ts'
import { dovecotMissing, startDovecot, type DovecotServer } from './servers/dovecot.ts'
import { compare } from './worlds/compare.ts'
import { fill } from './worlds/fill.ts'
import { everydayMessages, folder, message } from './worlds/messages.ts'
import { nastyMessages } from './worlds/nasty.ts'
import { snapshot } from './worlds/snapshot.ts'

const skip = dovecotMissing()

/** What several tests need: a server, log-ins on it, and carrying everything by nothing but the ports. */
const optionsFor = (server: DovecotServer, username: string) => ({
  host: server.host,
  port: server.port,
  security: 'none' as const,
  username,
  password: 'secret words',
})

const plainLogin = (server: DovecotServer, user: string) => ({
  host: server.host,
  port: server.port,
  user,
  password: 'secret words',
})

async function held(found: FetchedMessage): Promise<Outgoing> {
  const body: Buffer[] = []
  for await (const chunk of found.body!) body.push(chunk)
  const { uid, bytes, dateS, flags } = found
  return { uid, name: '', bytes, dateS, flags, body }
}

async function carryAll(
  server: DovecotServer,
  from: string,
  to: string,
  groupSize = 7,
): Promise<{ landed: number; refused: string[]; keys: (number | string | null)[] }> {
  await using source = await openImapSource(optionsFor(server, from))
  await using target = await openImapTarget(optionsFor(server, to))
  const [sources, targets] = await Promise.all([source.folders(), target.folders()])
  const there = new Map(targets.map((one) => [one.path.join('\0'), one]))
  const reader = await source.reader()
  const writer = await target.writer()
  const refused: string[] = []
  const keys: (number | string | null)[] = []
  for (const from of sources.filter(({ selectable }) => selectable)) {
    const place = there.get(from.path.join('\0')) ?? (await target.create(from.path, from.role))
    if (from.subscribed && !place.subscribed) await target.subscribe(place)
    const status = await reader.open(from)
    const uids: number[] = []
    for await (const batch of reader.list({ from: 1, to: status.uidNext - 1 }, null))
      uids.push(...batch.map(({ uid }) => uid))
    assert.equal(uids.length, status.messages)
    const groups: Outgoing[][] = [[]]
    if (uids.length > 0) {
      for await (const found of reader.fetch([[1, status.uidNext - 1]])) {
        const last = groups.at(-1)!
        last.push(await held(found))
        if (last.length === groupSize) groups.push([])
      }
    }
    let freed = 0
    const sent = groups.filter((group) => group.length > 0)
    const outcomes = await Promise.all(
      sent.map((group) =>
        writer.append(
          place,
          group,
          () => true,
          (bytes) => (freed += bytes),
        ),
      ),
    )
    assert.equal(
      freed,
      sent.flat().reduce((sum, { bytes }) => sum + bytes, 0),
      'all memory was given back, once',
    )
    for (const outcome of outcomes.flat()) {
      if (outcome.kind === 'landed') keys.push(outcome.key)
      else refused.push(outcome.kind === 'refused' ? outcome.text : `${outcome.kind}: ${outcome.cause.message}`)
    }
  }
  return { landed: keys.length, refused, keys }
}

describe('IMAP against Dovecot', { skip }, () => {
  let server: DovecotServer
  before(async () => {
    const names = ['rich', 'copy', 'one', 'plain', 'empty', 'root', 'full', 'w1', 'w2', 'w3', 'big', 'tick', 'many']
    server = await startDovecot({
      users: Object.fromEntries(
        names.map((name) => [name, { password: 'secret words', ...(name === 'full' ? { quotaKb: 50 } : {}) }]),
      ),
      masters: { boss: 'master words' },
    })
    await fill(plainLogin(server, 'rich'), [
      folder(['INBOX'], everydayMessages(1, 40)),
      folder(['Entwürfe', '日本語 & Co', 'a "b" \\ c'], everydayMessages(2, 9)),
      // Dovecot stores a date before 1970 as one in the future and takes no such date back.
      folder(
        ['Nasty'],
        nastyMessages().filter(({ internalDate }) => internalDate > 0),
      ),
      folder(['Leer'], []),
    ])
  })
  after(() => server[Symbol.asyncDispose]())

  test('everything arrives byte for byte, with dates, flags, folders and subscriptions', async () => {
    const carried = await carryAll(server, 'rich', 'copy')
    const [a, b] = [await snapshot(plainLogin(server, 'rich')), await snapshot(plainLogin(server, 'copy'))]
    assert.deepEqual(compare(a, b), [])
    assert.deepEqual(carried.refused, [])
    assert.ok(
      carried.keys.every((key) => typeof key === 'number'),
      'each has its own APPENDUID',
    )
  })

  test('groups of one arrive as well', async () => {
    const carried = await carryAll(server, 'rich', 'one', 1)
    assert.deepEqual(carried.refused, [])
    assert.deepEqual(compare(await snapshot(plainLogin(server, 'rich')), await snapshot(plainLogin(server, 'one'))), [])
  })

  test('servers that can less get the same mail, by more commands', async () => {
    const less: readonly (readonly string[])[] = [
      ['MULTIAPPEND'],
      ['LITERAL+'],
      [
        'MULTIAPPEND',
        'LITERAL+',
        'UIDPLUS',
        'LIST-EXTENDED',
        'LIST-STATUS',
        'CONDSTORE',
        'SPECIAL-USE',
        'NAMESPACE',
        'ID',
      ],
    ]
    for (const hide of less) {
      await using plain = await startDovecot({
        users: { from: 'secret words', to: 'secret words' },
        hide,
      })
      const folders = [folder(['INBOX'], everydayMessages(3, 12)), folder(['Ä', 'B'], everydayMessages(4, 3))]
      await fill(plainLogin(plain, 'from'), folders)
      const carried = await carryAll(plain, 'from', 'to', 5)
      assert.deepEqual(carried.refused, [])
      assert.equal(carried.landed, 15)
      assert.deepEqual(compare(await snapshot(plainLogin(plain, 'from')), await snapshot(plainLogin(plain, 'to'))), [])
    }
  })

  test('an unchanged mailbox of 30 folders costs a handful of round trips', async () => {
    await fill(
      plainLogin(server, 'many'),
      Array.from({ length: 30 }, (_, index) => folder([`Folder ${index}`], [])),
    )
    for (const [security, port, most] of [
      ['none', server.port, 6],
      ['tls', server.port, 9],
    ] as const) {
      await using relay = await countingRelay(port)
      const options = { ...optionsFor(server, 'many'), port: relay.port, security, acceptUntrusted: true }
      const source = await openImapSource(options)
      const folders = await source.folders()
      assert.ok(folders.filter(({ status }) => status !== null).length > 30)
      await source[Symbol.asyncDispose]()
      assert.ok(relay.roundTrips() <= most, `${security}: ${relay.roundTrips()} round trips`)
    }
  })

  test('reading leaves no trace on the source', async () => {
    const before = await snapshot(plainLogin(server, 'rich'))
    await using source = await openImapSource(optionsFor(server, 'rich'))
    const inbox = (await source.folders()).find(({ role }) => role === 'inbox')!
    const reader = await source.reader()
    const status = await reader.open(inbox)
    for await (const found of reader.fetch([[1, 5]])) await held(found)
    assert.ok((await reader.header(1, 100))!.length <= 100)
    assert.equal((await reader.open(inbox)).modseq, status.modseq)
    assert.deepEqual(compare(before, await snapshot(plainLogin(server, 'rich'))), [])
  })

  test('the last byte is withheld: a gate that is shut stores nothing', async () => {
    await using target = await openImapTarget(optionsFor(server, 'w1'))
    const inbox = await inboxOf(target)
    const writer = await target.writer()
    const freed: number[] = []
    const outcomes = await writer.append(
      inbox,
      [mail('a'), mail('b')],
      () => false,
      (bytes) => freed.push(bytes),
    )
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['unsent', 'unsent'],
    )
    assert.equal(
      freed.reduce((sum, bytes) => sum + bytes, 0),
      mail('a').bytes * 2,
    )
    assert.equal(writer.alive, false)
    assert.equal((await inboxOf(target)).status!.messages, 0)
  })

  test('the last byte is with the kernel before this tick ends, with TLS too', async () => {
    const folder = server.accounts.get('tick')!.mail
    const stored = () => ['new', 'cur'].reduce((sum, sub) => sum + readdirSync(join(folder, sub)).length, 0)
    for (const [security, port] of [
      ['none', server.port],
      ['ssl', server.tlsPort],
      ['tls', server.port],
    ] as const) {
      await using target = await openImapTarget({
        ...optionsFor(server, 'tick'),
        port,
        security,
        acceptUntrusted: true,
      })
      const inbox = await inboxOf(target)
      const before = stored()
      const writer = await target.writer()
      const seen: number[] = []
      const gate = () => {
        seen.push(stored())
        // This process does nothing more until the message is there: the byte must have left already.
        queueMicrotask(() => {
          const end = performance.now() + 5000
          while (stored() === before && performance.now() < end);
          seen.push(stored())
        })
        return true
      }
      await writer.append(inbox, [mail('t')], gate, () => undefined)
      assert.deepEqual(seen, [before, before + 1], security)
    }
  })

  test('a body that breaks off leaves its message unsent and the one before it landed', async () => {
    await using target = await openImapTarget(optionsFor(server, 'w2'))
    const inbox = await inboxOf(target)
    const writer = await target.writer()
    const first = writer.append(
      inbox,
      [mail('first')],
      () => true,
      () => undefined,
    )
    const second = writer.append(
      inbox,
      [{ ...mail('x'), bytes: 600_000, body: broken() }],
      () => true,
      () => undefined,
    )
    assert.deepEqual(
      (await second).map(({ kind }) => kind),
      ['unsent'],
    )
    assert.deepEqual(
      (await first).map(({ kind }) => kind),
      ['landed'],
    )
    assert.equal((await inboxOf(target)).status!.messages, 1)
  })

  test('a streamed message arrives whole', async () => {
    await using target = await openImapTarget(optionsFor(server, 'w2'))
    const before = await inboxOf(target)
    const chunk = Buffer.from(`${'y'.repeat(998)}\r\n`.repeat(50))
    async function* stream(): AsyncGenerator<Buffer> {
      for (let i = 0; i < 40; i++) yield chunk
    }
    const writer = await target.writer()
    const [outcome] = await writer.append(
      before,
      [{ ...mail('x'), bytes: 2_000_000, body: stream() }],
      () => true,
      () => undefined,
    )
    assert.equal(outcome!.kind, 'landed')
    await using reader = await target.reader()
    await reader.open(before)
    let bytes = 0
    const key = outcome?.kind === 'landed' ? outcome.key : null
    for await (const part of (await reader.read(key!))!) bytes += part.length
    assert.equal(bytes, 2_000_000)
  })

  test('NO is an answer: the connection goes on', async () => {
    await using target = await openImapTarget(optionsFor(server, 'w3'))
    const inbox = await inboxOf(target)
    const writer = await target.writer()
    const nowhere: TargetFolder = { ...inbox, raw: 'No.such', path: ['No', 'such'] }
    const [refused, landed] = await Promise.all([
      writer.append(
        nowhere,
        [mail('1'), mail('2')],
        () => true,
        () => undefined,
      ),
      writer.append(
        inbox,
        [mail('3')],
        () => true,
        () => undefined,
      ),
    ])
    assert.deepEqual(
      refused.map((one) => (one.kind === 'refused' ? one.code : one.kind)),
      ['TRYCREATE', 'TRYCREATE'],
    )
    assert.equal(landed[0]!.kind, 'landed')
    assert.equal(writer.alive, true)
  })

  test('over quota is said by its code', async () => {
    await using target = await openImapTarget(optionsFor(server, 'full'))
    const inbox = await inboxOf(target)
    const writer = await target.writer()
    const large = Buffer.from(`${'z'.repeat(98)}\r\n`.repeat(1000))
    const [outcome] = await writer.append(
      inbox,
      [{ ...mail('q'), bytes: large.length, body: [large] }],
      () => true,
      () => undefined,
    )
    assert.equal(outcome!.kind === 'refused' && outcome!.code, 'OVERQUOTA')
  })

  test('a reader sees what others append, changes flags, and removes one copy only', async () => {
    await using target = await openImapTarget(optionsFor(server, 'big'))
    const inbox = await inboxOf(target)
    await using reader = await target.reader()
    const opened = await reader.open(inbox)
    assert.equal(opened.permanent.anyKeyword, true)
    const writer = await target.writer()
    await writer.append(
      inbox,
      [mail('1'), mail('2'), mail('3')],
      () => true,
      () => undefined,
    )
    const listed = []
    for await (const batch of reader.list(1)) listed.push(...batch)
    assert.deepEqual(
      listed.map(({ key }) => key),
      [1, 2, 3],
    )
    await reader.change([
      { key: 2, add: { system: 1, keywords: ['$Work'] }, remove: { system: 0, keywords: [] } },
      { key: 99, add: { system: 1, keywords: [] }, remove: { system: 0, keywords: [] } },
    ])
    assert.equal(await reader.remove(1), true)
    const flags = await reader.flags([1, 2, 3])
    assert.deepEqual([...flags.keys()], [2, 3])
    assert.deepEqual(flags.get(2), { system: 1, keywords: ['$Work'] })
    assert.equal(await reader.read(1), null)
    assert.equal(await reader.header(1, 100), null)
  })

  test('folders that are there are no fault, parents are made, many at once', async () => {
    await using target = await openImapTarget(optionsFor(server, 'big'))
    await target.folders()
    const paths = [['A', 'B', 'C'], ['A'], ['Ä', 'ß'], ['A', 'B']]
    const made = await Promise.all(paths.map((path) => target.create(path, null)))
    assert.deepEqual(
      made.map(({ path }) => path),
      paths,
    )
    assert.ok(made.every(({ status, selectable }) => selectable && status!.messages === 0))
    assert.deepEqual((await target.create(['A', 'B'], null)).path, ['A', 'B'])
  })

  test('UserRoot is stripped, and one that is not there is named', async () => {
    await fill(plainLogin(server, 'root'), [
      folder(['students', 'terry', 'Sent'], [message('x', 'Subject: x\r\n\r\nx\r\n')]),
      folder(['students', 'ann', 'Sent'], []),
    ])
    await using source = await openImapSource({ ...optionsFor(server, 'root'), userRoot: '/students/terry' })
    const folders = (await source.folders()).filter(({ selectable }: SourceFolder) => selectable)
    assert.deepEqual(
      folders.map(({ path }) => path),
      [['Sent']],
    )
    await using wrong = await openImapSource({ ...optionsFor(server, 'root'), userRoot: 'students/nobody' })
    await assert.rejects(wrong.folders(), { code: 'USER_ROOT_NOT_FOUND' })
  })

  test('an administrator acts for a user by authorisation id', async () => {
    const { folders } = await probeImap({ ...optionsFor(server, 'boss'), password: 'master words', authzid: 'rich' })
    assert.ok(folders >= 4)
  })

  test('a wrong password names the user and never the password', async () => {
    const attempt = openImapSource({ ...optionsFor(server, 'rich'), password: 'hunter2-planted' })
    await assert.rejects(attempt, (thrown: unknown) => {
      assert.ok(thrown instanceof Fault)
      assert.equal(thrown.code, 'AUTH_REFUSED')
      assert.equal(thrown.scope, 'login')
      assert.match(thrown.message, /rich.*Authentication failed/)
      assert.ok(!JSON.stringify([thrown, thrown.message, thrown.facts, thrown.cause, thrown.stack]).includes('hunter2'))
      return true
    })
  })

  test('TLS: an untrusted certificate is refused unless accepted, STARTTLS and TLS from the start', async () => {
    for (const [security, port] of [
      ['ssl', server.tlsPort],
      ['tls', server.port],
    ] as const) {
      const options = { ...optionsFor(server, 'rich'), host: 'localhost', port, security }
      await assert.rejects(openImapSource(options), (thrown: unknown) => {
        assert.ok(thrown instanceof Fault)
        assert.equal(thrown.code, 'CERTIFICATE_REFUSED')
        assert.match(thrown.remedy!, /accept certificates that nobody vouches for/)
        return true
      })
      await using source = await openImapSource({ ...options, acceptUntrusted: true })
      assert.ok((await source.folders()).length >= 4)
    }
  })
})

/** Passes bytes on and counts how often the client spoke after the server had: with connecting, its round trips. */
async function countingRelay(to: number): Promise<AsyncDisposable & { port: number; roundTrips(): number }> {
  let trips = 1
  const server = createServer((client) => {
    let serverSpokeLast = true
    const upstream = connectTcp({ host: '127.0.0.1', port: to })
    client.on('data', (chunk: Buffer) => {
      if (serverSpokeLast) trips++
      serverSpokeLast = false
      upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => {
      serverSpokeLast = true
      client.write(chunk)
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('end', () => other.end())
      one.on('error', () => other.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    port: address.port,
    roundTrips: () => trips,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

async function inboxOf(target: MailTarget): Promise<TargetFolder> {
  return (await target.folders()).find(({ role }) => role === 'inbox')!
}

function mail(subject: string): Outgoing {
  const body = Buffer.from(`Subject: ${subject.slice(0, 1)}\r\n\r\nbody\r\n`)
  return {
    uid: 1,
    name: '',
    bytes: body.length,
    dateS: 1_700_000_000,
    flags: { system: 1, keywords: [] },
    body: [body],
  }
}

async function* broken(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(300_000, 'x\r\n')
  throw new Fault({ code: 'NET_CLOSED', scope: 'endpoint', transient: true, message: 'source gone' })
}
