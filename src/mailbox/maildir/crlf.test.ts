import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BareLfCounter, ClientView } from './crlf.ts'

const samples = ['', 'a', 'a\r\nb', '\n', 'a\nb\n', '\r', 'a\r\r\n\n\r\nb\n\n', 'x\0y\r\n\0\n']

test('bare LFs are found and converted wherever the chunks are cut', () => {
  for (const text of samples) {
    const wanted = text.replaceAll(/(?<!\r)\n/g, '\r\n').replaceAll('\0', '\x80')
    for (let cut = 0; cut <= text.length; cut++) {
      const chunks = [Buffer.from(text.slice(0, cut), 'latin1'), Buffer.from(text.slice(cut), 'latin1')]
      const counter = new BareLfCounter()
      for (const chunk of chunks) counter.add(chunk)
      assert.equal(text.length + counter.count, wanted.length)
      const view = new ClientView()
      assert.equal(Buffer.concat(chunks.map((chunk) => view.convert(chunk))).toString('latin1'), wanted)
    }
  }
})
