import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runsOf } from '#base/uid-set.ts'
import { UidRuns } from './uid-runs.ts'

test('runs added in any order hold the same UIDs as a set does', () => {
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 48_271) % 0x7fff_ffff
    return seed % below
  }
  for (let round = 0; round < 30; round++) {
    const [runs, set] = [new UidRuns(), new Set<number>()]
    for (let step = 0; step < 60; step++) {
      const first = 1 + random(300)
      const last = first + random(step % 3 === 0 ? 12 : 1)
      runs.add(first, last)
      for (let uid = first; uid <= last; uid++) set.add(uid)
      assert.deepEqual(runs.runs(), runsOf(set), `round ${round}, step ${step}`)
    }
    assert.equal(runs.count, set.size)
    for (let uid = 1; uid < 320; uid++) assert.equal(runs.has(uid), set.has(uid), `${uid}`)
  }
})

test('the highest UID there is fits', () => {
  const runs = new UidRuns()
  runs.add(0xffff_ffff, 0xffff_ffff)
  runs.add(1, 1)
  runs.add(0xffff_fffe, 0xffff_fffe)
  assert.deepEqual(runs.runs(), [
    [1, 1],
    [0xffff_fffe, 0xffff_ffff],
  ])
})
