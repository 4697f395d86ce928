/** What a server does not offer changes how mail is moved, never what arrives. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { everydayMessages, folder } from '#test/worlds/messages.ts'
import { nastyMessages } from '#test/worlds/nasty.ts'
import { PlainImap } from '#test/worlds/plain-imap.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { login, pool, startMoving } from './moving.ts'

const skip = dovecotMissing()
const LISTS = ['LIST-STATUS', 'LIST-EXTENDED', 'SPECIAL-USE', 'NAMESPACE']
const WAYS: readonly (readonly string[])[] = [
  ['UIDPLUS'],
  ['MULTIAPPEND'],
  ['LITERAL+'],
  ['CONDSTORE', 'QRESYNC'],
  LISTS,
  [
    ...LISTS,
    'UIDPLUS',
    'MULTIAPPEND',
    'LITERAL+',
    'CONDSTORE',
    'QRESYNC',
    'ENABLE',
    'SASL-IR',
    'ID',
    'ESEARCH',
    'CHILDREN',
  ],
]
const moving = skip ? null : await startMoving('capabilities')
after(() => moving?.[Symbol.asyncDispose]())

const datable = nastyMessages(7).filter(({ internalDate }) => internalDate > 0 && internalDate < Date.now() / 1000)
const folders = [
  folder('INBOX', datable),
  folder(['Projekte', 'Größe'], everydayMessages(2, 40)),
  folder(['Projekte', 'Größe', 'twins'], [...everydayMessages(3, 3), ...everydayMessages(3, 3)], false),
  folder('empty', []),
]

for (const hide of WAYS) {
  const name = hide.length > 4 ? 'any extension' : hide.join(', ')
  test(`without ${name} on both sides all arrives, once, and stays up to date`, { skip }, async (t) => {
    await using source = await startDovecot({ t, hide, users: pool(2) })
    await using target = await startDovecot({ t, hide, users: pool(2) })
    await fill(login(source, 'u1'), folders)
    const before = await snapshot(login(source, 'u1'))
    const first = await moving!.sync('u1', source, target)
    assert.deepEqual(compare(before, await snapshot(login(target, 'u1'))), [])
    assert.deepEqual(first.notes, [])

    const unchanged = await moving!.sync('u1', source, target)
    assert.equal(unchanged.carried, 0)
    assert.equal(unchanged.items, first.items)

    await fill(login(source, 'u1'), [
      folder('INBOX', everydayMessages(9, 5)),
      folder('new one', everydayMessages(10, 3)),
    ])
    await using client = await PlainImap.login(login(source, 'u1'))
    await client.must('SELECT INBOX')
    await client.must('UID STORE 1,3,5 +FLAGS (\\Flagged Later)')
    await client.must('UID STORE 2 -FLAGS (\\Seen)')
    const later = await moving!.sync('u1', source, target)
    assert.equal(later.carried, 8)
    assert.deepEqual(compare(await snapshot(login(source, 'u1')), await snapshot(login(target, 'u1'))), [])
  })
}
