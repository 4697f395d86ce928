import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countRuns, eachUid, formatRuns, hasUid, parseUidList, runsOf, unionRuns } from './uid-set.ts'

test('runs hold every UID once, ascending', () => {
  const runs = runsOf([7, 3, 4, 5, 9, 4])
  assert.deepEqual(runs, [
    [3, 5],
    [7, 7],
    [9, 9],
  ])
  assert.equal(countRuns(runs), 5)
  assert.deepEqual([...eachUid(runs)], [3, 4, 5, 7, 9])
  assert.equal(formatRuns(runs), '3:5,7,9')
  assert.deepEqual(
    [2, 3, 5, 6, 7, 9, 10].map((uid) => hasUid(runs, uid)),
    [false, true, true, false, true, true, false],
  )
})

test('a union joins what touches', () => {
  assert.deepEqual(
    unionRuns(
      [
        [1, 2],
        [8, 9],
      ],
      [
        [3, 4],
        [6, 6],
      ],
      [],
    ),
    [
      [1, 4],
      [6, 6],
      [8, 9],
    ],
  )
})

test('a server cannot make us expand a huge or malformed set', () => {
  assert.equal(parseUidList('1:4294967295', 200), null)
  for (const bad of ['', '0', '1,', '1:', '*', '1:*', '-1', '99999999999', '1 2', '4294967296'])
    assert.equal(parseUidList(bad, 200), null, bad)
  assert.deepEqual(parseUidList('5:3,9', 200), [3, 4, 5, 9])
})
