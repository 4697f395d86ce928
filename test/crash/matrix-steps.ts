/** kill -9 at every step of the protocol, on every kind of target: `npm run test:crash`. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { crashCases, named, runCase, uncovered } from './cases.ts'
import { CrashWorld, targetKinds } from './world.ts'

const skip = dovecotMissing()
let world: CrashWorld
before(async () => {
  if (!skip) world = await CrashWorld.start({ kinds: targetKinds })
})
after(() => world?.[Symbol.asyncDispose]())

test('no step of the protocol is left out', () => {
  assert.deepEqual(uncovered(), [])
})

for (const one of crashCases) {
  for (const kind of one.kinds) {
    test(`${kind}: killed at ${named(one)}, the same command completes it`, { skip }, () => runCase(world, kind, one))
  }
}

test('the source was never changed', { skip }, () => world.assertSourceUntouched())
