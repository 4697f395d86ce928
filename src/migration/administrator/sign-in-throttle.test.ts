import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SignInThrottle } from './sign-in-throttle.ts'

function world() {
  const clock = { at: 1_000, monotonic: () => clock.at }
  const throttle = new SignInThrottle(clock)
  /** How many attempts of so many wrong ones get through. */
  const fail = (times: number, account: (at: number) => string, address: (at: number) => string | null) => {
    let through = 0
    for (let at = 0; at < times; at++) {
      try {
        throttle.attempt(account(at), address(at))
        through++
      } catch (thrown) {
        assert.equal((thrown as { code: string }).code, 'TOO_MANY_REQUESTS')
        assert.ok((thrown as { waitMs: number }).waitMs > 0)
      }
    }
    return through
  }
  return { clock, throttle, fail }
}

test('an account is guessed five times a minute, from however many networks, also when it is none of ours', () => {
  const { fail } = world()
  assert.equal(
    fail(
      1000,
      () => 'ann',
      (at) => `10.0.${at >> 8}.${at & 255}`,
    ),
    5,
  )
  assert.equal(
    fail(
      1000,
      () => 'nobody',
      (at) => `10.1.${at >> 8}.${at & 255}`,
    ),
    5,
  )
})

test('a network guesses twenty times a minute, however many accounts it tries', () => {
  const { fail } = world()
  assert.equal(
    fail(
      1000,
      (at) => `user${at}`,
      () => '192.0.2.1',
    ),
    20,
  )
  assert.equal(
    fail(
      1000,
      (at) => `more${at}`,
      (at) => `2001:db8::${at.toString(16)}`,
    ),
    20,
  )
})

test('attempts that come at once count before they are decided', () => {
  const { throttle, fail } = world()
  const first = throttle.attempt('ann', '192.0.2.1')
  assert.equal(
    fail(
      10,
      () => 'ann',
      () => '192.0.2.1',
    ),
    4,
  )
  first.succeeded()
})

test('from where somebody has signed in, guesses of others keep nobody out', () => {
  const { throttle, fail } = world()
  throttle.attempt('ann', '192.0.2.1').succeeded()
  fail(
    100,
    () => 'ann',
    () => '198.51.100.9',
  )
  // A neighbour behind the same address.
  fail(
    100,
    (at) => `user${at}`,
    () => '192.0.2.1',
  )
  throttle.attempt('ann', '192.0.2.1').succeeded()
  assert.throws(() => throttle.attempt('ann', '203.0.113.5'), { code: 'TOO_MANY_REQUESTS' })
  assert.throws(() => throttle.attempt('bob', '192.0.2.1'), { code: 'TOO_MANY_REQUESTS' })
  // But there, too, only so often.
  assert.equal(
    fail(
      100,
      () => 'ann',
      () => '192.0.2.1',
    ),
    5,
  )
})

test('a wait ends, and the next one is longer', () => {
  const { clock, throttle, fail } = world()
  const wait = () => {
    try {
      throttle.attempt('ann', '192.0.2.1')
      return 0
    } catch (thrown) {
      return (thrown as { waitMs: number }).waitMs
    }
  }
  fail(
    5,
    () => 'ann',
    () => '192.0.2.1',
  )
  assert.equal(wait(), 60_000)
  clock.at += 60_000
  fail(
    5,
    () => 'ann',
    () => '192.0.2.1',
  )
  assert.equal(wait(), 120_000)
})

test('over the local socket nobody waits', () => {
  const { fail } = world()
  assert.equal(
    fail(
      1000,
      () => 'ann',
      () => null,
    ),
    1000,
  )
})
