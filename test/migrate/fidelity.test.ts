/** A first pass between real Dovecots of every mail format, and into Maildir: everything arrives as it was. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { join } from 'node:path'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { startSmallImap } from '#test/servers/small-imap/server.ts'
import type { MailFormat } from '#test/servers/dovecot-config.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { plantMaildir, readMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { nastyMessages, onlyByFile } from '#test/worlds/nasty.ts'
import { PlainImap } from '#test/worlds/plain-imap.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { PASSWORD, login, pool, startMoving } from './moving.ts'

const skip = dovecotMissing()
const FORMATS: readonly MailFormat[] = ['maildir', 'sdbox', 'mdbox']

const formats = Object.fromEntries(
  FORMATS.flatMap((from) => [...FORMATS, 'files' as const].map((to) => [`${from}-${to}`, { from, to }] as const)),
)
const sourceUsers = {
  ...pool(20),
  ...Object.fromEntries(
    Object.entries(formats).map(([name, { from }]) => [name, { password: PASSWORD, format: from }]),
  ),
}
const targetUsers = {
  ...pool(20),
  ...Object.fromEntries(
    Object.entries(formats).flatMap(([name, { to }]) =>
      to === 'files' ? [] : [[name, { password: PASSWORD, format: to }]],
    ),
  ),
}

const mailOwner = { uid: 64_007, gid: 64_007 }
/** Dovecot tells a date before 1970 differently at every other look. */
const planted = [...onlyByFile(), ...nastyMessages(5)].filter(({ internalDate }) => internalDate > 0)

const open = async () => {
  const [source, target, moving] = await Promise.all([
    startDovecot({
      users: sourceUsers,
      masters: {},
      beforeStart: (accounts) =>
        plantMaildir(accounts.get('u1')!.mail, [folder('INBOX', planted), folder('Entwürfe', planted)], mailOwner),
    }),
    startDovecot({ users: targetUsers }),
    startMoving('fidelity'),
  ])
  after(async () => {
    await Promise.all([source[Symbol.asyncDispose](), target[Symbol.asyncDispose](), moving[Symbol.asyncDispose]()])
  })
  return { source, target, moving }
}

/** Dovecot takes an APPEND's date in the future for now. */
const datable = nastyMessages().filter(({ internalDate }) => internalDate > 0 && internalDate < Date.now() / 1000)
const folders = [
  folder('INBOX', datable),
  folder(['Projekte', 'Entwürfe & Pläne'], everydayMessages(2, 20)),
  folder(['Projekte'], [], false),
  folder('日本語', everydayMessages(3, 5), false),
  folder('empty'),
]

const world = skip ? null : await open()

for (const [user, { from, to }] of Object.entries(formats)) {
  test(`every nasty mail arrives from ${from} in ${to}`, { skip }, async () => {
    const { source, target, moving } = world!
    await fill(login(source, user), folders)
    const before = await snapshot(login(source, user))
    const result = await moving.sync(user, source, to === 'files' ? 'maildir' : target)
    const arrived =
      to === 'files'
        ? readMaildir(join(moving.maildirRoot, `${user}@contoso.example`), true)
        : await snapshot(login(target, user))
    assert.deepEqual(compare(before, arrived), [])
    assert.deepEqual(result.notes, [])
    assert.equal(result.skipped, 0)
    assert.equal(result.verified?.differing, 0)
    const again = await moving.sync(user, source, to === 'files' ? 'maildir' : target)
    assert.equal(again.carried, 0)
  })
}

test('mail that only lies in files arrives as the server shows it: NUL, bare LF, bare CR', { skip }, async () => {
  const { source, target, moving } = world!
  const before = await snapshot(login(source, 'u1'))
  assert.equal(before.folders.get('INBOX')!.length, planted.length)
  const { notes } = await moving.sync('u1', source, target)
  await moving.sync('u1', source, 'maildir')
  // Dovecot gives mail with a date in the future the time of its APPEND; that is told, not hidden.
  const differences = compare(before, await snapshot(login(target, 'u1')))
  const future = planted.filter(({ internalDate }) => internalDate > Date.now() / 1000)
  assert.equal(differences.length, 2 * future.length)
  for (const difference of differences) assert.match(difference, /has changed: 203[89]-/)
  assert.match(notes.join('\n'), /INBOX: the target shows another date for \d messages dated in the future/)
  assert.deepEqual(compare(before, readMaildir(join(moving.maildirRoot, 'u1@contoso.example'), true)), [])
})

test('the source is as it was: flags, keywords, HIGHESTMODSEQ, unread mail still \\Recent', { skip }, async () => {
  const { source, target, moving } = world!
  await fill(login(source, 'u2'), [
    folder('INBOX', everydayMessages(4, 30)),
    folder('Sent', [...everydayMessages(5, 3), message('deleted', 'Subject: x\r\n\r\ny\r\n', ['\\Deleted'])]),
  ])
  const state = async () => {
    await using client = await PlainImap.login(login(source, 'u2'))
    const told: string[] = []
    for (const name of ['INBOX', 'Sent']) {
      told.push(
        ...(await client.must(`STATUS ${name} (MESSAGES UNSEEN RECENT UIDNEXT HIGHESTMODSEQ)`)).answers.map(
          ({ text }) => text,
        ),
      )
      await client.must(`EXAMINE ${name}`)
      told.push(...(await client.must('FETCH 1:* (UID FLAGS MODSEQ)')).answers.map(({ text }) => text))
    }
    return told
  }
  const before = await state()
  await moving.sync('u2', source, target)
  await moving.sync('u2', source, 'maildir')
  assert.deepEqual(await state(), before)
})

