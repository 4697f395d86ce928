import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NewestItems, isOverLimit } from './newest-items.ts'

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

test('half a million messages cost the memory of those that are kept', () => {
  const newest = new NewestItems(1000)
  const folder = newest.folder('["INBOX"]')
  for (let uid = 1; uid <= 500_000; uid++) newest.add(folder, uid, (uid * 7919) % 500_009)
  assert.deepEqual(newest.cutOff()?.dateS, 500_009 - 1000)
})
