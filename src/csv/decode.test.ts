import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { decode } from './decode.ts'

const text = 'EmailAddress,UserName,Password\r\nterrya@contoso.edu,té€ry,pæss\r\n'
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16()
const le = Buffer.from(text, 'utf16le')
const mark = (start: number[], bytes: Uint8Array) => Buffer.concat([Uint8Array.from(start), bytes])

const spellings: readonly (readonly [name: string, bytes: Uint8Array, encoding: string])[] = [
  ['UTF-8', Buffer.from(text), 'utf-8'],
  ['UTF-8 with a byte order mark', mark([0xef, 0xbb, 0xbf], Buffer.from(text)), 'utf-8'],
  ['UTF-16LE', le, 'utf-16le'],
  ['UTF-16LE with a byte order mark', mark([0xff, 0xfe], le), 'utf-16le'],
  ['UTF-16BE', swapped(le), 'utf-16be'],
  ['UTF-16BE with a byte order mark', mark([0xfe, 0xff], swapped(le)), 'utf-16be'],
  ['windows-1252', Buffer.from(text.replace('€', '\x80'), 'latin1'), 'windows-1252'],
]

for (const [name, bytes, encoding] of spellings) {
  test(`reads ${name}, mark removed`, () => assert.deepEqual(decode(bytes), { text, encoding }))
}

const refused: readonly (readonly [name: string, bytes: Uint8Array, code: string, says: RegExp])[] = [
  ['a workbook', Buffer.from('PK\x03\x04abc'), 'CSV_WRONG_TYPE', /\.xlsx/],
  ['an old workbook', Buffer.from('\xD0\xCF\x11\xE0abc', 'latin1'), 'CSV_WRONG_TYPE', /\.xls\b/],
  ['a PDF', Buffer.from('%PDF-1.7'), 'CSV_WRONG_TYPE', /PDF/],
  ['a file of zeros', Buffer.alloc(4096), 'CSV_WRONG_TYPE', /not text/],
  ['UTF-32', mark([0xff, 0xfe, 0, 0], Buffer.from('a\0\0\0')), 'CSV_ENCODING', /UTF-32/],
  [
    'bytes that belie their UTF-8 mark',
    mark([0xef, 0xbb, 0xbf], Buffer.from('a\r\nb\n\xe9', 'latin1')),
    'CSV_ENCODING',
    /line 3/,
  ],
  ['half a UTF-16 unit', mark([0xff, 0xfe], Buffer.from('a\0\n\0b')), 'CSV_ENCODING', /line 2/],
]

for (const [name, bytes, code, says] of refused) {
  test(`refuses ${name} and says what it is`, () => {
    assert.throws(
      () => decode(bytes),
      (thrown) =>
        thrown instanceof Fault && thrown.code === code && says.test(thrown.message) && thrown.remedy !== null,
    )
  })
}
