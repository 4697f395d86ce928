/** Single messages, flags and folders that need a decision: each is told, counted, and the same on the next pass. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { join } from 'node:path'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { startSmallImap } from '#test/servers/small-imap/server.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { plantMaildir, readMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { PASSWORD, login, pool, startMoving, totalsOf } from './moving.ts'

const skip = dovecotMissing()
const mailOwner = { uid: 64_007, gid: 64_007 }
const [source, target, moving] = skip
  ? [null, null, null]
  : await Promise.all([
      startDovecot({
        users: { ...pool(12), boxed: { password: PASSWORD, format: 'sdbox' } },
        beforeStart: (accounts) =>
          plantMaildir(
            accounts.get('u1')!.mail,
            [folder('INBOX', [message('empty', ''), ...everydayMessages(1, 3)])],
            mailOwner,
          ),
      }),
      startDovecot({ users: { ...pool(12), boxed: PASSWORD } }),
      startMoving('items'),
    ])
after(async () => {
  for (const one of [moving, source, target]) await one?.[Symbol.asyncDispose]()
})
const files = (user: string) => readMaildir(join(moving!.maildirRoot, `${user}@contoso.example`), true)

test('a message of no bytes is listed with its reason, and the others arrive', { skip }, async () => {
  for (const to of [target!, 'maildir'] as const) {
    for (let pass = 0; pass < 2; pass++) {
      const { users, skippedCsv } = await moving!.run(['u1'], source!, to)
      assert.deepEqual([users[0]?.status, users[0]?.items, users[0]?.skipped], ['Synced', 3, 1])
      assert.match(readFileSync(skippedCsv!, 'utf8'), /,missing,the source answered 0 bytes/)
    }
  }
})

test('flags that the target does not keep are counted and named, once, and cost nothing later', { skip }, async () => {
  await using narrow = await startSmallImap({
    users: { u2: { password: PASSWORD } },
    permanentFlags: '\\Seen \\Flagged $Forwarded',
  })
  await fill(login(source!, 'u2'), [
    folder('INBOX', [
      message('a', 'Subject: a\r\n\r\na\r\n', ['\\Seen', '\\Answered', '$Forwarded', 'Project']),
      message('b', 'Subject: b\r\n\r\nb\r\n', ['Project']),
      message('c', 'Subject: c\r\n\r\nc\r\n', ['\\Flagged']),
    ]),
  ])
  const first = await moving!.sync('u2', source!, narrow)
  assert.match(first.notes.join('\n'), /1 message lost the flag \\Answered/)
  assert.match(first.notes.join('\n'), /2 messages lost the flag Project/)
  const there = (await snapshot(login(narrow, 'u2'))).folders.get('INBOX')!.map(({ flags }) => flags.join(' '))
  assert.deepEqual(there.sort(), ['', '$Forwarded \\Seen', '\\Flagged'])
  const later = await moving!.sync('u2', source!, narrow)
  assert.deepEqual([later.carried, later.flagsChanged, later.notes], [0, 0, []])
})

test('flags that only some servers know become the keywords that others use', { skip }, async () => {
  await using odd = await startSmallImap({
    users: {
      u3: {
        password: PASSWORD,
        folders: [folder('INBOX', [message('a', 'Subject: a\r\n\r\na\r\n', ['\\Forwarded', '\\Seen', '$MDNSent'])])],
      },
    },
  })
  await moving!.sync('u3', odd, target!)
  const [arrived] = (await snapshot(login(target!, 'u3'))).folders.get('INBOX')!
  assert.deepEqual(arrived?.flags.toSorted(), ['$Forwarded', '$MDNSent', '\\Seen'].toSorted())
})

test('of more keywords than a Maildir folder holds the others are named', { skip }, async () => {
  const keywords = Array.from({ length: 30 }, (_, index) => `Key${String(index).padStart(2, '0')}`)
  await fill(login(source!, 'boxed'), [
    folder(
      'INBOX',
      keywords.map((keyword) => message(keyword, `Subject: ${keyword}\r\n\r\n${keyword}\r\n`, [keyword])),
    ),
  ])
  const { notes } = await moving!.sync('boxed', source!, 'maildir')
  const lost = notes.filter((note) => /lost the flag Key\d\d/.test(note))
  assert.equal(lost.length, 4)
  const kept = files('boxed')
    .folders.get('INBOX')!
    .filter(({ flags }) => flags.length === 1)
  assert.equal(kept.length, 26)
  const later = await moving!.sync('boxed', source!, 'maildir')
  assert.deepEqual([later.carried, later.flagsChanged], [0, 0])
})

test(
  "sent mail of another language goes to the target's own Sent folder; a second one keeps its name",
  { skip },
  async () => {
    const [first, second] = [everydayMessages(4, 3), everydayMessages(5, 2)]
    await fill(login(target!, 'u4'), [folder('Sent', [], true)])
    await fill(login(source!, 'u4'), [
      folder('Gesendet', first),
      folder('Sent Messages', second),
      folder(['Gesendet', '2019'], second),
    ])
    const { notes } = await moving!.sync('u4', source!, target!)
    const before = await snapshot(login(source!, 'u4'))
    const arrived = await snapshot(login(target!, 'u4'))
    const sent = arrived.folders.get('Sent')!
    assert.ok(sent.length === 2 || sent.length === 3)
    assert.match(notes.join('\n'), /looks like the sent folder too/)
    const digests = (state: typeof before) =>
      [...state.folders.values()]
        .flat()
        .map(({ sha256 }) => sha256)
        .sort()
    assert.deepEqual(digests(arrived), digests(before))
    assert.equal((await moving!.sync('u4', source!, target!)).carried, 0)
  },
)

test(
  "folders below INBOX, names with the other side's separator, and two that differ in case all arrive",
  { skip },
  async () => {
    // Dovecot's dbox separates by `/` and takes `.`; its Maildir is the other way round.
    await fill(login(source!, 'boxed'), [
      folder(['INBOX', 'below', 'more'], everydayMessages(6, 2)),
      folder('a.b', everydayMessages(7, 2)),
      folder('a', everydayMessages(8, 2)),
      folder(['a', 'b'], everydayMessages(9, 2)),
      folder('Case', everydayMessages(10, 2)),
      folder('case', everydayMessages(11, 2)),
    ])
    const before = await snapshot(login(source!, 'boxed'))
    const mapFolder = (name: string) => (name === 'a.b' ? 'a_b' : name)
    const { notes } = await moving!.sync('boxed', source!, target!)
    assert.match(notes.join('\n'), /a\.b becomes a_b on the target/)
    assert.deepEqual(compare(before, await snapshot(login(target!, 'boxed')), { mapFolder }), [])
    const result = await moving!.sync('boxed', source!, 'maildir')
    const named = /a\.b becomes (\S+) on the target/.exec(result.notes.join('\n'))?.[1] ?? 'a.b'
    const flagless = (state: typeof before) => [...state.folders].filter(([name]) => name !== 'INBOX')
    const there = files('boxed')
    assert.deepEqual(
      compare({ ...before, folders: new Map(flagless(before)) }, there, {
        mapFolder: (name) => (name === 'a.b' ? named : name),
      }).filter((line) => !line.startsWith('folder INBOX:')),
      [],
    )
  },
)

test('what is left out and what has gone add up to what the source held, in every waybill', { skip }, async () => {
  await fill(login(source!, 'u5'), [
    folder('INBOX', [
      ...everydayMessages(12, 5),
      message('marked', 'Subject: m\r\n\r\nm\r\n', ['\\Deleted']),
      message('large', `Subject: l\r\n\r\n${'x'.repeat(70).concat('\r\n').repeat(3000)}`),
    ]),
    folder('Private', everydayMessages(13, 4)),
  ])
  const first = await moving!.sync('u5', source!, target!, { excludeFolders: ['Private'], maxMessageBytes: 100_000 })
  const totals = await totalsOf(first.waybill!)
  assert.deepEqual(
    [totals.source, totals.carried, totals.skipped, totals.excluded, totals.unexplained],
    [11, 5, 1, 5, 0],
  )
  const later = await moving!.sync('u5', source!, target!)
  const after = await totalsOf(later.waybill!)
  assert.deepEqual([after.source, after.carried, after.earlier, after.skipped, after.excluded], [11, 5, 5, 0, 1])
})

test(
  'a target that makes no folder at all is named with its words, not with a name to be changed',
  { skip },
  async () => {
    await using stubborn = await startSmallImap({
      users: { u6: { password: PASSWORD } },
      faults: { command: ({ verb }) => (verb === 'CREATE' ? { no: 'Permission denied' } : undefined) },
    })
    await fill(
      login(source!, 'u6'),
      ['one', 'two', 'three'].map((name) => folder(name, everydayMessages(14, 1))),
    )
    const { users } = await moving!.run(['u6'], source!, stubborn)
    assert.equal(users[0]?.status, 'Failed')
    assert.match(users[0].error?.message ?? '', /could not be created: Permission denied/)
    assert.ok(stubborn.commands.filter((command) => / CREATE /.test(command)).length <= 6)
  },
)
