/** Mail that was in the target before us: recognised by its bytes, never doubled, never touched, never removed. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { join } from 'node:path'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { startRelay } from '#test/servers/relay.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { plantMaildir, readMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import type { PlannedFolder, PlannedMessage } from '#test/worlds/messages.ts'
import { nastyMessages } from '#test/worlds/nasty.ts'
import { PlainImap } from '#test/worlds/plain-imap.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import type { Snapshot } from '#test/worlds/snapshot.ts'
import { login, pool, startMoving, totalsOf } from './moving.ts'

const skip = dovecotMissing()
const [source, target, moving] = skip
  ? [null, null, null]
  : await Promise.all([startDovecot({ users: pool(20) }), startDovecot({ users: pool(20) }), startMoving('adoption')])
after(async () => {
  for (const one of [moving, source, target]) await one?.[Symbol.asyncDispose]()
})

const mailOf = (user: string) => join(moving!.maildirRoot, `${user}@contoso.example`)
const mail = everydayMessages(1, 40)
const foreign = everydayMessages(2, 5)
const before1970 = (one: PlannedMessage) => one.internalDate > 0 && one.internalDate < Date.now() / 1000
const all = (state: Snapshot) => [...state.folders.values()].flat()
const later = (seconds: number) => (one: PlannedMessage) => ({ ...one, internalDate: one.internalDate + seconds })

/** Both kinds of target: how mail gets there before us, and how it is looked at. */
const KINDS = [
  {
    kind: 'an IMAP target',
    to: () => target!,
    before: (user: string, folders: readonly PlannedFolder[]) => fill(login(target!, user), folders),
    look: (user: string) => snapshot(login(target!, user)),
  },
  {
    kind: 'a Maildir',
    to: () => 'maildir' as const,
    before: async (user: string, folders: readonly PlannedFolder[]) => plantMaildir(mailOf(user), folders),
    look: async (user: string) => readMaildir(mailOf(user), true),
  },
]

for (const [index, { kind, to, before, look }] of KINDS.entries()) {
  const name = (number: number) => `u${number + index * 10}`

  test(
    `what another tool had copied to ${kind} is adopted, the rest is carried, foreign mail stays`,
    { skip },
    async () => {
      const user = name(1)
      await fill(login(source!, user), [folder('INBOX', mail), folder(['a', 'b'], mail.slice(0, 6))])
      await before(user, [folder('INBOX', [...foreign, ...mail.slice(5, 25)]), folder(['a', 'b'], mail.slice(0, 6))])
      const there = await look(user)
      const result = await moving!.sync(user, source!, to())
      assert.deepEqual([result.adopted, result.carried, result.items], [26, 20, 46])
      assert.deepEqual(result.notes, ['26 messages were in the target before and are the same: they were not sent.'])
      const now = await look(user)
      const extra = compare(await snapshot(login(source!, user)), now)
      assert.equal(extra.length, foreign.length)
      for (const line of extra) assert.match(line, /is on the target only/)
      assert.deepEqual(
        compare(there, now, { subscriptions: false }).filter((line) => !/target only/.test(line)),
        [],
      )
      const counts = await totalsOf(result.waybill!)
      assert.deepEqual([counts.source, counts.adopted, counts.carried], [46, 26, 20])
      const again = await moving!.sync(user, source!, to())
      assert.deepEqual([again.adopted, again.carried], [0, 0])
    },
  )

  test(`copies in ${kind} with another date and other flags are adopted; they keep both`, { skip }, async () => {
    const user = name(2)
    await fill(login(source!, user), [folder('INBOX', mail.slice(0, 10))])
    await before(user, [
      folder(
        'INBOX',
        mail
          .slice(0, 10)
          .map(later(3_600))
          .map((one) => ({ ...one, flags: ['\\Flagged'] })),
      ),
    ])
    const there = await look(user)
    const result = await moving!.sync(user, source!, to())
    assert.deepEqual([result.adopted, result.carried], [10, 0])
    assert.equal(all(await look(user)).length, 10)
    const [sent, now] = [all(await snapshot(login(source!, user))), all(await look(user))]
    const dates = (list: readonly { internalDate: number }[]) => list.map(({ internalDate }) => internalDate).sort()
    assert.deepEqual(dates(now), dates(all(there)))
    for (const { sha256, flags } of now) {
      const source = sent.find((one) => one.sha256 === sha256)!
      assert.deepEqual(flags, [...new Set([...source.flags, '\\Flagged'])].sort())
    }
  })

  test(`of twins k in the source and m in ${kind}, none is doubled and none removed`, { skip }, async () => {
    const user = name(3)
    const [a, b, c] = everydayMessages(3, 3)
    await fill(login(source!, user), [folder('more', [a!, a!, a!, b!]), folder('less', [c!, a!])])
    await before(user, [folder('more', [a!, later(60)(a!)]), folder('less', [c!, c!, c!])])
    const result = await moving!.sync(user, source!, to())
    assert.deepEqual([result.adopted, result.carried], [3, 3])
    const now = await look(user)
    assert.deepEqual([now.folders.get('more')!.length, now.folders.get('less')!.length], [4, 4])
    assert.equal((await moving!.sync(user, source!, to())).carried, 0)
  })

  test(`mail that only looks the same is not taken for ours in ${kind}`, { skip }, async () => {
    const user = name(4)
    const one = message(
      'one',
      'Message-ID: <same@x>\r\nDate: Thu, 04 Mar 2021 05:06:07 +0000\r\nSubject: s\r\n\r\naaaa\r\n',
    )
    const two = message('two', one.content.toString().replace('aaaa', 'bbbb'))
    await fill(login(source!, user), [folder('INBOX', [one])])
    await before(user, [folder('INBOX', [two])])
    const result = await moving!.sync(user, source!, to())
    assert.deepEqual([result.adopted, result.carried], [0, 1])
    assert.equal(all(await look(user)).length, 2)
  })

  test(`nasty mail is recognised in ${kind} by every byte`, { skip }, async () => {
    const user = name(5)
    const nasty = nastyMessages(4).filter(before1970)
    await fill(login(source!, user), [folder('INBOX', nasty)])
    await before(user, [folder('INBOX', nasty)])
    const result = await moving!.sync(user, source!, to())
    assert.deepEqual([result.adopted, result.carried], [nasty.length, 0])
    assert.equal(all(await look(user)).length, nasty.length)
  })
}

