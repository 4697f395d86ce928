import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { TAIL_BYTES } from '#migration/waybill/chain.ts'
import { isWaybillFileName, safeAddress, waybillFileName } from '#migration/waybill/file-name.ts'
import { parseBody } from '#migration/waybill/lines.ts'
import { renderCheck } from '#migration/waybill/render.ts'
import { instanceSigner } from '#migration/waybill/signer.ts'
import { verifyWaybill } from '#migration/waybill/verify.ts'
import { writeWaybill } from '#migration/waybill/write.ts'
import type { WaybillMessage } from '#migration/waybill/write.ts'
import {
  each,
  folder,
  input,
  linesOf,
  message,
  newSigner,
  sha256,
  skip,
  temporaryFolder,
  writeLines,
} from './waybill-world.ts'

const signer = newSigner()
const known = { knownFingerprints: [signer.fingerprint] }

/** Line `number`, from 1, as the reader of the format sees it. */
function lineAt(path: string, number: number) {
  const line = parseBody(linesOf(path)[number - 1]!.slice(0, -TAIL_BYTES))
  assert.ok(line)
  return line
}

test('hostile addresses give names that stay in the folder and differ from each other', () => {
  assert.equal(safeAddress('Terry.Adams+x@Contoso.EDU'), 'terry.adams+x@contoso.edu')
  assert.equal(safeAddress('../../etc/passwd'), '%2E.%2F..%2Fetc%2Fpasswd')
  const hostile = [
    '..',
    '.',
    '',
    '-rf@x',
    'a/b@x',
    'a\\b@x',
    'a\0b',
    'a\nb',
    '\u202egnp@x',
    'jos\u00e9@x',
    'a%2Fb@x',
    'a*b',
    '~root',
    '/',
  ]
  const long = [`${'x'.repeat(400)}@a`, `${'x'.repeat(400)}@b`, '\u00e9'.repeat(200)]
  const names = [...hostile, ...long].map((address) => waybillFileName(address, 1))
  for (const name of names) {
    assert.ok(isWaybillFileName(name), name)
    assert.ok(Buffer.byteLength(name) <= 220 && !/[^a-zA-Z0-9._@+%-]|^[.-]/.test(name), name)
  }
  assert.equal(new Set(names).size, names.length)
  for (const bad of [
    '../x.1.waybill.jsonl',
    '.x.1.waybill.jsonl',
    'x.0.waybill.jsonl',
    'x.waybill.jsonl',
    '/x.1.waybill.jsonl',
  ]) {
    assert.equal(isWaybillFileName(bad), false, bad)
  }
})

