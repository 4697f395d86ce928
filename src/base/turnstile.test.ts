import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Turnstile } from './turnstile.ts'

test('first come, first served: a small one does not overtake a large one', async () => {
  const gate = new Turnstile(10)
  await gate.take(8)
  const order: string[] = []
  const large = gate.take(6).then(() => order.push('large'))
  const small = gate.take(1).then(() => order.push('small'))
  gate.give(8)
  await Promise.all([large, small])
  assert.deepEqual(order, ['large', 'small'])
  assert.equal(gate.free, 3)
})

test('one larger than the whole gate passes alone', async () => {
  const gate = new Turnstile(10)
  await gate.take(25)
  let passed = false
  const next = gate.take(1).then(() => (passed = true))
  await Promise.resolve()
  assert.equal(passed, false)
  gate.give(25)
  await next
  assert.equal(gate.free, 9)
})

test('who leaves the queue does not hold up those behind', async () => {
  const gate = new Turnstile(2)
  await gate.take(1)
  const leaving = new AbortController()
  const large = gate.take(2, leaving.signal)
  const small = gate.take(1)
  leaving.abort(new Error('left'))
  await assert.rejects(large, /left/)
  await small
  assert.equal(gate.free, 0)
})
