/** A sample of `npm run test:crash`: every step of the protocol once, the kinds of target taking turns; 5 random kills. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { completedCase, crashCases, named, uncovered } from './cases.ts'
import { killedInAudit } from './late-landing.ts'
import { RandomKills, seedOfRun } from './random.ts'
import { CrashWorld, type CrashUser, targetKinds } from './world.ts'

const skip = dovecotMissing()
const seed = seedOfRun()
let world: CrashWorld
before(async () => {
  if (skip) return
  world = await CrashWorld.start({ kinds: targetKinds, seed })
  await world.share()
})
after(() => world?.[Symbol.asyncDispose]())

test('no step of the protocol is left out', () => {
  assert.deepEqual(uncovered(), [])
})

const completed: CrashUser[] = []
const once = [...Map.groupBy(crashCases, ({ point }) => point).values()]
for (const [index, cases] of once.entries()) {
  // A later passage where there is one: by the first, little has happened.
  const one = cases.at(-1)!
  const kind = one.kinds[index % one.kinds.length]!
  test(`${kind}: killed at ${named(one)}, the same command completes it`, { skip }, async () => {
    completed.push(await completedCase(world, kind, one))
  })
}

test('one more run of each of them appends nothing', { skip }, async () => {
  assert.ok(completed.length > 0)
  await world.assertDoneAll(completed)
})

test('killed twice while the audit removes late copies', { skip }, () => killedInAudit(world, 'imap'))

// As the matrix does it: the command from its start to its end, and its own database falls with it.
test(`5 runs killed at random moments, SEED=${seed}`, { skip }, async () => {
  await world.alone()
  const random = new RandomKills(world, seed)
  const kinds = ['imap', 'maildir'] as const
  let killed = 0
  for (let i = 0; killed < 5; i++) {
    assert.ok(i < 15, 'most runs ended before they were killed')
    killed += (await random.one(kinds[i % kinds.length]!)).killed
  }
})

test('the source was never changed', { skip }, () => world.assertSourceUntouched())