test("later changes of the source reach adopted mail, the target user's own flags stay", { skip }, async () => {
  const user = 'u6'
  const [one, two] = [
    { ...mail[0]!, flags: ['\\Seen'] },
    { ...mail[1]!, flags: [] },
  ]
  await fill(login(source!, user), [folder('INBOX', [one, two])])
  await fill(login(target!, user), [folder('INBOX', [{ ...one, flags: ['\\Flagged'] }, two])])
  assert.equal((await moving!.sync(user, source!, target!)).adopted, 2)
  await using client = await PlainImap.login(login(source!, user))
  await client.must('SELECT INBOX')
  await client.must('STORE 1:2 +FLAGS (\\Answered)')
  assert.equal((await moving!.sync(user, source!, target!)).carried, 0)
  const flags = all(await snapshot(login(target!, user))).map((each) => each.flags)
  assert.ok(flags[0]!.includes('\\Flagged') && flags[0]!.includes('\\Answered'))
  assert.ok(flags[1]!.includes('\\Answered'))
})

test('mail that the target user put into a folder between two passes is theirs', { skip }, async () => {
  const user = 'u7'
  await fill(login(source!, user), [folder('INBOX', mail.slice(0, 5))])
  await moving!.sync(user, source!, target!)
  await fill(login(target!, user), [folder('INBOX', [mail[7]!, mail[8]!])])
  await fill(login(source!, user), [folder('INBOX', [mail[7]!])])
  const result = await moving!.sync(user, source!, target!)
  assert.deepEqual([result.adopted, result.carried], [0, 1])
  assert.equal(all(await snapshot(login(target!, user))).length, 8)
})

test('the same source under another address is recognised: its mail is not copied once more', { skip }, async () => {
  const user = 'u9'
  await fill(login(source!, user), [folder('INBOX', mail)])
  assert.equal((await moving!.sync(user, source!, target!)).carried, 40)
  await using relay = await startRelay({ port: source!.port, delayMs: 0 })
  const elsewhere = await moving!.sync(user, relay, target!)
  assert.deepEqual([elsewhere.adopted, elsewhere.carried], [40, 0])
  assert.deepEqual(compare(await snapshot(login(source!, user)), await snapshot(login(target!, user))), [])
})
