import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeName, encodeName } from './utf7.ts'

const pairs: readonly (readonly [raw: string, name: string])[] = [
  ['Entw&APw-rfe', 'Entwürfe'],
  ['~peter/mail/&U,BTFw-/&ZeVnLIqe-', '~peter/mail/台北/日本語'],
  ['A&-B', 'A&B'],
  ['&2D3eAA-', '😀'],
  ['plain', 'plain'],
]

test('names of RFC 3501 and beyond the basic plane', () => {
  for (const [raw, name] of pairs) {
    assert.equal(decodeName(raw), name)
    assert.equal(encodeName(name), raw)
  }
})

test('every name goes there and back', () => {
  for (const name of ['&', '&&', 'a&b&-', 'ä-ö', '\u0001x', 'é'.repeat(300), '- &- &Jjo-', '\ud83d alone']) {
    assert.equal(decodeName(encodeName(name)), name, name)
  }
})

test('what is not modified UTF-7 keeps its own spelling, so that no two folders become one', () => {
  for (const raw of ['A&B', '&Jjo', 'Gr&APw-&AN8-e', '&AGE-', '&AA-', '&!!!-']) assert.equal(decodeName(raw), raw)
})

test('octets of servers that write UTF-8 unasked, and those that write neither', () => {
  assert.equal(decodeName(Buffer.from('Entwürfe').toString('latin1')), 'Entwürfe')
  assert.equal(decodeName('Entw\xfcrfe'), 'Entw\xfcrfe')
})
