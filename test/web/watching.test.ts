/** A page that somebody leaves open on a batch that runs holds on to nothing of what it has shown. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { silentLog } from '#base/log.ts'
import type { MigrationUser } from '#contract/user.ts'
import { openStore } from '#store/open.ts'
import { until } from '#test/crash/until.ts'
import { noChromium } from '#test/servers/chromium.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { seedBatches } from '#test/service/many-users.ts'
import { type Center, startCenter } from './center.ts'
import { signIn } from './gestures.ts'

const skip = noChromium()
let center: Center

before(async () => {
  if (skip) return
  center = await startCenter('watching', {
    async prepare(dataFolder) {
      await using store = await openStore({ dataFolder, log: silentLog })
      await seedBatches(store.pool, [{ name: 'Run', users: 200, state: 'Mixed' }])
    },
  })
})
after(() => center?.[Symbol.asyncDispose]())

/** Looks before the first measure, in which caches fill, and those until the second one. */
const FIRST = 40
const MORE = 120

test('its heap, nodes and listeners do not grow in a hundred looks', { skip, timeout: 300_000 }, async () => {
  await makeAdministrator(center.served, 'ann', ['Migration'])
  const visitor = await center.visitor()
  const { page } = visitor
  await page.clock.install()
  // Every look finds something new, as while mail is carried; what is sorted by is left as it is.
  let looks = 0
  await page.route(/\/api\/v1\/users\?/, async (route) => {
    const response = await route.fetch()
    const body = (await response.json()) as { items: MigrationUser[] }
    looks++
    for (const user of body.items) user.skippedItemCount = 1_000_000_000 + looks
    await route.fulfill({ response, json: body })
  })
  await page.goto(`${center.url}/migration/batches/Run`)
  await signIn(page, 'ann', PASSWORD)
  const row = page.locator('table[aria-label="Users report"] > tbody > tr').first()
  await row.waitFor()

  const look = async () => {
    const before_ = looks
    // It looks by itself after 2.5 s while something runs.
    await page.clock.runFor(3_000)
    await until('what it found is shown', async () => {
      const shown = /1,000,(\d{3},\d{3})/.exec((await row.textContent()) ?? '')?.[1]
      return Number(`${shown}`.replace(',', '')) > before_
    })
  }
  const held: Held[] = []
  for (const count of [FIRST, MORE]) {
    for (let time = 0; time < count; time++) await look()
    held.push(await heldBy(page))
  }
  const [first, last] = held as [Held, Held]
  const told = JSON.stringify(held)
  assert.ok(looks >= FIRST + MORE, told)
  assert.ok(last.heap < first.heap * 1.1, told)
  assert.ok(last.nodes < first.nodes * 1.1, told)
  assert.ok(last.listeners < first.listeners * 1.1 + 50, told)
  visitor.isClean()
})

interface Held {
  readonly heap: number
  readonly nodes: number
  readonly listeners: number
}

/** After two collections: what the first one makes unreachable goes with the second. */
async function heldBy(page: Page): Promise<Held> {
  const cdp = await page.context().newCDPSession(page)
  for (let time = 0; time < 2; time++) await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters')
  await cdp.detach()
  return { heap: usedSize, nodes, listeners: jsEventListeners }
}
