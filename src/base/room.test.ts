import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Room } from './room.ts'

const filled = (bytes: number, value: number) => Buffer.alloc(bytes, value)

function put(room: Room, ...chunks: Buffer[]): Buffer[] {
  const views: Buffer[] = []
  for (const chunk of chunks) room.put(views, chunk)
  return views
}

test('what was put stands there byte for byte, in as few pieces as pages', () => {
  const room = new Room(1_000_000)
  const first = put(room, Buffer.from('abc'), Buffer.from('def'))
  assert.deepEqual(first.map(String), ['abcdef'])
  const chunks = [filled(50_000, 1), filled(50_000, 2), filled(50_000, 3)]
  const second = put(room, ...chunks)
  assert.equal(second.length, 3)
  assert.deepEqual(Buffer.concat(second), Buffer.concat(chunks))
  assert.deepEqual(first.map(String), ['abcdef'])
  room.close()
})

test('the buffer that bytes came from may be read over', () => {
  const room = new Room(100)
  const read = Buffer.from('one')
  const views = put(room, read)
  read.write('two')
  assert.equal(String(views[0]), 'one')
  room.close()
})

test('a page that has passed is used again, one that has not is not', () => {
  const room = new Room('stream')
  const [gone, kept] = put(room, filled(65_536, 1), filled(65_536, 2))
  put(room, filled(1, 3))
  room.passed(65_535)
  const [early] = put(new Room('stream'), filled(65_536, 4))
  assert.equal(gone![0], 1)
  room.passed(1)
  const [late] = put(new Room('stream'), filled(65_536, 5))
  assert.equal(late!.buffer, gone!.buffer)
  assert.notEqual(early!.buffer, gone!.buffer)
  assert.equal(kept![0], 2)
  room.close()
})

test('pages of a broken connection are given to nobody else', () => {
  const room = new Room(200_000)
  const views = put(room, filled(150_000, 7))
  room.abandon()
  const others = put(new Room('stream'), filled(1_000_000, 8))
  const theirs = new Set(others.map(({ buffer }) => buffer))
  assert.ok(views.every(({ buffer }) => !theirs.has(buffer)))
  assert.ok(views.every((view) => view.every((byte) => byte === 7)))
})

test('what comes after the end is dropped, and a room says what fits', () => {
  const room = new Room(10)
  assert.equal(room.fits(10), true)
  put(room, filled(6, 1))
  assert.equal(room.fits(5), false)
  room.close()
  assert.deepEqual(put(room, filled(6, 1)), [])
})
