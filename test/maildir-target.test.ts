import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { ANSWERED, FLAGGED, NO_FLAGS, SEEN } from '#mail/flags.ts'
import type { MailTarget, Outgoing, TargetMessage } from '#engine/ports.ts'
import { openMaildirTarget } from '#mailbox/maildir/target.ts'

const nameOf = (uid: number) => createHash('sha256').update(String(uid)).digest('hex').slice(0, 32)

const message = (uid: number, text: string, more: Partial<Outgoing> = {}): Outgoing => ({
  uid,
  name: nameOf(uid),
  bytes: Buffer.byteLength(text),
  dateS: 1_500_000_000 + uid,
  flags: NO_FLAGS,
  body: [Buffer.from(text)],
  ...more,
})

interface World {
  readonly root: string
  readonly mailbox: string
  readonly target: MailTarget
}

async function world(t: TestContext, root = mkdtempSync(join(tmpdir(), 'waybill-maildir-'))): Promise<World> {
  const target = await openMaildirTarget({ root, address: 'user@example.org', allowedRoots: [root] })
  t.after(async () => {
    await target[Symbol.asyncDispose]()
    rmSync(root, { recursive: true, force: true })
  })
  return { root, mailbox: join(root, 'user@example.org'), target }
}

async function all(target: MailTarget, path: readonly string[]): Promise<TargetMessage[]> {
  await using reader = await target.reader()
  await reader.open((await target.folders()).find((folder) => folder.path.join('/') === path.join('/'))!)
  const found: TargetMessage[] = []
  for await (const batch of reader.list(1)) found.push(...batch)
  return found.sort((a, b) => String(a.key).localeCompare(String(b.key)))
}

const kinds = (outcomes: readonly { kind: string }[]) => outcomes.map(({ kind }) => kind).join(' ')

const faultWith = (code: string) => (thrown: unknown) => {
  assert.ok(thrown instanceof Fault, String(thrown))
  assert.equal(thrown.code, code, thrown.message)
  return true
}

test('a message stands in cur with its bytes, date, flags and sizes, private to the owner', async (t) => {
  const { target, mailbox } = await world(t)
  const folder = await target.create(['Été', 'B'], null)
  await using writer = await target.writer()
  const text = 'Subject: x\r\n\r\nbare\nand \0 nul'
  let flushedBytes = 0
  const one = message(42, text, { flags: { system: SEEN | ANSWERED, keywords: ['Work'] } })
  const outcomes = await writer.append(
    folder,
    [one],
    () => true,
    (bytes) => (flushedBytes += bytes),
  )
  assert.deepEqual(outcomes, [{ kind: 'landed', key: nameOf(42), lostFlags: [] }])
  assert.equal(target.keyOf?.(nameOf(42), one.dateS), nameOf(42))
  assert.equal(flushedBytes, one.bytes)
  const cur = join(mailbox, '.&AMk-t&AOk-.B', 'cur')
  assert.deepEqual(readdirSync(cur), [`0000000042.${nameOf(42)}.waybill,S=${text.length},W=${text.length + 1}:2,RSa`])
  const file = join(cur, readdirSync(cur)[0]!)
  assert.equal(readFileSync(file, 'latin1'), text)
  assert.equal(statSync(file).mtimeMs, one.dateS * 1000)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(statSync(cur).mode & 0o777, 0o700)
  assert.deepEqual(readdirSync(join(cur, '../tmp')), [])
  assert.ok(existsSync(join(cur, '../maildirfolder')))
  assert.equal(readFileSync(join(cur, '../dovecot-keywords'), 'utf8'), '0 Work\n')
  const listed = await all(target, ['Été', 'B'])
  assert.deepEqual(listed, [{ key: nameOf(42), bytes: text.length + 1, dateS: one.dateS, flags: one.flags }])
})

