import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MailTarget, TargetFolder, TargetReader } from '#engine/ports/target.ts'
import type { FolderPath } from '#engine/ports/types.ts'
import { verifyAgainst } from '#migration/waybill/against.ts'
import { renderAgainst } from '#migration/waybill/render.ts'
import { rewritesOf } from '#migration/waybill/undo.ts'
import { writeWaybill } from '#migration/waybill/write.ts'
import { each, folder, input, message, newSigner, sha256, temporaryFolder } from './waybill-world.ts'

const signer = newSigner()
const known = { knownFingerprints: [signer.fingerprint] }

interface Box {
  readonly path: FolderPath
  readonly validity: number
  readonly messages: ReadonlyMap<number | string, string>
}

const no = () => Promise.reject(new Error('a comparison only reads'))

/** A target that holds what it is given; only what a comparison may call. */
function targetOf(boxes: readonly Box[], kind: 'imap' | 'maildir' = 'imap') {
  const reads: (number | string)[] = []
  const status = (box: Box) => ({ validity: box.validity, uidNext: 99, messages: box.messages.size, modseq: null })
  let open: Box | undefined
  const reader: TargetReader = {
    open(wanted: TargetFolder) {
      open = boxes.find(({ path }) => path.join() === wanted.path.join())!
      return Promise.resolve({ ...status(open), permanent: { system: 31, anyKeyword: true, keywords: [] } })
    },
    read(key) {
      reads.push(key)
      const text = open!.messages.get(key)
      if (text === undefined) return Promise.resolve(null)
      // Byte by byte: nothing may depend on where chunks end.
      const bytes = Buffer.from(text, 'latin1')
      return Promise.resolve(each(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))))
    },
    list: () => each([]),
    header: no,
    flags: no,
    change: no,
    remove: no,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const target: MailTarget = {
    traits: { kind, named: false, appendLimit: null, groups: true, caseInsensitive: false },
    folders: () =>
      Promise.resolve(
        boxes.map((box) => ({
          path: box.path,
          raw: box.path.join('/'),
          role: null,
          selectable: true,
          subscribed: true,
          status: status(box),
        })),
      ),
    nameProblem: () => null,
    create: no,
    subscribe: no,
    writer: no,
    reader: () => Promise.resolve(reader),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  return { target, reads }
}

const inbox = (messages: Record<number, string>, validity = 9): Box => ({
  path: ['INBOX'],
  validity,
  messages: new Map(Object.entries(messages).map(([key, text]) => [Number(key), text])),
})

test('each message is equal, canonical, changed, missing or not to be located, and is named when not equal', async () => {
  using world = temporaryFolder()
  const texts = ['same\r\n', 'bare\nlf\n', 'nul\0\r\n', 'no end', 'other\r\n', 'gone\r\n', 'keyless\r\n']
  const messages = texts.map((text, at) => message(at + 1, text, at === 6 ? { key: null } : {}))
  const sealed = await writeWaybill(world.path, input([folder(['INBOX'], messages)]), signer)
  const { target } = targetOf([
    inbox({ 1: 'same\r\n', 2: 'bare\r\nlf\r\n', 3: 'nul\x80\r\n', 4: 'no end\r\n', 5: 'OTHER\r\n' }),
  ])
  const steps: number[] = []
  const found = await verifyAgainst(sealed.path, target, { ...known, progress: (n) => steps.push(n) })
  assert.deepEqual(found.verdicts, { equal: 1, canonical: 3, rewritten: 0, changed: 1, missing: 1, unlocated: 1 })
  assert.deepEqual(steps, [1, 2, 3, 4, 5, 6, 7])
  assert.equal(found.ok, false)
  assert.deepEqual(
    found.differences.map(({ uid, line, verdict }) => `${uid} ${line} ${verdict}`),
    ['2 4 canonical', '3 5 canonical', '4 6 canonical', '5 7 changed', '6 8 missing', '7 9 unlocated'],
  )
  const shown = renderAgainst(found).join('\n')
  assert.match(shown, /changed +INBOX, source UID 5 \(line 7\): other bytes/)
  assert.match(shown, /missing +INBOX, source UID 6 .* deleted by the user since\?/)
})

test('an untouched target is ok', async () => {
  using world = temporaryFolder()
  const sealed = await writeWaybill(world.path, input([folder(['INBOX'], [message(1, 'same')])]), signer)
  assert.equal((await verifyAgainst(sealed.path, targetOf([inbox({ 1: 'same' })]).target, known)).ok, true)
})

test('a recreated folder voids its keys: no message in it is read under an old number', async () => {
  using world = temporaryFolder()
  const sealed = await writeWaybill(world.path, input([folder(['INBOX'], [message(1, 'same')])]), signer)
  const { target, reads } = targetOf([inbox({ 1: 'same' }, 10)])
  const found = await verifyAgainst(sealed.path, target, known)
  assert.deepEqual([found.verdicts.unlocated, reads.length], [1, 0])
  const none = await verifyAgainst(sealed.path, targetOf([]).target, known)
  assert.equal(none.verdicts.missing, 1)
})

