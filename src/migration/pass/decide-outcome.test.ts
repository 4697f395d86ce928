import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault, type FaultInit } from '#base/fault.ts'
import { FIRST_WAIT_MS, MOST_TRANSIENT, type PassFacts, backoffMs, decideOutcome } from './decide-outcome.ts'

const NOW = Date.UTC(2026, 0, 1)
const DAY = 86_400_000

const fault = (more: Partial<FaultInit> = {}) =>
  new Fault({ code: 'CONNECTION', scope: 'endpoint', transient: true, message: 'connection refused', ...more })

const decide = (more: Partial<PassFacts>) =>
  decideOutcome({
    status: 'Failed',
    fault: null,
    carried: 0,
    failuresBefore: 0,
    endedBy: null,
    now: NOW,
    intervalMs: DAY,
    allowsIncremental: true,
    mostTransient: MOST_TRANSIENT,
    firstWaitMs: FIRST_WAIT_MS,
    causesBefore: [],
    random: 0.5,
    ...more,
  })

test('a synced mailbox comes again after the interval, and never where no incremental syncs are allowed', () => {
  assert.deepEqual(decide({ status: 'Synced' }), {
    result: 'Synced',
    outcome: { kind: 'synced', nextAt: new Date(NOW + DAY) },
    error: null,
  })
  assert.deepEqual(decide({ status: 'Synced', allowsIncremental: false }).outcome, { kind: 'synced', nextAt: null })
})

test('what an administrator ended is no failure, whatever broke meanwhile', () => {
  const decision = decide({ fault: fault(), endedBy: 'administrator' })
  assert.deepEqual(decision, { result: 'Stopped', outcome: { kind: 'ended' }, error: null })
})

test('a process that ends leaves its passes to come again at once, and counts nothing', () => {
  const decision = decide({ status: 'Stopped', endedBy: 'process' })
  assert.deepEqual(decision.outcome, { kind: 'again', at: new Date(NOW), counts: false })
  assert.equal(decision.result, 'Interrupted')
})

test('a fault that does not pass fails the user; a mailbox that was synced has its next round', () => {
  const decision = decide({ fault: fault({ transient: false, remedy: 'Correct the password' }) })
  assert.deepEqual(decision.outcome, { kind: 'failed', retryAt: new Date(NOW + DAY) })
  assert.deepEqual(decision.error, {
    code: 'CONNECTION',
    message: 'Connection refused.',
    remedy: 'Correct the password.',
  })
})

test('a passing fault waits 5 s, doubled each time, ±20 %, at most ten minutes', () => {
  const waits = [1, 2, 3, 7, 8, 59].map((failures) => backoffMs(failures, 0.5))
  assert.deepEqual(waits, [5_000, 10_000, 20_000, 320_000, 600_000, 600_000])
  assert.deepEqual([backoffMs(1, 0), backoffMs(1, 1)], [4_000, 6_000])
  const decision = decide({ fault: fault(), failuresBefore: 2 })
  assert.deepEqual(decision.outcome, { kind: 'again', at: new Date(NOW + 20_000), counts: true })
  assert.equal(decision.error?.message, 'Connection refused.', 'the error is shown meanwhile')
})

test('a wait that the server asked for is believed', () => {
  const decision = decide({ fault: fault({ waitMs: 7_777 }), failuresBefore: 9 })
  assert.deepEqual(decision.outcome, { kind: 'again', at: new Date(NOW + 7_777), counts: true })
})

test('a carried message begins the row anew', () => {
  const decision = decide({ fault: fault(), failuresBefore: MOST_TRANSIENT - 1, carried: 1 })
  assert.deepEqual(decision.outcome, { kind: 'again', at: new Date(NOW + 5_000), counts: true })
})

test('the sixtieth in a row fails the user, with the commonest cause and its count', () => {
  assert.equal(decide({ fault: fault(), failuresBefore: 58 }).outcome.kind, 'again')
  const times = (count: number, cause: string) => Array.from({ length: count }, () => cause)
  const remedy = 'Look at the server'
  const tried = (message: string, ...causesBefore: string[][]) =>
    decide({ fault: fault({ message, remedy }), failuresBefore: 59, causesBefore: causesBefore.flat() })
  const exception = tried('it is silent', times(40, 'It refuses.'), times(19, 'It is away.'))
  assert.equal(exception.outcome.kind, 'failed')
  assert.deepEqual(exception.error, {
    code: 'TOO_MANY_TRANSIENT_FAILURES',
    message: 'Tried 60 times without carrying a message. The commonest cause, 40 times: It refuses.',
    remedy: 'Look at the server. Then start the user again.',
  })
  const rule = tried('it is silent', times(20, 'It refuses.'), times(39, 'It is silent. Look at the server.'))
  assert.equal(
    rule.error?.message,
    'Tried 60 times without carrying a message. The commonest cause, 40 times: It is silent.',
  )
})

test('faults of our own side are waited out and never counted', () => {
  for (const ours of [
    fault({ code: 'LEASE_LOST' }),
    fault({ code: 'USER_ALREADY_BEING_MIGRATED', scope: 'mailbox', transient: false }),
    fault({ code: 'DATABASE_GONE', scope: 'instance' }),
  ]) {
    const { result, outcome } = decide({ fault: ours, failuresBefore: 59 })
    assert.equal(result, 'Interrupted')
    assert.deepEqual(outcome, { kind: 'again', at: new Date(NOW + 10_000), counts: false })
  }
  // Somebody has to make room on the disk, but the user did nothing wrong.
  const full = decide({ fault: fault({ code: 'DATABASE_FULL', scope: 'instance', transient: false }) })
  assert.deepEqual(full.outcome, { kind: 'again', at: new Date(NOW + 60_000), counts: false })
  assert.equal(full.result, 'Interrupted')
})