test('sent twice is there once, also after its flags changed and after a new start', async (t) => {
  const { target, root, mailbox } = await world(t)
  const folder = await target.create(['INBOX'], null)
  const group = () => [1, 2, 3].map((uid) => message(uid, `Subject: ${uid}\r\n\r\n`))
  await using writer = await target.writer()
  assert.equal(
    kinds(
      await writer.append(
        folder,
        group(),
        () => true,
        () => {},
      ),
    ),
    'landed landed landed',
  )
  assert.equal(
    kinds(
      await writer.append(
        folder,
        group(),
        () => true,
        () => {},
      ),
    ),
    'landed landed landed',
  )
  await using reader = await target.reader()
  await reader.open(folder)
  await reader.change([{ key: nameOf(2), add: { system: FLAGGED, keywords: ['New'] }, remove: NO_FLAGS }])
  await using again = await openMaildirTarget({ root, address: 'user@example.org', allowedRoots: [root] })
  await using other = await again.writer()
  const text = 'Subject: 2\r\n\r\n'
  const streamed = message(2, text)
  let readBytes = 0
  const body = async function* () {
    readBytes += text.length
    yield Buffer.from(text)
  }
  let flushedBytes = 0
  const outcomes = await other.append(
    folder,
    [message(1, 'Subject: 1\r\n\r\n'), { ...streamed, body: body() }],
    () => true,
    (bytes) => (flushedBytes += bytes),
  )
  assert.equal(kinds(outcomes), 'landed landed')
  assert.equal(readBytes, streamed.bytes)
  assert.equal(flushedBytes, 2 * streamed.bytes)
  assert.equal(readdirSync(join(mailbox, 'cur')).length, 3)
})

const fifty = () => Array.from({ length: 50 }, (_, uid) => message(uid + 1, 'x\r\n'))

test('two writers race with the same messages and one copy of each is left', async (t) => {
  const { target, mailbox } = await world(t)
  const folder = await target.create(['INBOX'], null)
  await using a = await target.writer()
  await using b = await target.writer()
  const both = await Promise.all(
    [a, b].map((writer) =>
      writer.append(
        folder,
        fifty(),
        () => true,
        () => {},
      ),
    ),
  )
  assert.ok(both.flat().every(({ kind }) => kind === 'landed'))
  assert.equal(readdirSync(join(mailbox, 'cur')).length, 50)
})

test('a lease that runs out inside a group stops it: the rest is unsent and not there', async (t) => {
  const { target, mailbox } = await world(t)
  const folder = await target.create(['INBOX'], null)
  await using writer = await target.writer()
  let asked = 0
  const group = [1, 2, 3, 4].map((uid) => message(uid, 'x\r\n'))
  let flushedBytes = 0
  const outcomes = await writer.append(
    folder,
    group,
    () => ++asked <= 2,
    (bytes) => (flushedBytes += bytes),
  )
  assert.equal(kinds(outcomes), 'landed landed unsent unsent')
  assert.equal(asked, 3)
  assert.equal(writer.alive, false)
  assert.equal(flushedBytes, 12)
  assert.equal(readdirSync(join(mailbox, 'cur')).length, 2)
  assert.deepEqual(readdirSync(join(mailbox, 'tmp')), [])
})

async function* gives(text: string) {
  yield Buffer.from(text)
}

test('a stream that breaks or has another length leaves nothing', async (t) => {
  const { target, mailbox } = await world(t)
  const folder = await target.create(['INBOX'], null)
  await using writer = await target.writer()
  const lost = new Fault({ code: 'NET_CLOSED', scope: 'endpoint', transient: true, message: 'gone' })
  const breaks = async function* () {
    yield Buffer.from('Subject: half')
    throw lost
  }
  for (const body of [breaks(), gives('short'), gives('x'.repeat(101))]) {
    let flushedBytes = 0
    const outcomes = await writer.append(
      folder,
      [message(1, 'x'.repeat(100), { body })],
      () => true,
      (bytes) => (flushedBytes += bytes),
    )
    assert.equal(kinds(outcomes), 'unsent')
    assert.equal(flushedBytes, 100)
  }
  for (const part of ['cur', 'new', 'tmp']) assert.deepEqual(readdirSync(join(mailbox, part)), [])
  const whole = await writer.append(
    folder,
    [message(1, 'x'.repeat(100), { body: gives('x'.repeat(100)) })],
    () => true,
    () => {},
  )
  assert.equal(kinds(whole), 'landed')
})