test('a target of another kind is not asked for keys that it cannot have', async () => {
  using world = temporaryFolder()
  const sealed = await writeWaybill(world.path, input([folder(['INBOX'], [message(1, 'same')])]), signer)
  const { target, reads } = targetOf([inbox({ 1: 'same' })], 'maildir')
  const found = await verifyAgainst(sealed.path, target, known)
  assert.deepEqual([found.verdicts.unlocated, reads.length], [1, 0])
})

test('a file that fails is not compared, so that a forged one cannot steer what is read', async () => {
  using world = temporaryFolder()
  const sealed = await writeWaybill(world.path, input([folder(['INBOX'], [message(1, 'same')])]), signer)
  const { target, reads } = targetOf([inbox({ 1: 'same' })])
  const found = await verifyAgainst(sealed.path, target, {})
  assert.deepEqual([found.ok, found.compared, reads.length], [false, false, 0])
})

test('a sample takes its share of every folder, at least one, wherever it begins', async () => {
  using world = temporaryFolder()
  const many = Array.from({ length: 250 }, (_, at) => message(at + 1, `text ${at + 1}`))
  const folders = () => [folder(['INBOX'], many), folder(['Few'], [message(1, 'few'), message(2, 'few too')])]
  const sealed = await writeWaybill(world.path, input(folders()), signer)
  const texts = new Map(many.map(({ uid }) => [uid, `text ${uid}`]))
  const boxes = [
    { path: ['INBOX'], validity: 9, messages: texts },
    {
      path: ['Few'],
      validity: 9,
      messages: new Map([
        [1, 'few'],
        [2, 'few too'],
      ] as const),
    },
  ]
  for (const start of [0, 0.3, 0.999]) {
    const { target, reads } = targetOf(boxes)
    const totals: number[] = []
    const progress = (_: number, toLook: number) => totals.push(toLook)
    const found = await verifyAgainst(sealed.path, target, { ...known, sample: 0.1, random: () => start, progress })
    assert.deepEqual([found.ok, found.looked, found.messages, reads.length], [true, 26, 252, 26], `start ${start}`)
    assert.equal(totals[0], 26)
  }
})

test('where the target rewrites, what cannot be proved equal is called rewritten, never equal and never changed', async () => {
  using world = temporaryFolder()
  const mixed = [message(1, 'mixed\r\nends\n')]
  const write = (bytesKept: 'canonical' | 'verbatim') =>
    writeWaybill(
      world.path,
      input([folder(['INBOX'], mixed, [], { bytesKept, groups: each([{ messages: mixed }]) })]),
      signer,
    )
  const { target } = targetOf([inbox({ 1: 'mixed\r\nends\r\n' })])
  const canonical = await verifyAgainst((await write('canonical')).path, target, known)
  assert.deepEqual([canonical.ok, canonical.verdicts.rewritten], [false, 1])
  const verbatim = await verifyAgainst((await write('verbatim')).path, target, known)
  assert.equal(verbatim.verdicts.changed, 1)
})

test('a recorded canonical digest proves also what cannot be undone', async () => {
  using world = temporaryFolder()
  const mixed = [message(1, 'mixed\r\nends\n', { canonical: sha256('mixed\r\nends\r\n') })]
  const sealed = await writeWaybill(world.path, input([folder(['INBOX'], mixed)]), signer)
  const found = await verifyAgainst(sealed.path, targetOf([inbox({ 1: 'mixed\r\nends\r\n' })]).target, known)
  assert.deepEqual([found.ok, found.verdicts.canonical], [true, 1])
})

test('rewrites are undone in every combination, wherever the chunks end', async () => {
  const cases: [source: string, copy: string, expected: readonly string[] | null][] = [
    ['a\nb\0c', 'a\r\nb\x80c\r\n', ['NUL became 0x80', 'LF became CRLF', 'a last line end was added']],
    ['a\nb\0c\n', 'a\r\nb\x80c\r\n', ['NUL became 0x80', 'LF became CRLF']],
    ['a\r\nb', 'a\r\nb\r\n', ['a last line end was added']],
    ['a\rb\n', 'a\rb\r\n', ['LF became CRLF']],
    ['a\0', 'a\x80', ['NUL became 0x80']],
    ['same\r', 'same\r', []],
    ['a\nb\r', 'a\r\nb\r', ['LF became CRLF']],
    ['a', 'b', null],
    ['a\r\n', 'a', null],
  ]
  for (const [source, copy, expected] of cases) {
    const bytes = Buffer.from(copy, 'latin1')
    const wanted = { bytes: source.length, sha256: sha256(Buffer.from(source, 'latin1')).toString('hex') }
    for (let cut = 0; cut <= bytes.length; cut++) {
      const found = await rewritesOf(each([bytes.subarray(0, cut), bytes.subarray(cut)]), wanted)
      assert.deepEqual(found, expected, `${JSON.stringify(source)} cut at ${cut}`)
    }
  }
})
