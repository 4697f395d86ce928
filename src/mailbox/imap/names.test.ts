import assert from 'node:assert/strict'
import { test } from 'node:test'
import { belowRoot, isForeign, namingOf, pathOf, rawOf, roleOf, useOf } from './names.ts'

const courier = namingOf(
  { personal: [{ prefix: 'INBOX.', separator: '.' }], others: [], shared: [{ prefix: '#shared.', separator: '.' }] },
  null,
)
const dovecot = namingOf({ personal: [{ prefix: '', separator: '/' }], others: [], shared: [] }, '/')
const cyrus = namingOf(
  {
    personal: [{ prefix: 'INBOX.', separator: '.' }],
    others: [{ prefix: 'user.', separator: '.' }],
    shared: [{ prefix: '', separator: '.' }],
  },
  null,
)

test('a prefix that all own folders have is no level', () => {
  for (const [raw, path] of [
    ['INBOX', ['INBOX']],
    ['inbox', ['INBOX']],
    ['INBOX.Sent', ['Sent']],
    ['INBOX.A.B', ['A', 'B']],
    ['INBOX.Entw&APw-rfe', ['Entwürfe']],
    ['INBOX.INBOX', ['INBOX', 'INBOX']],
    ['Outside', ['Outside']],
  ] as const) {
    assert.deepEqual(pathOf(raw, courier), path, raw)
  }
  assert.equal(rawOf(['Sent', 'Ä'], courier), 'INBOX.Sent.&AMQ-')
  assert.equal(rawOf(['INBOX'], courier), 'INBOX')
})

test('without a prefix, folders below the INBOX are below the INBOX', () => {
  assert.deepEqual(pathOf('Inbox/A', dovecot), ['INBOX', 'A'])
  assert.equal(rawOf(['INBOX', 'A'], dovecot), 'INBOX/A')
  for (const raw of ['A', 'A/B', 'INBOX', 'INBOX/X']) assert.equal(rawOf(pathOf(raw, dovecot), dovecot), raw)
})

test('what is made on a server with a prefix reads back as it was asked for', () => {
  for (const path of [['INBOX'], ['A'], ['A', 'B'], ['INBOX', 'Sub']])
    assert.deepEqual(pathOf(rawOf(path, courier), courier), path)
})

test('folders of others are told by namespace, not by name', () => {
  assert.deepEqual(
    ['INBOX', 'INBOX.A', 'user.ann', 'user', 'public', '#shared.x'].map((raw) => isForeign(raw, cyrus)),
    [false, false, true, true, true, true],
  )
  assert.deepEqual(
    ['INBOX', 'INBOX.A', '#shared.x', '#shared', 'Outside'].map((raw) => isForeign(raw, courier)),
    [false, false, true, true, false],
  )
  assert.equal(isForeign('shared/x', dovecot), false)
})

test('UserRoot is stripped; the folder itself is the INBOX', () => {
  const root = ['students', 'terry']
  assert.deepEqual(belowRoot(['students', 'terry', 'Sent'], root), ['Sent'])
  assert.deepEqual(belowRoot(['students', 'terry'], root), ['INBOX'])
  assert.deepEqual(belowRoot(['students', 'terry', 'inbox', 'x'], root), ['INBOX', 'x'])
  assert.equal(belowRoot(['students', 'terryann', 'Sent'], root), null)
  assert.equal(belowRoot(['INBOX'], root), null)
})

test('roles are the words of the server', () => {
  assert.equal(roleOf(['INBOX'], new Set()), 'inbox')
  assert.equal(roleOf(['Gesendet'], new Set(['\\hasnochildren', '\\sent'])), 'sent')
  assert.equal(roleOf(['Sent'], new Set()), null)
  assert.equal(useOf('junk'), '\\Junk')
  assert.equal(useOf('inbox'), null)
})