test('killed between tmp and link it shows whole messages only, and the next run completes them', async (t) => {
  const { target, root, mailbox } = await world(t)
  const child = `
    import { openMaildirTarget } from '#mailbox/maildir/target.ts'
    const target = await openMaildirTarget({ root: ${JSON.stringify(root)}, address: 'user@example.org', allowedRoots: [${JSON.stringify(root)}] })
    const folder = await target.create(['INBOX'], null)
    const writer = await target.writer()
    let asked = 0
    const group = ${JSON.stringify([1, 2, 3, 4, 5].map((uid) => message(uid, 'whole\r\n', { body: [] })))}
    const gate = () => { if (++asked === 3) process.kill(process.pid, 'SIGKILL'); return true }
    await writer.append(folder, group.map((one) => ({ ...one, body: [Buffer.from('whole\\r\\n')] })), gate, () => {})
  `
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', child])
  assert.equal(signal, 'SIGKILL')
  const scraps = readdirSync(join(mailbox, 'tmp'))
  assert.ok(scraps.length > 0, 'it was killed too late to prove anything')
  assert.equal((await all(target, ['INBOX'])).length, 2)
  const folder = await target.create(['INBOX'], null)
  await using writer = await target.writer()
  const group = [1, 2, 3, 4, 5].map((uid) => message(uid, 'whole\r\n'))
  assert.ok(
    (
      await writer.append(
        folder,
        group,
        () => true,
        () => {},
      )
    ).every(({ kind }) => kind === 'landed'),
  )
  const found = await all(target, ['INBOX'])
  assert.deepEqual(
    found.map(({ key }) => key),
    [1, 2, 3, 4, 5].map(nameOf).sort(),
  )
  assert.ok(
    readdirSync(join(mailbox, 'cur')).every((file) => readFileSync(join(mailbox, 'cur', file), 'utf8') === 'whole\r\n'),
  )
})

test('no symbolic link below the root is followed, wherever it stands', async (t) => {
  for (const place of ['', 'cur', 'tmp', '.A', '.A/cur', 'dovecot-keywords']) {
    const { target, root, mailbox } = await world(t)
    const outside = mkdtempSync(join(tmpdir(), 'waybill-outside-'))
    t.after(() => rmSync(outside, { recursive: true, force: true }))
    mkdirSync(join(outside, 'cur'))
    mkdirSync(join(outside, 'new'))
    mkdirSync(join(outside, 'tmp'))
    writeFileSync(join(outside, 'keywords'), '')
    if (place !== '') mkdirSync(mailbox)
    if (place === '.A/cur') mkdirSync(join(mailbox, '.A'))
    symlinkSync(place === 'dovecot-keywords' ? join(outside, 'keywords') : outside, join(mailbox, place))
    const append = async () => {
      await using opened = await openMaildirTarget({ root, address: 'user@example.org', allowedRoots: [root] })
      const folder = await opened.create(place.startsWith('.A') ? ['A'] : ['INBOX'], null)
      await using writer = await opened.writer()
      const [outcome] = await writer.append(
        folder,
        [message(1, 'x\r\n', { flags: { system: 0, keywords: ['K'] } })],
        () => true,
        () => {},
      )
      assert.equal(outcome?.kind, 'unsent')
      throw outcome.cause
    }
    await assert.rejects(append, faultWith('TARGET_NOT_A_MAILDIR'), place)
    assert.deepEqual(readdirSync(join(outside, 'cur')), [])
    assert.equal(readFileSync(join(outside, 'keywords'), 'utf8'), '')
    void target
  }
})

test('a root outside the allowed ones is refused, also when a link leads there', async (t) => {
  const { root } = await world(t)
  const elsewhere = mkdtempSync(join(tmpdir(), 'waybill-elsewhere-'))
  t.after(() => rmSync(elsewhere, { recursive: true, force: true }))
  symlinkSync(elsewhere, join(root, 'link'))
  const open = (at: string, allowedRoots = [root]) => openMaildirTarget({ root: at, address: 'a@b', allowedRoots })
  for (const at of [elsewhere, join(root, 'link'), `${root}x`, '/'])
    await assert.rejects(open(at), faultWith('TARGET_ROOT_REFUSED'), at)
  await assert.rejects(open(root, []), faultWith('TARGET_ROOT_REFUSED'))
  await using made = await open(join(root, 'new/{domain}'))
  await made.create(['INBOX'], null)
  assert.ok(existsSync(join(root, 'new/b/cur')))
})