test('subjects, reasons and folder names keep their text but no character that acts on a terminal or an editor', async () => {
  using world = temporaryFolder()
  const evil = 'a\u001b[2J\u202egnp\u2066\u0085\u009b31m\u007f\u2028\ufeff\u200e\u{e0041}\ud800\n\0"\\'
  const folders = [folder([evil], [message(1, 'x', { lostFlags: [evil] })], [skip(2, { subject: evil, reason: evil })])]
  const sealed = await writeWaybill(world.path, input(folders, { emailAddress: `${evil}@x` }), signer)
  const text = readFileSync(sealed.path, 'utf8')
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
  const line = lineAt(sealed.path, 4)
  assert.ok(line.kind === 'skipped')
  assert.deepEqual([line.subject, line.reason], [evil, evil])
  const check = await verifyWaybill(sealed.path, known)
  assert.deepEqual(check.problems, [])
  assert.doesNotMatch(renderCheck(check).join(''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  assert.match(renderCheck(check).join('\n'), /\\u\{202e\}gnp/)
})

test('a subject of a megabyte is bounded, and never cut inside a character', async () => {
  using world = temporaryFolder()
  const skips = [skip(1, { subject: '\u{1f600}'.repeat(500_000) }), skip(2, { subject: `x${'\u{1f600}'.repeat(500)}` })]
  const sealed = await writeWaybill(world.path, input([folder(['INBOX'], [], skips)]), signer)
  for (const at of [3, 4]) {
    const line = lineAt(sealed.path, at)
    assert.ok(line.kind === 'skipped')
    const { subject } = line
    assert.ok(subject.length <= 200 && subject.isWellFormed() && subject.endsWith('\u2026'))
  }
})

test('a secret that the caller left in its objects does not get into the file', async () => {
  using world = temporaryFolder()
  const source = { host: 'h', port: 1, userName: 'u', userRoot: '', password: 'planted-secret' }
  const planted = {
    ...folder(['INBOX'], [{ ...message(1, 'x'), body: 'planted-secret' } as WaybillMessage]),
    password: 'planted-secret',
  }
  const sealed = await writeWaybill(world.path, input([planted], { source }), signer)
  assert.doesNotMatch(readFileSync(sealed.path, 'utf8'), /planted/)
})

test('a second waybill never replaces the first, and leftovers of killed writers go', async () => {
  using world = temporaryFolder()
  const one = await writeWaybill(world.path, input([]), signer)
  const leftover = join(world.path, '.terrya@contoso.example.2.waybill.jsonl.abc.part')
  writeFileSync(leftover, 'half')
  utimesSync(leftover, 1, 1)
  const two = await writeWaybill(world.path, input([]), signer)
  assert.deepEqual([one.number, two.number], [1, 2])
  assert.deepEqual(readdirSync(world.path).sort(), [one.file, two.file])
  assert.deepEqual(sha256(readFileSync(two.path)), two.sha256)
})

test('a source of messages that fails leaves no file behind', async () => {
  using world = temporaryFolder()
  const groups = (async function* () {
    yield { messages: [message(1, 'x')] }
    await Promise.reject(new Error('connection lost'))
  })()
  await assert.rejects(
    writeWaybill(world.path, input([folder(['INBOX'], [], [], { groups })]), signer),
    /connection lost/,
  )
  assert.deepEqual(readdirSync(world.path), [])
  const short = folder(['INBOX'], [message(1, 'x', { digest: Buffer.alloc(16) })])
  await assert.rejects(writeWaybill(world.path, input([short]), signer), /WAYBILL_DIGEST/)
  assert.deepEqual(readdirSync(world.path), [])
})

test('a folder that is not there is one sentence with a remedy', async () => {
  const failed = writeWaybill('/nonexistent/reports', input([]), signer)
  await assert.rejects(
    failed,
    (thrown) => thrown instanceof Fault && thrown.code === 'WAYBILL_NOT_WRITTEN' && thrown.remedy !== null,
  )
  const unread = verifyWaybill('/nonexistent/reports/x')
  await assert.rejects(unread, (thrown) => thrown instanceof Fault && thrown.code === 'WAYBILL_UNREADABLE')
})

async function threeInARow(path: string) {
  const files = []
  let previous: { file: string; chain: string } | null = null
  for (const number of [1, 2, 3]) {
    const folders = [
      folder(['INBOX'], [message(number, 'x')], [], {
        counts: { source: number, earlier: number - 1, excluded: 0, vanished: 0, removed: 0 },
      }),
    ]
    const sealed = await writeWaybill(path, input(folders, { number, previous }), signer)
    files.push(sealed)
    previous = { file: sealed.file, chain: sealed.chain.toString('hex') }
  }
  const [one, two, three] = files
  assert.ok(one && two && three)
  return [one, two, three] as const
}

test('earlier waybills are checked where they lie beside, and their absence is said', async () => {
  using world = temporaryFolder()
  const [one, two, three] = await threeInARow(world.path)
  const all = await verifyWaybill(three.path, known)
  assert.deepEqual([all.ok, all.earlier.map(({ file }) => file), all.absent], [true, [two.file, one.file], null])

  const lines = linesOf(one.path)
  writeLines(one.path, lines.toSpliced(2, 1))
  const broken = await verifyWaybill(three.path, known)
  assert.deepEqual([broken.ok, broken.problems[0]!.file, broken.problems[0]!.line], [false, one.file, 3])

  rmSync(one.path)
  const absent = await verifyWaybill(three.path, known)
  assert.deepEqual([absent.ok, absent.absent], [true, one.file])
  assert.match(
    renderCheck(absent).join('\n'),
    /1\.waybill\.jsonl was not found beside this file .* and was NOT checked/,
  )
})

test('an earlier waybill in the folder of its own run is found by its chain', async () => {
  using world = temporaryFolder()
  const [first, second, other] = ['run1', 'run2', 'run3'].map((name) => join(world.path, name))
  for (const folder of [first!, second!, other!]) mkdirSync(folder)
  const one = await writeWaybill(first!, input([], { number: 1 }), signer)
  await writeWaybill(other!, input([], { number: 1, run: 'another' }), signer)
  const previous = { file: one.file, chain: one.chain.toString('hex') }
  const two = await writeWaybill(second!, input([], { number: 2, previous }), signer)
  const check = await verifyWaybill(two.path, known)
  assert.deepEqual([check.ok, check.absent, check.earlier.length], [true, null, 1])
})

test('another good waybill under the name of the earlier one is found', async () => {
  using world = temporaryFolder()
  const [one, two, three] = await threeInARow(world.path)
  const other = await writeWaybill(world.path, input([], { number: 1, emailAddress: 'x@y' }), signer)
  renameSync(other.path, one.path)
  const swapped = await verifyWaybill(two.path, known)
  assert.deepEqual(
    swapped.problems.map(({ code }) => code),
    ['PREVIOUS_WRONG'],
  )
  renameSync(three.path, one.path)
  assert.equal((await verifyWaybill(two.path, known)).ok, false, 'files that name each other end the walk')
})

test('an earlier waybill of another mailbox is found, though its chain is the one named', async () => {
  using world = temporaryFolder()
  const source = { host: 'imap.old.example', port: 993, userName: 'somebody.else', userRoot: '' }
  const other = await writeWaybill(world.path, input([], { source }), signer)
  const previous = { file: other.file, chain: other.chain.toString('hex') }
  const sealed = await writeWaybill(world.path, input([], { number: 2, previous }), signer)
  const { problems } = await verifyWaybill(sealed.path, known)
  assert.deepEqual(
    problems.map(({ code, message }) => [code, message.includes('another mailbox')]),
    [['PREVIOUS_WRONG', true]],
  )
})

test('a previous name that leads out of the folder is not opened', async () => {
  using world = temporaryFolder()
  const previous = { file: '../../../../../../proc/self/environ', chain: '0'.repeat(64) }
  const sealed = await writeWaybill(world.path, input([], { previous }), signer)
  const check = await verifyWaybill(sealed.path, known)
  assert.deepEqual([check.ok, check.problems[0]!.code, check.earlier.length], [false, 'PREVIOUS_WRONG', 0])
})

test('what is no waybill is refused quickly, whatever it is', async () => {
  using world = temporaryFolder()
  const path = join(world.path, 'x.1.waybill.jsonl')
  const refused = async (what: string) => {
    const check = await verifyWaybill(path, { trustEmbedded: true })
    assert.equal(check.ok, false, what)
    assert.ok(check.problems.length > 0)
    return check.problems[0]!.code
  }
  const depth = `${'['.repeat(500_000)}\n`
  const contents = [
    '',
    '\n',
    '{}\n',
    'null\n',
    depth,
    `{"kind":"waybill"${' '.repeat(100)}}\n`,
    '\xff\xfe\0'.repeat(9000),
  ]
  for (const content of contents) {
    writeFileSync(path, content, 'latin1')
    await refused(JSON.stringify(content.slice(0, 20)))
  }
  writeFileSync(path, 'x'.repeat(3_000_000))
  assert.equal(await refused('one long line'), 'LINE_TOO_LONG')
  rmSync(path)
  execFileSync('mkfifo', [path])
  assert.equal(await refused('a named pipe'), 'NOT_A_WAYBILL')
  rmSync(path)
  mkdirSync(path)
  assert.equal(await refused('a folder'), 'NOT_A_WAYBILL')
})

test('the signing key is made once, private, and a broken one is not replaced', () => {
  using world = temporaryFolder()
  const one = instanceSigner(world.path)
  assert.equal(instanceSigner(world.path).fingerprint, one.fingerprint)
  assert.match(one.fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/)
  writeFileSync(join(world.path, 'waybill-ed25519.pem'), '')
  assert.throws(
    () => instanceSigner(world.path),
    (thrown) => thrown instanceof Fault && thrown.code === 'SIGNING_KEY_UNREADABLE',
  )
})

test('200,000 messages are written and checked within 60 MB', async () => {
  using world = temporaryFolder()
  const digest = sha256('x')
  const groups = (async function* () {
    for (let from = 1; from <= 200_000; from += 200) {
      const messages = Array.from({ length: 200 }, (_, at) => message(from + at, 'x', { digest }))
      // Lets other work in, as a query would.
      await new Promise(setImmediate)
      yield { messages }
    }
  })()
  const counts = { source: 200_000, earlier: 0, excluded: 0, vanished: 0, removed: 0 }
  await writeWaybill(world.path, input([folder(['Warm'], [message(1, 'x')])]), signer)
  const before = process.memoryUsage().rss
  let peak = before
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 10)
  try {
    const sealed = await writeWaybill(
      world.path,
      input([folder(['INBOX'], [], [], { counts, groups, skips: each([]) })]),
      signer,
    )
    const check = await verifyWaybill(sealed.path, known)
    assert.deepEqual([check.ok, check.totals?.carried, check.lines], [true, 200_000, 200_005])
  } finally {
    clearInterval(watch)
  }
  assert.ok(peak - before < 60 * 1_048_576, `${Math.round((peak - before) / 1_048_576)} MB more than before`)
})
