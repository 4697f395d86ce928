import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { chainStart, nextChain, sealTailOf, sealedText, tailOf } from '#migration/waybill/chain.ts'
import { verifyWaybill } from '#migration/waybill/verify.ts'
import { writeWaybill } from '#migration/waybill/write.ts'
import { folder, input, linesOf, message, newSigner, skip, temporaryFolder, writeLines } from './waybill-world.ts'

const signer = newSigner()
const known = { knownFingerprints: [signer.fingerprint] }

/** Two folders, every kind of line. */
const sample = () =>
  input([
    folder(['INBOX'], [message(1, 'one'), message(2, 'two', { origin: 'found' }), message(3, 'three')], [skip(4)]),
    folder(['Archive', 'Entwürfe'], [message(9, 'nine', { origin: 'adopted', key: null, lostFlags: ['$Odd'] })]),
  ])

async function written() {
  const world = temporaryFolder()
  const sealed = await writeWaybill(world.path, sample(), signer)
  return { ...sealed, lines: linesOf(sealed.path), [Symbol.dispose]: () => world[Symbol.dispose]() }
}

test('a sealed waybill is found whole, with its counts, by the key that sealed it', async () => {
  using world = await written()
  const check = await verifyWaybill(world.path, known)
  assert.deepEqual(check.problems, [])
  assert.equal(check.ok, true)
  assert.equal(check.trust, 'known')
  assert.equal(check.chain, world.chain.toString('hex'))
  assert.equal(check.lines, 12)
  assert.deepEqual(check.totals && [check.totals.source, check.totals.carried, check.totals.found], [5, 2, 1])
  assert.deepEqual(
    check.folders.map(({ source }) => source),
    [['INBOX'], ['Archive', 'Entwürfe']],
  )
  assert.equal(statSync(world.path).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(join(world.path, '..')), ['terrya@contoso.example.1.waybill.jsonl'])
})

test('one changed byte anywhere is found, and the line is named', async () => {
  using world = await written()
  const original = readFileSync(world.path)
  let line = 1
  for (let at = 0; at < original.length; at++) {
    const changed = Buffer.from(original)
    changed[at] = original[at]! ^ 1
    writeFileSync(world.path, changed)
    const check = await verifyWaybill(world.path, { trustEmbedded: true, ...known })
    assert.equal(check.ok, false, `byte ${at} of line ${line}`)
    assert.equal(check.trust, 'none')
    // A newline that went joins two lines: the first of them is named.
    assert.equal(check.problems[0]!.line, line, `byte ${at}: ${check.problems[0]!.message}`)
    if (original[at] === 0x0a) line++
  }
  assert.equal(line, 13)
})

test('a line that is dropped, doubled, moved or put in is found', async () => {
  using world = await written()
  const { lines } = world
  for (let at = 0; at < lines.length; at++) {
    const named = async (changed: string[], expected: number, what: string) => {
      writeLines(world.path, changed)
      const check = await verifyWaybill(world.path, known)
      assert.equal(check.ok, false, `${what} line ${at + 1}`)
      assert.equal(check.problems[0]!.line, expected, `${what} line ${at + 1}: ${check.problems[0]!.message}`)
    }
    await named(lines.toSpliced(at, 1), at + 1, 'dropped')
    await named(lines.toSpliced(at, 0, lines[at]!), at + 2, 'doubled')
    if (at > 0) await named(lines.toSpliced(at - 1, 2, lines[at]!, lines[at - 1]!), at, 'swapped')
    await named(lines.slice(0, at), Math.max(1, at + 1), 'cut off from')
  }
  writeLines(world.path, lines.toSpliced(5, 0, lines[4]!))
  const [problem] = (await verifyWaybill(world.path, known)).problems
  assert.match(problem!.message, /was added/)
})

test('what stands behind the seal, and a file cut inside a line, are found', async () => {
  using world = await written()
  const { lines } = world
  for (const more of ['x', '\n', `${lines[3]}\n`, ' \n']) {
    writeFileSync(world.path, `${lines.join('\n')}\n${more}`)
    const check = await verifyWaybill(world.path, known)
    assert.deepEqual([check.ok, check.problems[0]!.code], [false, 'AFTER_SEAL'], JSON.stringify(more))
  }
  writeLines(world.path, lines)
  const whole = statSync(world.path).size
  for (const cut of [1, 2, 130, 300, whole - 1, whole]) {
    truncateSync(world.path, 0)
    writeFileSync(world.path, Buffer.from(`${lines.join('\n')}\n`).subarray(0, whole - cut))
    const check = await verifyWaybill(world.path, known)
    assert.deepEqual([check.ok, check.problems[0]!.code], [false, 'TRUNCATED'], `${cut} bytes cut`)
  }
})

