import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { canonicalDigest } from './canonical.ts'
import { fingerprint } from './fingerprint.ts'
import { header } from './header.ts'

async function* inChunks(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const sha = (text: string) => createHash('sha256').update(Buffer.from(text, 'latin1')).digest('hex')

test('the canonical form is the same however the bytes are cut', async () => {
  const dirty = 'A: b\n\nx\0y\r\nlone\rcr\n\n\r\nno end'
  const clean = 'A: b\r\n\r\nx\x80y\r\nlone\rcr\r\n\r\n\r\nno end\r\n'
  for (const size of [1, 2, 3, 5, 100]) {
    const { digest, bytes } = await canonicalDigest(inChunks(dirty, size))
    assert.equal(digest.toString('hex'), sha(clean), `in chunks of ${size}`)
    assert.equal(bytes, clean.length)
  }
})

test('a message that is clean already is its own canonical form', async () => {
  const text = 'Subject: a\r\n\r\nbody\r\n'
  assert.equal((await canonicalDigest(inChunks(text, 7))).digest.toString('hex'), sha(text))
})

test('added header fields do not hide a message, another body does', async () => {
  const mail = 'Message-ID: <1@x>\r\nDate: Mon\r\nSubject: s\r\n\r\nbody\r\n'
  const print = await fingerprint(inChunks(mail, 11))
  assert.equal(print.messageId, '<1@x>')
  assert.equal((await fingerprint(inChunks(`X-Added: by target\r\n${mail}`, 1))).key, print.key)
  assert.notEqual((await fingerprint(inChunks(mail.replace('body', 'other'), 11))).key, print.key)
  assert.notEqual((await fingerprint(inChunks(mail.replace('Subject: s', 'Subject: t'), 11))).key, print.key)
})

test('a message without header or without body has a fingerprint too', async () => {
  const prints = await Promise.all(
    ['\r\nonly body\r\n', 'Subject: only header\r\n', 'no header at all'].map((text) => fingerprint(inChunks(text, 4))),
  )
  assert.equal(new Set(prints.map(({ key }) => key)).size, 3)
})

test('header fields are unfolded and decoded, and what cannot be decoded stays readable', () => {
  const head = Buffer.from(
    'subject: =?utf-8?B?w6k=?= =?iso-8859-1?Q?_=E8?=\r\n more\r\nX: y\r\n\r\nSubject: in the body\r\n',
  )
  assert.equal(header(head, 'Subject'), 'é è more')
  assert.equal(header(head, 'to'), '')
  assert.equal(header(Buffer.from('Subject: =?nonsense?B?w6k=?=\r\n\r\n'), 'subject'), '=?nonsense?B?w6k=?=')
})
