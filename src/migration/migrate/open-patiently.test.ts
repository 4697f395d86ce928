import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#base/fault.ts'
import { openPatiently } from './open-patiently.ts'

const fault = (code: string, transient: boolean, waitMs?: number) =>
  new Fault({ code, scope: 'endpoint', transient, message: `${code}.`, ...(waitMs === undefined ? {} : { waitMs }) })

function world(faults: Fault[]) {
  const waits: number[] = []
  const notes: string[] = []
  const clock = { now: () => 0, monotonic: () => 0, sleep: (ms: number) => (waits.push(ms), Promise.resolve()) }
  const patience = {
    clock,
    retryMs: 1000,
    stopping: new AbortController().signal,
    note: (text: string) => notes.push(text),
  }
  const open = () => {
    const next = faults.shift()
    return next ? Promise.reject(next) : Promise.resolve('open')
  }
  return { waits, notes, run: () => openPatiently(open, patience) }
}

test('a server that is not there is told after three attempts', async () => {
  const { waits, run } = world(Array.from({ length: 9 }, () => fault('CONNECT_REFUSED', true)))
  await assert.rejects(run, { code: 'CONNECT_REFUSED' })
  assert.equal(waits.length, 2)
})

test('a server at its limit is waited for, as long as it says', async () => {
  const { waits, notes, run } = world([
    fault('THROTTLED', true, 299_961),
    ...Array.from({ length: 5 }, () => fault('TOO_MANY_CONNECTIONS', true)),
  ])
  assert.equal(await run(), 'open')
  assert.equal(waits[0], 299_961)
  assert.equal(waits.length, 6)
  assert.equal(notes.length, 6)
})

test('a wrong password is told at once', async () => {
  const { waits, run } = world([fault('AUTH_REFUSED', false)])
  await assert.rejects(run, { code: 'AUTH_REFUSED' })
  assert.equal(waits.length, 0)
})
