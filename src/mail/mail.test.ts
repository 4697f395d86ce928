import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatInternalDate, parseInternalDate } from './dates.ts'
import { DELETED, FLAGGED, SEEN, applyChange, fitFlags, flagAtoms, isKeyword, mergeFlags, readFlags } from './flags.ts'

test('an INTERNALDATE survives to the second, whatever its zone and century', () => {
  assert.equal(parseInternalDate('01-Feb-2024 12:05:09 +0000'), 1_706_789_109)
  assert.equal(parseInternalDate(' 1-Feb-2024 13:35:09 +0130'), 1_706_789_109)
  for (const text of [
    '31-Dec-1969 23:59:58 +0000',
    '18-Jan-2038 03:14:08 +0000',
    '01-Jan-2200 00:00:00 +0000',
    '01-Jan-0050 00:00:00 +0000',
  ])
    assert.equal(formatInternalDate(parseInternalDate(text)!), text)
  for (const bad of ['', '1-Foo-2024 12:05:09 +0000', '32-Jan-2024 12:05:09 +0000', 'NIL', '1-Feb-24 1:5:9 +0000'])
    assert.equal(parseInternalDate(bad), null, bad)
})

test('a date before 1970 that a server of 32 bits shows as after 2038 is the date before 1970', () => {
  assert.equal(parseInternalDate('27-Aug-2105 02:45:56 +0000'), parseInternalDate('20-Jul-1969 20:17:40 +0000'))
})

test('flags that no RFC knows become keywords or are named as lost, \\Recent is dropped', () => {
  const { flags, lost } = readFlags(['\\seen', '\\Recent', '\\Forwarded', 'b', 'B', '\\XYZ', 'Müll'])
  assert.deepEqual(flags, { system: SEEN, keywords: ['$Forwarded', 'b'] })
  assert.deepEqual(lost, ['\\XYZ', 'Müll'])
  assert.deepEqual(flagAtoms(flags), ['\\Seen', '$Forwarded', 'b'])
})

test('a keyword that could end an APPEND line is no keyword', () => {
  for (const bad of ['a b', 'a)', '(', 'a"', 'a\\', 'a{3}', 'a\r\n', '', 'a%', 'a*', 'é', 'a]'])
    assert.equal(isKeyword(bad), false, bad)
})

test('what a folder will not keep is named', () => {
  const { kept, lost } = fitFlags(
    { system: SEEN | FLAGGED, keywords: ['a', 'b'] },
    { system: SEEN, anyKeyword: false, keywords: ['A'] },
  )
  assert.deepEqual(kept, { system: SEEN, keywords: ['a'] })
  assert.deepEqual(lost, ['\\Flagged', 'b'])
})

test("the target's own change of a flag wins, and \\Deleted never flows", () => {
  const none = { system: 0, keywords: [] }
  assert.equal(mergeFlags(none, none, { system: SEEN, keywords: ['mine'] }), null)
  assert.equal(mergeFlags({ system: SEEN, keywords: [] }, { system: SEEN, keywords: [] }, none), null)
  assert.equal(mergeFlags(none, { system: DELETED, keywords: [] }, none), null)
  const change = mergeFlags(
    { system: SEEN, keywords: ['old'] },
    { system: FLAGGED, keywords: ['new'] },
    { system: SEEN, keywords: ['old'] },
  )!
  assert.deepEqual(change, { add: { system: FLAGGED, keywords: ['new'] }, remove: { system: SEEN, keywords: ['old'] } })
  assert.deepEqual(applyChange({ system: SEEN, keywords: ['own', 'old'] }, change), {
    system: FLAGGED,
    keywords: ['new', 'own'],
  })
})
