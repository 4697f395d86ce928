/** 200 runs killed at random moments: `npm run test:crash`; SEED=… repeats, KILLS=… does more. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { RandomKills, seedOfRun } from './random.ts'
import { CrashWorld, targetKinds } from './world.ts'

const skip = dovecotMissing()
const seed = seedOfRun()
const kills = Number(process.env['KILLS'] ?? 200)
let world: CrashWorld
let random: RandomKills
before(async () => {
  if (skip) return
  console.log(`random kills: SEED=${seed}`)
  world = await CrashWorld.start({ kinds: targetKinds, seed })
  random = new RandomKills(world, seed)
})
after(() => world?.[Symbol.asyncDispose]())

test(`${kills} runs killed at random moments, SEED=${seed}`, { skip }, async (t) => {
  let killed = 0
  for (let i = 0; killed < kills; i++) {
    assert.ok(i < kills * 2, 'most runs ended before they were killed')
    const kind = targetKinds[i % targetKinds.length]!
    await t.test(`${i}: ${kind}`, async () => {
      killed += (await random.one(kind)).killed
    })
  }
})

test('the source was never changed', { skip }, () => world.assertSourceUntouched())