test(
  'as root, what it makes belongs to the owner of the root folder',
  { skip: process.getuid?.() !== 0 },
  async (t) => {
    const root = mkdtempSync(join(tmpdir(), 'waybill-maildir-'))
    chownSync(root, 12_345, 23_456)
    const { target, mailbox } = await world(t, root)
    const folder = await target.create(['A'], null)
    await target.subscribe(folder)
    await using writer = await target.writer()
    await writer.append(
      folder,
      [message(1, 'x\r\n', { flags: { system: 0, keywords: ['K'] } })],
      () => true,
      () => {},
    )
    for (const file of ['.', ...readdirSync(mailbox, { recursive: true, encoding: 'utf8' })]) {
      const { uid, gid } = lstatSync(join(mailbox, file))
      assert.deepEqual([uid, gid], [12_345, 23_456], file)
    }
  },
)

test('a 27th keyword is reported as lost, the 26 stay, and so do those of others', async (t) => {
  const { target, mailbox } = await world(t)
  const folder = await target.create(['INBOX'], null)
  writeFileSync(join(mailbox, 'dovecot-keywords'), '0 Theirs\n3 Gap\n')
  const keywords = Array.from({ length: 30 }, (_, index) => `K${String(index).padStart(2, '0')}`)
  await using writer = await target.writer()
  const [outcome] = await writer.append(
    folder,
    [message(1, 'x\r\n', { flags: { system: 0, keywords } })],
    () => true,
    () => {},
  )
  assert.ok(outcome?.kind === 'landed' && 'lostFlags' in outcome)
  assert.deepEqual(outcome.lostFlags, keywords.slice(24))
  const lines = readFileSync(join(mailbox, 'dovecot-keywords'), 'utf8').trimEnd().split('\n')
  assert.equal(lines.length, 26)
  assert.ok(lines.includes('0 Theirs') && lines.includes('3 Gap'))
  await using reader = await target.reader()
  const { permanent } = await reader.open(folder)
  assert.equal(permanent.anyKeyword, false)
  assert.equal(permanent.keywords.length, 26)
  assert.deepEqual((await reader.flags([nameOf(1)])).get(nameOf(1))?.keywords, keywords.slice(0, 24))
})

test('mail that others delivered is listed as a client would see it', async (t) => {
  const { target, mailbox } = await world(t)
  const folder = await target.create(['INBOX'], null)
  const put = (file: string, text: string, dateS: number) => {
    writeFileSync(join(mailbox, file), text)
    utimesSync(join(mailbox, file), dateS, dateS)
  }
  put('new/1700000001.M1P2.host', 'Subject: lf\n\nbody\n', 1_700_000_001)
  put('cur/1700000002.M1P2.host,S=18:2,FS', 'Subject: lf\n\nbody\n', 1_700_000_002)
  put('cur/1700000003.M1P2.host,S=18,W=21:2,P', 'Subject: lf\n\nbody\n', 1_700_000_003)
  put('cur/.hidden', 'no', 1)
  mkdirSync(join(mailbox, 'cur', 'folder'))
  symlinkSync('/etc/passwd', join(mailbox, 'cur', '1700000004.link'))
  assert.deepEqual(await all(target, ['INBOX']), [
    { key: '1700000001.M1P2.host', bytes: 21, dateS: 1_700_000_001, flags: NO_FLAGS },
    { key: '1700000002.M1P2.host', bytes: 21, dateS: 1_700_000_002, flags: { system: SEEN | FLAGGED, keywords: [] } },
    { key: '1700000003.M1P2.host', bytes: 21, dateS: 1_700_000_003, flags: NO_FLAGS },
  ])
  await using reader = await target.reader()
  await reader.open(folder)
  const key = '1700000001.M1P2.host'
  assert.equal((await reader.header(key, 100))?.toString(), 'Subject: lf\r\n\r\n')
  assert.equal((await reader.header(key, 5))?.toString(), 'Subje')
  const text = async () => Buffer.concat(await Array.fromAsync((await reader.read(key))!)).toString()
  assert.equal(await text(), 'Subject: lf\r\n\r\nbody\r\n')
  await reader.change([{ key, add: { system: SEEN, keywords: ['K'] }, remove: NO_FLAGS }])
  assert.ok(existsSync(join(mailbox, 'cur', `${key}:2,Sa`)))
  assert.equal(await text(), 'Subject: lf\r\n\r\nbody\r\n')
  // A server renames it under us: the next look finds it all the same.
  await reader.change([{ key: '1700000003.M1P2.host', add: { system: SEEN, keywords: [] }, remove: NO_FLAGS }])
  assert.ok(existsSync(join(mailbox, 'cur', '1700000003.M1P2.host,S=18,W=21:2,PS')))
  assert.equal(await reader.remove(key), true)
  assert.equal(await reader.remove(key), true)
  assert.equal(await reader.read(key), null)
  assert.equal((await reader.flags([key])).size, 0)
})

