import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_FLAGS } from '#mail/flags.ts'
import { Listing } from './listing.ts'
import { type GroupLimits, makeGroups } from './make-groups.ts'

const listingOf = (...sizes: number[]) => {
  const listing = new Listing()
  sizes.forEach((bytes, at) => listing.add({ uid: (at + 1) * 10, bytes, dateS: 0, flags: NO_FLAGS, lostFlags: [] }))
  return listing
}
const groupsOf = (listing: Listing, indexes: ArrayLike<number> | null, given: GroupLimits) =>
  makeGroups(listing, indexes, given).map((group) => ({ ...group, uids: [...group.uids] }))
const limits = { groupMessages: 3, groupBytes: 100, streamAboveBytes: 200 }

test('a group holds at most so many messages, in ascending order', () => {
  assert.deepEqual(groupsOf(listingOf(1, 2, 3, 4), null, limits), [
    { uids: [10, 20, 30], bytes: 6, streamed: false },
    { uids: [40], bytes: 4, streamed: false },
  ])
})

test('a group weighs at most so many bytes; exactly as many still fit', () => {
  assert.deepEqual(
    groupsOf(listingOf(60, 40, 1), null, limits).map((group) => group.uids),
    [[10, 20], [30]],
  )
})

test('a large message is alone and streamed, and what stands before it is not sent after it', () => {
  assert.deepEqual(groupsOf(listingOf(5, 201, 5, 200), null, limits), [
    { uids: [10], bytes: 5, streamed: false },
    { uids: [20], bytes: 201, streamed: true },
    { uids: [30], bytes: 5, streamed: false },
    { uids: [40], bytes: 200, streamed: false },
  ])
})

test('only the chosen messages are in groups, each once', () => {
  const listing = listingOf(...Array.from({ length: 1000 }, (_, at) => at % 90))
  const chosen = Uint32Array.from({ length: 500 }, (_, at) => at * 2)
  const uids = groupsOf(listing, chosen, limits).flatMap((group) => group.uids)
  assert.deepEqual(
    uids,
    [...chosen].map((index) => (index + 1) * 10),
  )
  assert.deepEqual(groupsOf(listing, [], limits), [])
})
