import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FolderRecord, FolderStatus } from '../ports.ts'
import { PASS_WORDS, decidePass } from './decide-pass.ts'

const record: FolderRecord = {
  id: 'f1',
  sourcePath: ['Sent'],
  targetPath: ['Sent'],
  sourceValidity: 7,
  targetValidity: 1,
  targetUidNext: 1,
  mark: { uidNext: 100, messages: 50, modseq: 900n },
  again: [[4, 5]],
  rewriting: 'unknown',
  adopted: 'now',
  sourceMessages: null,
}
const seen: FolderStatus = { validity: 7, uidNext: 100, messages: 50, modseq: 900n }
const decide = (now: Partial<FolderStatus>, then: Partial<FolderRecord> = {}) =>
  decidePass({ ...record, ...then }, { ...seen, ...now })

test('an unchanged folder is not listed, but for what has to be looked at again', () => {
  assert.deepEqual(decide({}), { kind: 'none', why: 'unchanged', again: [[4, 5]] })
})

test('with CONDSTORE only what changed since the mark is listed, and the UIDs to look at again', () => {
  const since = { kind: 'since', modseq: 900n, again: [[4, 5]] }
  assert.deepEqual(decide({ uidNext: 101, messages: 51, modseq: 901n }), { ...since, why: 'new-mail' })
  assert.deepEqual(decide({ modseq: 901n }), { ...since, why: 'flags-changed' })
  assert.deepEqual(decide({ messages: 49, modseq: 901n }), { ...since, why: 'expunged' })
  // Without QRESYNC an expunge need not raise HIGHESTMODSEQ.
  assert.deepEqual(decide({ messages: 49 }), { ...since, why: 'expunged' })
})

test('a folder never finished is listed whole', () => {
  assert.deepEqual(decidePass(null, seen), { kind: 'full', why: 'first-time' })
  assert.deepEqual(decide({}, { mark: null }), { kind: 'full', why: 'first-time' })
  assert.deepEqual(decide({ validity: 8 }, { mark: null }), { kind: 'full', why: 'first-time' })
})

test('another UIDVALIDITY voids all that was known, the UIDs to look at again included', () => {
  assert.deepEqual(decide({ validity: 8 }), { kind: 'full', why: 'uidvalidity-changed' })
  assert.deepEqual(decide({ validity: 8, messages: 0 }), { kind: 'full', why: 'uidvalidity-changed' })
  assert.deepEqual(decide({ validity: 8, messages: 0 }, { mark: null }), { kind: 'none', why: 'empty', again: [] })
})

test('a server restored from a backup is listed whole: numbers below the mark are never trusted', () => {
  assert.deepEqual(decide({ uidNext: 99, modseq: 2000n }), { kind: 'full', why: 'uidnext-went-back' })
  assert.deepEqual(decide({ modseq: 899n }), { kind: 'full', why: 'modseq-went-back' })
  assert.deepEqual(decide({ modseq: 899n, uidNext: 200, messages: 150 }), { kind: 'full', why: 'modseq-went-back' })
})

test('without CONDSTORE, before or now, flags are found only by listing all', () => {
  for (const modseq of [null, 0n]) {
    assert.deepEqual(decide({ modseq }), { kind: 'full', why: 'no-condstore' })
    assert.deepEqual(decide({}, { mark: { uidNext: 100, messages: 50, modseq } }), {
      kind: 'full',
      why: 'no-condstore',
    })
  }
})

test('a server that reports new mail in one number and not in the other is listed whole', () => {
  assert.deepEqual(decide({ uidNext: 101, messages: 51 }), { kind: 'full', why: 'contradictory' })
  assert.deepEqual(decide({ messages: 51, modseq: 950n }), { kind: 'full', why: 'contradictory' })
})

test('an empty folder is never listed, on the first pass neither', () => {
  assert.deepEqual(decidePass(null, { ...seen, messages: 0 }), { kind: 'none', why: 'empty', again: [] })
  assert.deepEqual(decide({ messages: 0, modseq: 950n }), { kind: 'none', why: 'empty', again: [[4, 5]] })
})

test('every reason has words', () => {
  for (const words of Object.values(PASS_WORDS)) assert.match(words, /^[a-z].+[^.]$/)
})