test('sealed again with another key it fails, unless the embedded key is trusted, which proves integrity only', async () => {
  using world = await written()
  const other = newSigner()
  let chain = chainStart()
  const bodies = world.lines.slice(0, -1).map((line) => line.slice(0, -28).replace('three', 'other'))
  const forged = bodies.map((body) => body + tailOf((chain = nextChain(chain, Buffer.from(body)))))
  const seal = JSON.stringify({
    kind: 'seal',
    algorithm: 'Ed25519',
    fingerprint: other.fingerprint,
    publicKey: other.publicKeyPem,
  }).slice(0, -1)
  chain = nextChain(chain, Buffer.from(seal))
  writeLines(world.path, [...forged, seal + sealTailOf(chain, other.sign(sealedText(chain)))])

  const refused = await verifyWaybill(world.path, known)
  assert.deepEqual([refused.ok, refused.problems.map(({ code }) => code)], [false, ['KEY_UNKNOWN']])
  assert.ok(refused.problems[0]!.message.includes(other.fingerprint))
  const embedded = await verifyWaybill(world.path, { ...known, trustEmbedded: true })
  assert.deepEqual([embedded.ok, embedded.trust], [true, 'integrity-only'])
  const demanded = await verifyWaybill(world.path, { fingerprint: signer.fingerprint, trustEmbedded: true })
  assert.equal(demanded.ok, false, 'a demanded fingerprint is not replaced by trust in the file')
})

test('a seal that claims the fingerprint of a known key but holds another key fails', async () => {
  using world = await written()
  const other = newSigner()
  const lines = linesOf(world.path)
  let chain = chainStart()
  for (const line of lines.slice(0, -1)) chain = nextChain(chain, Buffer.from(line.slice(0, -28)))
  const seal = JSON.stringify({
    kind: 'seal',
    algorithm: 'Ed25519',
    fingerprint: signer.fingerprint,
    publicKey: other.publicKeyPem,
  }).slice(0, -1)
  chain = nextChain(chain, Buffer.from(seal))
  writeLines(world.path, [...lines.slice(0, -1), seal + sealTailOf(chain, other.sign(sealedText(chain)))])
  const check = await verifyWaybill(world.path, { ...known, trustEmbedded: true })
  assert.deepEqual(
    check.problems.map(({ code }) => code),
    ['FINGERPRINT_WRONG'],
  )
})

test('without a fingerprint, given or known, a good file fails and shows the fingerprint to compare', async () => {
  using world = await written()
  const check = await verifyWaybill(world.path)
  assert.deepEqual([check.ok, check.problems[0]!.code, check.fingerprint], [false, 'KEY_UNKNOWN', signer.fingerprint])
  const given = await verifyWaybill(world.path, { fingerprint: signer.fingerprint.slice(7) })
  assert.deepEqual([given.ok, given.trust], [true, 'given'])
})

test('counts that do not add up are found even in a file that is sealed well', async () => {
  using world = await written()
  const change = async (from: string | RegExp, to: string) => {
    let chain = chainStart()
    const lines = world.lines.slice(0, -1).map((line) => {
      const body = line.slice(0, -28).replace(from, to)
      return body + tailOf((chain = nextChain(chain, Buffer.from(body))))
    })
    const seal = world.lines.at(-1)!.slice(0, -(10 + 64 + 15 + 128 + 2))
    chain = nextChain(chain, Buffer.from(seal))
    writeLines(world.path, [...lines, seal + sealTailOf(chain, signer.sign(sealedText(chain)))])
    return (await verifyWaybill(world.path, known)).problems.map(({ code, line }) => `${code} ${line}`)
  }
  assert.deepEqual(await change('nothing of it', ''), [])
  assert.deepEqual(await change('"outcome":"found"', '"outcome":"carried"'), ['COUNTS_WRONG 7', 'COUNTS_WRONG 7'])
  assert.deepEqual(await change(/^(.*"totals".*"source":)5/, '$16'), ['COUNTS_WRONG 11'])
  assert.deepEqual(await change(/^(.*"counts","folder":1,"source":)1/, '$12'), ['COUNTS_WRONG 10', 'COUNTS_WRONG 11'])
  assert.deepEqual(await change('"kind":"message","folder":1', '"kind":"message","folder":0'), [
    'COUNTS_WRONG 9',
    'COUNTS_WRONG 10',
    'COUNTS_WRONG 10',
  ])
})

/** One message of three was reached. */
const short = () =>
  folder(['INBOX'], [message(1, 'one')], [], {
    counts: { source: 3, earlier: 0, excluded: 0, vanished: 0, removed: 0 },
  })

test('an incomplete pass shows what it did not reach; a complete one that does not add up is not written', async () => {
  using world = temporaryFolder()
  const sealed = await writeWaybill(world.path, input([short()], { complete: false }), signer)
  assert.equal(sealed.totals.unexplained, 2)
  assert.equal((await verifyWaybill(sealed.path, known)).ok, true)
  await assert.rejects(writeWaybill(world.path, input([short()]), signer), /WAYBILL_COUNTS.*2 messages fewer/)
  assert.deepEqual(readdirSync(world.path), [sealed.file], 'nothing is left behind')
})