test('a large message passes in pieces, there and back', async (t) => {
  const { target } = await world(t)
  const folder = await target.create(['INBOX'], null)
  const line = Buffer.from(`${'0123456789'.repeat(7)}\r\n`)
  const parts = 20_000
  const hash = createHash('sha256')
  const body = async function* () {
    for (let part = 0; part < parts; part++) {
      hash.update(line)
      yield line
    }
  }
  await using writer = await target.writer()
  const [outcome] = await writer.append(
    folder,
    [message(1, '', { bytes: parts * line.length, body: body() })],
    () => true,
    () => {},
  )
  assert.equal(outcome?.kind, 'landed')
  await using reader = await target.reader()
  await reader.open(folder)
  const back = createHash('sha256')
  for await (const chunk of (await reader.read(nameOf(1)))!) back.update(chunk)
  assert.equal(back.digest('hex'), hash.digest('hex'))
})

test('a full disk is said so, and what was whole before it stays', { skip: !existsSync('/dev/full') }, async (t) => {
  const { maildirFault } = await import('#mailbox/maildir/faults.ts')
  const { target } = await world(t)
  const folder = await target.create(['INBOX'], null)
  await using writer = await target.writer()
  let full: unknown
  try {
    writeFileSync('/dev/full', 'x')
  } catch (thrown) {
    full = thrown
  }
  const body = async function* () {
    yield Buffer.from('x')
    throw full
  }
  const outcomes = await writer.append(
    folder,
    [message(1, 'x\r\n'), message(2, 'x\r\n', { body: body() })],
    () => true,
    () => {},
  )
  assert.equal(kinds(outcomes), 'landed unsent')
  const cause = outcomes[1]?.kind === 'unsent' ? outcomes[1].cause : null
  assert.equal(cause?.code, 'TARGET_DISK_FULL')
  assert.equal(cause.scope, 'endpoint')
  assert.equal(cause.transient, false)
  assert.equal(maildirFault(Object.assign(new Error('x'), { code: 'EDQUOT' }), 'a', 'b').code, 'TARGET_OVER_QUOTA')
  assert.equal(maildirFault(Object.assign(new Error('x'), { code: 'EACCES' }), 'a', 'b').code, 'TARGET_NOT_WRITABLE')
})

test('an old scrap of ours in tmp is swept, a young one and those of others are not', async (t) => {
  const { target, mailbox } = await world(t)
  const folder = await target.create(['INBOX'], null)
  for (const file of ['waybill.1.young', '1700000000.other']) writeFileSync(join(mailbox, 'tmp', file), 'x')
  await using writer = await target.writer()
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  await writer.append(
    folder,
    [message(1, 'x\r\n')],
    () => true,
    () => {},
  )
  assert.equal(readdirSync(join(mailbox, 'tmp')).length, 2)
  t.mock.timers.tick(16 * 60_000)
  await using later = await openMaildirTarget({
    root: join(mailbox, '..'),
    address: 'user@example.org',
    allowedRoots: [join(mailbox, '..')],
  })
  await using other = await later.writer()
  await other.append(
    folder,
    [message(2, 'x\r\n')],
    () => true,
    () => {},
  )
  assert.deepEqual(readdirSync(join(mailbox, 'tmp')), ['1700000000.other'])
})

test('nothing is made before there is something to write, and the INBOX is there all the same', async (t) => {
  const { target, mailbox } = await world(t)
  const [inbox, ...others] = await target.folders()
  assert.deepEqual([inbox?.path, inbox?.role, inbox?.status?.messages, others.length], [['INBOX'], 'inbox', 0, 0])
  assert.equal(existsSync(mailbox), false)
  await assert.rejects(target.create(['a.b'], null), faultWith('TARGET_NAME_REFUSED'))
  await using reader = await target.reader()
  assert.equal((await reader.open(inbox!)).messages, 0)
  assert.equal(await reader.read('x'), null)
})
