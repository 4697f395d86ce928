import assert from 'node:assert/strict'
import { test } from 'node:test'
import { itemsLeft } from '../batch/pace.ts'
import { forecast } from './forecast.ts'

const NOW = Date.parse('2026-06-01T00:00:00Z')
const left = { users: 4, listed: 2, source: 300, done: 100, sampled: 1, sampledItems: 600 }
const none = { users: 0, listed: 0, source: 0, done: 0, sampled: 0, sampledItems: 0 }

test('what is left: the rest of the listed, and the mean of all that were listed for each of the others', () => {
  // (300 + 600) / 3 = 300 in a mailbox.
  assert.equal(itemsLeft(left), 200 + 2 * 300)
  assert.equal(itemsLeft({ ...left, users: 2 }), 200)
  assert.equal(itemsLeft({ ...none, users: 2 }), null)
})

test('the range is that of the middle half of the hours so far', () => {
  const told = forecast([left], [100, 100, 200, 400, 800], NOW)
  assert.deepEqual(told, {
    mailboxesLeft: 4,
    itemsLeft: 800,
    samples: 5,
    itemsPerHour: { low: 100, median: 200, high: 400 },
    earliest: '2026-06-01T02:00:00.000Z',
    expected: '2026-06-01T04:00:00.000Z',
    latest: '2026-06-01T08:00:00.000Z',
    reason: null,
  })
})

test('a batch of which nothing is known has mailboxes like those of the others', () => {
  assert.equal(forecast([left, { ...none, users: 2 }], [100], NOW).itemsLeft, 800 + 2 * 300)
})

test('it says nothing where nothing is left, nothing was listed, or nothing was carried long enough, and says why', () => {
  const reasons = [
    forecast([], [100], NOW),
    forecast([{ ...none, users: 2 }], [100], NOW),
    forecast([left], [], NOW),
  ].map(({ reason, earliest, expected, latest }) => [reason, earliest, expected, latest])
  assert.deepEqual(reasons, [
    ['NothingLeft', null, null, null],
    ['NothingListed', null, null, null],
    ['TooEarly', null, null, null],
  ])
})
