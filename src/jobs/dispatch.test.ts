import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capacityMs, share } from './dispatch.ts'

const batch = (active: number, priority = 0) => ({ active, priority, want: 0 })

function shared(slots: number, ...batches: ReturnType<typeof batch>[]): number[] {
  share(batches, slots)
  return batches.map(({ want }) => want)
}

test('batches share slots evenly', () => {
  assert.deepEqual(shared(6, batch(0), batch(0), batch(0)), [2, 2, 2])
  assert.deepEqual(shared(1, batch(0), batch(0)), [1, 0])
})

test('what a batch has at work already counts', () => {
  assert.deepEqual(shared(4, batch(5), batch(0)), [0, 4])
  assert.deepEqual(shared(5, batch(3), batch(0)), [1, 4])
})

test('the highest priority gets them all, and those of one priority share', () => {
  assert.deepEqual(shared(3, batch(0), batch(9, 1)), [0, 3])
  assert.deepEqual(shared(4, batch(0, 2), batch(0, 2), batch(0, 1)), [2, 2, 0])
})

test('priorities are compared as numbers', () => {
  assert.deepEqual(shared(1, batch(0, 9), batch(0, 10)), [0, 1])
})

test("a dead worker's room counts until its passes have come back: heartbeat, round and poll", () => {
  assert.equal(capacityMs(30), 45_000)
  assert.ok(capacityMs(10) > 10_000 + 5_000 + 2_000)
})
