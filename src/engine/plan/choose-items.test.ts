import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DELETED } from '#mail/flags.ts'
import { type ListedFolder, chooseItems, whyNot } from './choose-items.ts'
import { Listing } from './listing.ts'
import { NewestItems, folderKeyOf, isOverLimit } from './newest-items.ts'

interface Item {
  uid: number
  dateS?: number
  bytes?: number
  system?: number
}
const folderOf = (name: string, items: readonly Item[]): ListedFolder => {
  const listing = new Listing()
  for (const { uid, dateS = 0, bytes = 10, system = 0 } of items) {
    listing.add({ uid, dateS, bytes, flags: { system, keywords: [] }, lostFlags: [] })
  }
  return { key: folderKeyOf([name]), listing }
}
const limits = { maxMessageBytes: 100, maxItems: 1000 }

/** `name:uid` of what is carried. */
const carried = (folders: readonly ListedFolder[], { folders: chosen }: ReturnType<typeof chooseItems>) =>
  chosen.flatMap(({ key, wanted }, at) =>
    [...wanted].map((index) => `${key.slice(2, -2)}:${folders[at]!.listing.uidAt(index)}`),
  )

test('each message is carried or left for one reason', () => {
  const folder = folderOf('a', [
    { uid: 1, bytes: 100 },
    { uid: 2, bytes: 101 },
    { uid: 3, bytes: 0 },
    { uid: 4, bytes: 500, system: DELETED },
    { uid: 5, bytes: 7 },
  ])
  const { cutOff, folders } = chooseItems([folder], limits, null)
  const { wanted, wantedBytes, left } = folders[0]!
  assert.equal(cutOff, null)
  assert.deepEqual([[...wanted], wantedBytes], [[0, 4], 107])
  assert.deepEqual(
    [left.large, left.bad, left.deleted, left['over-limit']].map((column) => [...column]),
    [[1], [2], [3], []],
  )
})

test('of too many messages the newest are carried; of one date by folder, then UID', () => {
  const folders = [
    folderOf('b', [
      { uid: 1, dateS: 50 },
      { uid: 2, dateS: 20 },
      { uid: 3, dateS: 20 },
    ]),
    folderOf('a', [
      { uid: 8, dateS: 20 },
      { uid: 9, dateS: 10 },
      { uid: 7, dateS: 20 },
    ]),
  ]
  const most = (maxItems: number) => {
    const chosen = chooseItems(folders, { ...limits, maxItems }, null)
    return carried(folders, chosen)
  }
  assert.deepEqual(most(6), ['b:1', 'b:2', 'b:3', 'a:8', 'a:9', 'a:7'])
  assert.deepEqual(most(5), ['b:1', 'b:2', 'b:3', 'a:8', 'a:7'])
  assert.deepEqual(most(4), ['b:1', 'b:2', 'a:8', 'a:7'])
  assert.deepEqual(most(3), ['b:1', 'a:8', 'a:7'])
  assert.deepEqual(most(2), ['b:1', 'a:7'])
  assert.deepEqual(most(1), ['b:1'])
})

test('what cannot be carried takes no place from what can', () => {
  const folders = [
    folderOf('a', [
      { uid: 1, dateS: 1 },
      { uid: 2, dateS: 9, system: DELETED },
      { uid: 3, dateS: 8, bytes: 900 },
    ]),
  ]
  const chosen = chooseItems(folders, { ...limits, maxItems: 1 }, null)
  assert.deepEqual([chosen.cutOff, carried(folders, chosen)], [null, ['a:1']])
})

test('the cut-off of the first pass stays: new mail is carried, and nothing chosen before falls out', () => {
  const first = [
    folderOf('a', [
      { uid: 1, dateS: 1 },
      { uid: 2, dateS: 2 },
      { uid: 3, dateS: 3 },
    ]),
  ]
  const small = { ...limits, maxItems: 2 }
  const { cutOff } = chooseItems(first, small, null)
  assert.deepEqual(cutOff, { maxItems: 2, dateS: 2, folder: '["a"]', uid: 2 })
  const later = [
    folderOf('a', [
      { uid: 1, dateS: 1 },
      { uid: 2, dateS: 2 },
      { uid: 3, dateS: 3 },
      { uid: 4, dateS: 4 },
      { uid: 5, dateS: 0 },
    ]),
    folderOf('0', [{ uid: 1, dateS: 9 }]),
  ]
  const chosen = chooseItems(later, small, cutOff)
  assert.deepEqual(chosen.cutOff, cutOff)
  assert.deepEqual(carried(later, chosen), ['a:2', 'a:3', 'a:4', '0:1'])
})

test('the newest by the heap are the newest by sorting, whatever the order of telling', () => {
  let seed = 7
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  for (let round = 0; round < 40; round++) {
    const items = Array.from({ length: 1 + random(300) }, (_, at) => ({
      folder: random(3),
      uid: at + 1,
      dateS: random(12) - 6,
    }))
    const most = 1 + random(items.length)
    const newest = new NewestItems(most)
    const keys = ['["c"]', '["a"]', '["b"]']
    for (const key of keys) newest.folder(key)
    for (const { folder, uid, dateS } of items.toSorted(() => random(3) - 1)) newest.add(folder, uid, dateS)
    const sorted = items.toSorted(
      (a, b) =>
        b.dateS - a.dateS || (keys[a.folder]! < keys[b.folder]! ? -1 : a.folder === b.folder ? a.uid - b.uid : 1),
    )
    const cutOff = newest.cutOff()
    assert.equal(cutOff === null, items.length <= most)
    const kept = items.filter(({ folder, uid, dateS }) => !isOverLimit(cutOff, keys[folder]!, uid, dateS))
    assert.deepEqual(new Set(kept), new Set(sorted.slice(0, most)), `round ${round}`)
  }
})

test('half a million messages are chosen from without an object for each', () => {
  const listing = new Listing(500_000)
  const flags = { system: 0, keywords: [] }
  const message = { uid: 0, bytes: 300, dateS: 0, flags, lostFlags: [] }
  for (let uid = 1; uid <= 500_000; uid++) {
    message.uid = uid
    message.dateS = (uid * 7919) % 500_009
    listing.add(message)
  }
  const chosen = chooseItems([{ key: '["INBOX"]', listing }], { maxMessageBytes: 1000, maxItems: 100_000 }, null)
  const { wanted, wantedBytes, left } = chosen.folders[0]!
  assert.deepEqual([wanted.length, wantedBytes, left['over-limit'].length], [100_000, 30_000_000, 400_000])
  assert.ok(wanted.every((index) => listing.dateAt(index) >= chosen.cutOff!.dateS))
})

test('every reason names its limit', () => {
  assert.equal(whyNot('large', 101, limits), '101 bytes are more than the limit of 100 (--max-message-size)')
  assert.equal(whyNot('over-limit', 1, limits), 'older than the newest 1000 (--max-items)')
  assert.equal(whyNot('deleted', 1, limits), String.raw`marked \Deleted`)
  assert.equal(whyNot('bad', 0, limits), 'the source says that it has 0 bytes')
})
