import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failures, networkOf } from './failures.ts'

const MINUTE = 60_000

function table(allowed = 2, longestMs = 8 * MINUTE) {
  const clock = { at: 1_000, monotonic: () => clock.at }
  return { clock, failures: new Failures({ allowed, windowMs: MINUTE, longestMs }, clock) }
}

/** Fails until it has to wait, and answers how long. */
function fill(failures: Failures, key: string): number {
  let tries = 0
  for (; failures.waitMs(key) === 0; tries++) failures.failed(key)
  assert.equal(tries, 2)
  return failures.waitMs(key)
}

test('the wait doubles each time that somebody goes on, up to the longest', () => {
  const { clock, failures } = table()
  const waits: number[] = []
  for (let at = 0; at < 6; at++) {
    waits.push(fill(failures, 'a') / MINUTE)
    clock.at += failures.waitMs('a')
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 8, 8])
  assert.equal(failures.waitMs('b'), 0)
})

test('who gives it a rest as long as the wait begins anew', () => {
  const { clock, failures } = table()
  fill(failures, 'a')
  clock.at += MINUTE
  assert.equal(fill(failures, 'a'), 2 * MINUTE)
  clock.at += 4 * MINUTE
  assert.equal(fill(failures, 'a'), MINUTE)
})

test('a few failures are forgotten with their window', () => {
  const { clock, failures } = table()
  failures.failed('a')
  clock.at += MINUTE
  failures.failed('a')
  assert.equal(failures.waitMs('a'), 0)
})

test('what was forgiven does not count', () => {
  const { failures } = table()
  for (let at = 0; at < 10; at++) {
    failures.failed('a')
    failures.forgive('a')
  }
  assert.equal(failures.waitMs('a'), 0)
  failures.forgive('b')
  failures.failed('a')
  failures.failed('a')
  assert.equal(failures.waitMs('a'), MINUTE)
})

test('any number of keys costs a bounded table', () => {
  const { failures } = table()
  for (let at = 0; at < 20_000; at++) failures.failed(String(at))
  assert.equal(failures.size, 10_000)
})

test('a network of IPv6 is one caller, an address of IPv4 another one', () => {
  const of = (address: string) => networkOf(address)
  assert.equal(of('2001:db8::5'), of('2001:db8:0:0:1:2:3:4'))
  assert.notEqual(of('2001:db8::5'), of('2001:db8:0:1::5'))
  assert.notEqual(of('::ffff:192.0.2.1'), of('::ffff:192.0.2.2'))
})