const ODD_NAMES = [
  'a & b',
  '&',
  '&-',
  '#public',
  ' leads',
  'trails ',
  'tab-free  double  blank',
  'quote " and \\ slash',
  'per%cent',
  'st*r',
  '(brackets) {5}',
  'Ünïcödé',
  '日本語',
  '😀 smile',
  'e\u0301 composed late',
  'NIL',
  'inbox2',
  'x'.repeat(180),
  'Juridique – été',
  'a,b;c=d',
  "it's",
  '!bang',
  '[Gmail]',
  'CON',
  '-dash',
]

test('odd folder names arrive as they are, with their subscriptions', { skip }, async () => {
  const { source, target, moving } = world!
  const odd = ODD_NAMES.map((name, index) => folder(name, everydayMessages(100 + index, 1), index % 2 === 0))
  const nested = ['&', ' leads', '日本語', 'st*r'].map((name) =>
    folder([name, 'deeper & deeper', name], everydayMessages(9, 2)),
  )
  await fill(login(source, 'u3'), [...odd, ...nested])
  const before = await snapshot(login(source, 'u3'))
  const { notes } = await moving.sync('u3', source, target)
  assert.deepEqual(notes, [])
  assert.deepEqual(compare(before, await snapshot(login(target, 'u3'))), [])
  await moving.sync('u3', source, 'maildir')
  assert.deepEqual(compare(before, readMaildir(join(moving.maildirRoot, 'u3@contoso.example'), true)), [])
})

test(
  'folders that only have children, and subscriptions of folders that are gone, harm nothing',
  { skip },
  async () => {
    const { source, target, moving } = world!
    await fill(login(source, 'u4'), [
      folder(['only', 'a', 'parent'], everydayMessages(1, 3)),
      folder('gone'),
      folder('INBOX', [], false),
    ])
    await using client = await PlainImap.login(login(source, 'u4'))
    await client.must('DELETE gone')
    const before = await snapshot(login(source, 'u4'))
    assert.deepEqual([...before.folders.keys()].sort(), ['INBOX', 'only/a/parent'])
    await moving.sync('u4', source, target)
    const after = await snapshot(login(target, 'u4'))
    assert.deepEqual(compare(before, after), [])
    assert.equal(after.folders.has('gone'), false)
  },
)

test(
  'a name that the target refuses, by rule or by its own word, becomes one that it takes, and is told',
  { skip },
  async () => {
    const { target, moving } = world!
    const names = [
      ['~root'],
      ['~root', 'in ner'],
      ['_root'],
      ['.'],
      ['..', 'x'],
      ['a.b'],
      ['a.b', 'c/d'],
      ['ctl\u0001x'],
      ['plain'],
    ]
    await using source = await startSmallImap({
      separator: '|',
      users: {
        u5: { password: PASSWORD, folders: names.map((path, index) => folder(path, everydayMessages(300 + index, 2))) },
      },
    })
    const { notes } = await moving.sync('u5', source, target)
    const before = await snapshot(login(source, 'u5'))
    const arrived = await snapshot(login(target, 'u5'))
    const digests = (folders: typeof before.folders) =>
      [...folders.values()]
        .map((list) =>
          list
            .map(({ sha256 }) => sha256)
            .sort()
            .join(),
        )
        .filter((text) => text !== '')
        .sort()
    assert.deepEqual(digests(arrived.folders), digests(before.folders))
    const text = notes.join('\n')
    assert.match(text, /~root becomes _root \(2\) on the target: .*Begins with '~'/)
    assert.match(text, /a\.b becomes a_b/)
    assert.doesNotMatch(text, /plain/)
    // The plan is kept: nothing is carried twice because a name is not what it was.
    const again = await moving.sync('u5', source, target)
    assert.equal(again.carried, 0)
    await moving.sync('u5', source, 'maildir')
    const files = readMaildir(join(moving.maildirRoot, 'u5@contoso.example'), true)
    assert.deepEqual(digests(files.folders), digests(before.folders))
  },
)

test(
  'mail dated before 1970 keeps its date, though Dovecot tells 1969 as 2105 from the second look on',
  { skip },
  async () => {
    const { source, moving } = world!
    const old = nastyMessages().filter(({ internalDate }) => internalDate < 0)
    for (const user of ['u6', 'u7']) {
      await fill(login(source, user), [folder('INBOX', old)])
      if (user === 'u7') for (let looks = 0; looks < 2; looks++) await snapshot(login(source, user))
      await moving.sync(user, source, 'maildir')
      const [arrived] = readMaildir(join(moving.maildirRoot, `${user}@contoso.example`)).folders.get('INBOX')!
      assert.equal(arrived?.internalDate, old[0]!.internalDate)
    }
  },
)
