import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fetchItems } from './fetch-items.ts'
import { Untagged } from './response.ts'

const read = (text: string, open = false) => fetchItems(new Untagged([text], []), open)
const date = '" 1-Feb-2024 13:05:09 +0100"'

test('items are read alike whatever their order', () => {
  for (const flags of ['', '\\Seen', '\\Seen $Forwarded NonJunk', 'a+b c/d']) {
    const asked = read(`* 5 FETCH (UID 77 FLAGS (${flags}) INTERNALDATE ${date} RFC822.SIZE 1234)`)
    assert.deepEqual(asked, read(`* 5 FETCH (RFC822.SIZE 1234 INTERNALDATE ${date} FLAGS (${flags}) UID 77)`))
    assert.deepEqual(asked.flags, flags === '' ? [] : flags.split(' '))
    assert.deepEqual([asked.uid, asked.bytes, asked.hasBody], [77, 1234, false])
    const begun = (order: string) => ({ ...read(`* 5 FETCH (${order} BODY[] {10}`, true), body: null })
    assert.deepEqual(
      begun(`UID 77 FLAGS (${flags}) INTERNALDATE ${date}`),
      begun(`INTERNALDATE ${date} UID 77 FLAGS (${flags})`),
    )
  }
})

test('a UID above 32 bits is none, in whatever order it comes', () => {
  assert.equal(read(`* 5 FETCH (UID 4294967296 FLAGS () INTERNALDATE ${date} RFC822.SIZE 1)`).uid, null)
  assert.equal(read(`* 5 FETCH (FLAGS () UID 4294967296)`).uid, null)
})

test('a text that ends where a literal begins is not taken for a whole response', () => {
  const items = fetchItems(
    new Untagged([`* 5 FETCH (UID 7 FLAGS () INTERNALDATE ${date} BODY[] {3}`, ')'], [Buffer.from('a\r\n')]),
  )
  assert.equal(items.body?.toString(), 'a\r\n')
})
