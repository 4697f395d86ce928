import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DELETED, SEEN, readFlags } from '#mail/flags.ts'
import { Listing } from './listing.ts'

const message = (uid: number, more: { bytes?: number; dateS?: number; atoms?: string[] } = {}) => {
  const { flags, lost } = readFlags(more.atoms ?? [])
  return { uid, bytes: more.bytes ?? 100, dateS: more.dateS ?? 1_700_000_000, flags, lostFlags: lost }
}
const uids = (listing: Listing) => Array.from({ length: listing.length }, (_, index) => listing.uidAt(index))

test('a listing gives back what was put in, past any room it was made with', () => {
  const listing = new Listing()
  for (let uid = 1; uid <= 1000; uid++) listing.add(message(uid * 2, { bytes: uid, dateS: -uid }))
  assert.equal(listing.length, 1000)
  for (let index = 0; index < 1000; index++) {
    assert.deepEqual(
      [listing.uidAt(index), listing.bytesAt(index), listing.dateAt(index)],
      [(index + 1) * 2, index + 1, -index - 1],
    )
  }
})

test('sizes over 4 GB and dates outside 1901 to 2038 survive, also through sorting', () => {
  const wide = [
    { bytes: 0xffff_ffff, dateS: -62_167_219_200 },
    { bytes: 2 ** 40, dateS: 253_402_300_799 },
    { bytes: 0xffff_fffe, dateS: 0x7fff_ffff },
    { bytes: 0, dateS: -0x8000_0000 },
  ]
  const listing = new Listing()
  wide.forEach((more, index) => listing.add(message(4_294_967_295 - index, more)))
  listing.sort()
  const back = [3, 2, 1, 0].map((index) => ({ bytes: listing.bytesAt(index), dateS: listing.dateAt(index) }))
  assert.deepEqual(back, wide)
})

test('a server that answers in any order, and twice for one UID, ends sorted, with its later word', () => {
  const listing = new Listing()
  listing.add(message(9))
  listing.add(message(3, { atoms: ['\\Seen'] }))
  listing.add(message(7))
  listing.add(message(3, { atoms: ['\\Deleted', 'work'] }))
  assert.equal(listing.find(3), 3)
  assert.equal(listing.find(8), -1)
  listing.add(message(8))
  assert.equal(listing.find(8), 4)
  listing.sort()
  assert.deepEqual(uids(listing), [3, 7, 8, 9])
  assert.equal(listing.isDeleted(0), true)
  assert.deepEqual(listing.flagsAt(0), { system: DELETED, keywords: ['work'] })
  listing.add(message(20))
  assert.deepEqual(uids(listing), [3, 7, 8, 9, 20])
})

test('finds a UID, or the first one from it on', () => {
  const listing = new Listing()
  for (const uid of [2, 4, 6, 4_294_967_295]) listing.add(message(uid))
  assert.deepEqual(
    [2, 3, 6, 4_294_967_295].map((uid) => listing.find(uid)),
    [0, -1, 2, 3],
  )
  assert.deepEqual(
    [1, 2, 3, 7, 4_294_967_295].map((uid) => listing.firstFrom(uid)),
    [0, 0, 1, 3, 3],
  )
  assert.equal(new Listing().find(1), -1)
  assert.equal(new Listing().firstFrom(1), 0)
})

test('equal flags are one object, whatever the number of messages', () => {
  const listing = new Listing()
  listing.add(message(1, { atoms: ['\\Seen', 'b', 'a'] }))
  listing.add(message(2, { atoms: ['a', 'b', '\\Seen'] }))
  listing.add(message(3, { atoms: ['a', 'b'] }))
  assert.equal(listing.flagsAt(0), listing.flagsAt(1))
  assert.deepEqual(listing.flagsAt(0), { system: SEEN, keywords: ['a', 'b'] })
  assert.deepEqual(listing.flagsAt(2), { system: 0, keywords: ['a', 'b'] })
})

test('flags that no target takes stay with their message', () => {
  const listing = new Listing()
  listing.add(message(5, { atoms: ['\\Odd'] }))
  listing.add(message(2))
  listing.sort()
  assert.deepEqual([listing.lostFlagsAt(0), listing.lostFlagsAt(1)], [[], ['\\Odd']])
})

test('what is no UID or no index is refused, not wrapped around', () => {
  const listing = new Listing()
  for (const uid of [0, -1, 4_294_967_296, 1.5, Number.NaN]) assert.throws(() => listing.add(message(uid)), /is no UID/)
  assert.throws(() => listing.uidAt(0), /no message 0/)
})

test('half a million messages in the worst order take 25 MB while they are sorted', () => {
  const before = process.memoryUsage().arrayBuffers
  const listing = new Listing(500_000)
  const one = message(1)
  for (let uid = 500_000; uid > 0; uid--) listing.add({ ...one, uid })
  listing.sort()
  const took = process.memoryUsage().arrayBuffers - before
  assert.equal(listing.find(250_000), 249_999)
  assert.ok(took < 25e6, `${took} bytes`)
})
