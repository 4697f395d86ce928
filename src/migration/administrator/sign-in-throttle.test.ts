import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SignInThrottle } from './sign-in-throttle.ts'

function world() {
  const clock = { at: 1_000, monotonic: () => clock.at }
  const throttle = new SignInThrottle(clock)
  /** Pairs of network and account. */
  const known = new Set<string>()
  const attempt = (account: string, address: string | null) =>
    throttle.attempt(account, address, async (network) => known.has(`${network} ${account}`))
  const isLet = (attempted: Promise<unknown>) =>
    attempted.then(
      () => true,
      (thrown: { code: string; waitMs: number }) => {
        assert.equal(thrown.code, 'TOO_MANY_REQUESTS')
        assert.ok(thrown.waitMs > 0)
        return false
      },
    )
  /** How many attempts of so many wrong ones, which come at once, get through. */
  const fail = async (times: number, account: (at: number) => string, address: (at: number) => string | null) => {
    const all = Array.from({ length: times }, (_, at) => isLet(attempt(account(at), address(at))))
    return (await Promise.all(all)).filter(Boolean).length
  }
  return { clock, throttle, known, attempt, isLet, fail }
}

test('an account is guessed five times a minute, from however many networks, also when it is none of ours', async () => {
  const { fail } = world()
  assert.equal(
    await fail(
      1000,
      () => 'ann',
      (at) => `10.0.${at >> 8}.${at & 255}`,
    ),
    5,
  )
  assert.equal(
    await fail(
      1000,
      () => 'nobody',
      (at) => `10.1.${at >> 8}.${at & 255}`,
    ),
    5,
  )
})

test('a network guesses twenty times a minute, however many accounts it tries', async () => {
  const { fail } = world()
  assert.equal(
    await fail(
      1000,
      (at) => `user${at}`,
      () => '192.0.2.1',
    ),
    20,
  )
  assert.equal(
    await fail(
      1000,
      (at) => `more${at}`,
      (at) => `2001:db8::${at.toString(16)}`,
    ),
    20,
  )
})

test('an attempt that was right counts no longer', async () => {
  const { attempt, fail } = world()
  const first = await attempt('ann', '192.0.2.1')
  const ann = () => 'ann'
  const there = () => '192.0.2.1'
  assert.equal(await fail(3, ann, there), 3)
  first.succeeded()
  assert.equal(await fail(10, ann, there), 2)
})

test('from where somebody has signed in, guesses of others keep nobody out', async () => {
  const { known, attempt, fail } = world()
  known.add('192.0.2.1 ann')
  await fail(
    100,
    () => 'ann',
    () => '198.51.100.9',
  )
  // A neighbour behind the same address.
  await fail(
    100,
    (at) => `user${at}`,
    () => '192.0.2.1',
  )
  const right = await attempt('ann', '192.0.2.1')
  right.succeeded()
  await assert.rejects(attempt('ann', '203.0.113.5'), { code: 'TOO_MANY_REQUESTS' })
  await assert.rejects(attempt('bob', '192.0.2.1'), { code: 'TOO_MANY_REQUESTS' })
  // But there, too, only so often.
  assert.equal(
    await fail(
      100,
      () => 'ann',
      () => '192.0.2.1',
    ),
    5,
  )
})

test('whoever tries first passwords makes nobody wait elsewhere', async () => {
  const { throttle, isLet } = world()
  const first = (address: string) => isLet((async () => throttle.firstPassword(address))())
  const tried = await Promise.all(Array.from({ length: 100 }, () => first('198.51.100.9')))
  assert.equal(tried.filter(Boolean).length, 20)
  assert.equal(await first('192.0.2.1'), true)
})

test('a wait ends, and the next one is longer', async () => {
  const { clock, attempt, fail } = world()
  const wait = () =>
    attempt('ann', '192.0.2.1').then(
      () => 0,
      (thrown: { waitMs: number }) => thrown.waitMs,
    )
  const guess = () =>
    fail(
      5,
      () => 'ann',
      () => '192.0.2.1',
    )
  await guess()
  assert.equal(await wait(), 60_000)
  clock.at += 60_000
  await guess()
  assert.equal(await wait(), 120_000)
})

test('over the local socket nobody waits', async () => {
  const { fail } = world()
  assert.equal(
    await fail(
      1000,
      () => 'ann',
      () => null,
    ),
    1000,
  )
})
