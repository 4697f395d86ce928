/** Cyrus and Courier, as source and as target: other separators, prefixes, refusals and capabilities than Dovecot's. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { courierMissing, startCourier } from '#test/servers/courier.ts'
import { cyrusMissing, startCyrus } from '#test/servers/cyrus.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { plantMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder } from '#test/worlds/messages.ts'
import { nastyMessages, onlyByFile } from '#test/worlds/nasty.ts'
import { PlainImap } from '#test/worlds/plain-imap.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { login, pool, startMoving } from './moving.ts'

const noDovecot = dovecotMissing()
const noCyrus = noDovecot || cyrusMissing()
const noCourier = noDovecot || courierMissing()

const datable = nastyMessages(7).filter(({ internalDate }) => internalDate > 0 && internalDate < Date.now() / 1000)
const planted = onlyByFile()
const tree = [
  folder(['Projekte', 'Größe & Co', 'twins'], [...everydayMessages(3, 3), ...everydayMessages(3, 3)]),
  folder(['Projekte'], everydayMessages(4, 2), false),
  folder('日本語', everydayMessages(5, 30)),
  folder('empty', []),
]
const ours = [folder('INBOX', datable), ...tree]

const dovecot = noDovecot
  ? null
  : await startDovecot({
      users: pool(8),
      beforeStart: (accounts) =>
        plantMaildir(accounts.get('u1')!.mail, [folder('INBOX', [...datable, ...planted])], {
          uid: 64_007,
          gid: 64_007,
        }),
    })
const cyrus = noCyrus ? null : await startCyrus({ users: pool(3) })
const courier = noCourier ? null : await startCourier({ users: pool(5) })
const moving = noDovecot ? null : await startMoving('servers')
after(async () => {
  for (const one of [moving, dovecot, cyrus, courier]) await one?.[Symbol.asyncDispose]()
})

test(
  'what Cyrus refuses is listed with its own words, what it rewrites is counted, the rest arrives',
  { skip: noCyrus },
  async () => {
    await fill(login(dovecot!, 'u1'), tree)
    const before = await snapshot(login(dovecot!, 'u1'))
    const { users, skippedCsv } = await moving!.run(['u1'], dovecot!, cyrus!)
    const [user] = users
    assert.equal(user?.status, 'Synced')
    const listed = readFileSync(skippedCsv!, 'utf8').split('\r\n').slice(1, -1)
    const total = [...before.folders.values()].flat().length
    assert.equal(user.items + user.skipped, total)
    assert.equal(listed.length, user.skipped)
    // Dovecot serves NUL as 0x80 and a lone LF with its CR: what is left are headers that are none.
    for (const line of listed)
      assert.match(line, /,bad,the target refused it: Message contains (invalid header|bare newlines|NUL)/)
    const differences = compare(before, await snapshot(login(cyrus!, 'u1')))
    const missing = differences.filter((line) => / is missing /.test(line))
    const rewritten = differences.filter((line) => /is on the target only/.test(line))
    assert.equal(missing.length, user.skipped + rewritten.length)
    assert.equal(differences.length, missing.length + rewritten.length)
    assert.deepEqual([user.verified?.rewritten, user.verified?.differing], [rewritten.length, 0])
    assert.match(user.notes.join('\n'), /were rewritten by the target/)

    const again = await moving!.sync('u1', dovecot!, cyrus!)
    assert.deepEqual([again.carried, again.skipped, again.items], [0, user.skipped, user.items])
  },
)

test('all mail of Cyrus arrives, flags flow later', { skip: noCyrus }, async () => {
  await fill(login(cyrus!, 'u2'), [folder('INBOX', everydayMessages(1, 30)), ...tree])
  const before = await snapshot(login(cyrus!, 'u2'))
  const result = await moving!.sync('u2', cyrus!, dovecot!)
  assert.deepEqual([result.notes, result.skipped], [[], 0])
  assert.deepEqual(compare(before, await snapshot(login(dovecot!, 'u2'))), [])
  await using client = await PlainImap.login(login(cyrus!, 'u2'))
  await client.must('SELECT INBOX')
  await client.must('UID STORE 1:3 +FLAGS (\\Flagged Later)')
  const later = await moving!.sync('u2', cyrus!, dovecot!)
  assert.deepEqual([later.carried, later.flagsChanged > 0], [0, true])
  assert.deepEqual(compare(await snapshot(login(cyrus!, 'u2')), await snapshot(login(dovecot!, 'u2'))), [])
})

test(
  'Cyrus with its INBOX prefix and dots between levels: both ways, names with dots too',
  { skip: noCyrus },
  async () => {
    await using classic = await startCyrus({ users: pool(8), classic: true })
    const mail = [folder('INBOX', everydayMessages(1, 10)), ...tree, folder(['INBOX', 'below'], everydayMessages(2, 3))]
    await fill(login(dovecot!, 'u6'), mail)
    const before = await snapshot(login(dovecot!, 'u6'))
    const there = await moving!.sync('u6', dovecot!, classic)
    assert.deepEqual([there.notes, there.skipped], [[], 0])
    const arrived = await snapshot(login(classic, 'u6'))
    assert.equal([...arrived.folders.values()].flat().length, [...before.folders.values()].flat().length)
    assert.ok(arrived.folders.has('Projekte/Größe & Co/twins'))
    assert.equal((await moving!.sync('u6', dovecot!, classic)).carried, 0)
    const back = await moving!.sync({ user: 'u6', targetUser: 'u7' }, classic, dovecot!)
    assert.deepEqual([back.notes, back.skipped], [[], 0])
    const returned = await snapshot(login(dovecot!, 'u7'))
    const digests = (state: typeof before) =>
      [...state.folders.values()]
        .flat()
        .map(({ sha256 }) => sha256)
        .sort()
    assert.deepEqual(digests(returned), digests(before))
    for (const name of before.folders.keys()) assert.ok(arrived.folders.has(name) && returned.folders.has(name), name)
  },
)

test('all mail of Courier arrives without its INBOX prefix', { skip: noCourier }, async () => {
  await fill(login(courier!, 'u3'), ours)
  const before = await snapshot(login(courier!, 'u3'))
  assert.ok(before.folders.has('Projekte/Größe & Co/twins'))
  const result = await moving!.sync('u3', courier!, dovecot!)
  assert.deepEqual([result.notes, result.skipped], [[], 0])
  assert.deepEqual(compare(before, await snapshot(login(dovecot!, 'u3'))), [])
  assert.equal((await moving!.sync('u3', courier!, dovecot!)).carried, 0)
})

test(
  'of Courier only what is below UserRoot is carried, and UserRoot itself is the inbox',
  { skip: noCourier },
  async () => {
    const [root, other] = [everydayMessages(21, 4), everydayMessages(22, 4)]
    await fill(login(courier!, 'u4'), [
      folder('INBOX', other),
      folder('other', other),
      folder(['staff', 'ann'], root),
      folder(['staff', 'ann', 'Entwürfe', 'alt'], everydayMessages(23, 3)),
      folder(['staff', 'anna'], other),
    ])
    const before = await snapshot(login(courier!, 'u4'))
    const result = await moving!.sync({ user: 'u4', userRoot: 'staff/ann' }, courier!, dovecot!)
    assert.deepEqual(result.notes, [])
    const mapFolder = (name: string) =>
      name === 'staff/ann' ? 'INBOX' : name.startsWith('staff/ann/') ? name.slice('staff/ann/'.length) : null
    const arrived = await snapshot(login(dovecot!, 'u4'))
    assert.deepEqual(compare(before, arrived, { mapFolder }), [])
    assert.deepEqual([...arrived.folders.keys()].sort(), ['Entwürfe/alt', 'INBOX'])
  },
)

test('Courier as target gets all, below its prefix; lines that it ends are told', { skip: noCourier }, async () => {
  await fill(login(dovecot!, 'u5'), ours)
  const before = await snapshot(login(dovecot!, 'u5'))
  const result = await moving!.sync('u5', dovecot!, courier!)
  const differences = compare(before, await snapshot(login(courier!, 'u5')))
  const unended = datable.filter(({ content }) => content.at(-1) !== 10)
  assert.equal(differences.length, 2 * unended.length)
  for (const line of differences) assert.match(line, /INBOX.* (is missing|is on the target only)/)
  assert.deepEqual([result.verified?.canonical, result.verified?.differing], [unended.length, 0])
  assert.equal(result.notes.length, 1)
  assert.match(result.notes[0] ?? '', /were cleaned by the target/)

  await using client = await PlainImap.login(login(dovecot!, 'u5'))
  await client.must('SELECT INBOX')
  await client.must('UID STORE 1:* +FLAGS (\\Flagged)')
  const later = await moving!.sync('u5', dovecot!, courier!)
  assert.equal(later.carried, 0)
  const flagged = (await snapshot(login(courier!, 'u5'))).folders.get('INBOX')!
  assert.ok(flagged.every(({ flags }) => flags.includes('\\Flagged')))
})
