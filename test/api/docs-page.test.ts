/** The API's page: all of it comes from the service, and it tells only who may look. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { ROUTES } from '#contract/routes/all.ts'
import { launchChromium, noChromium } from '#test/servers/chromium.ts'
import { ask, temporaryFolder, world } from './api-world.ts'

const docs = '/api/v1/docs'

test('the page names its files by what is in them; each comes with its type, to be kept, and nothing else is there', async (t) => {
  const { url, called } = await world(t)
  const page = await ask(url + docs)
  assert.deepEqual([page.status, page.headers['content-type']], [200, 'text/html; charset=utf-8'])
  assert.equal(page.headers['cache-control'], 'no-store')
  const policy = String(page.headers['content-security-policy'])
  assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/)
  assert.doesNotMatch(policy, /unsafe|https?:|\*/)
  const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!)
  assert.equal(files.length, 5)
  for (const file of files) {
    assert.match(file, /^docs\/[\w-]+\.[0-9a-f]{16}\.(?:css|js|png)$/)
    const asset = await ask(`${url}/api/v1/${file}`)
    assert.equal(asset.status, 200, file)
    const type = { css: /^text\/css/, js: /^text\/javascript/, png: /^image\/png/ }[file.split('.').at(-1)!]!
    assert.match(asset.headers['content-type'] ?? '', type)
    assert.equal(asset.headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.equal(asset.headers['x-content-type-options'], 'nosniff')
  }
  for (const none of ['page.js', 'page.html', '..%2fdocs-page.ts', 'swagger-ui.css.map']) {
    assert.equal((await ask(`${url}${docs}/${none}`)).status, 404, none)
  }
  assert.deepEqual(called, [])
})

test('a slash too much leads to the page', async (t) => {
  const { url } = await world(t)
  const answer = await ask(`${url}${docs}/`)
  assert.equal(answer.status, 308)
  assert.equal(new URL(String(answer.headers['location']), `${url}${docs}/`).href, url + docs)
})

test('without a sign-in the page tells nothing of the service: the document is for who may look', async (t) => {
  const { url } = await world(t)
  const page = await ask(url + docs)
  assert.doesNotMatch(page.text, /1\.2\.3|batch|endpoint/i)
  assert.equal((await ask(`${url}/api/v1/openapi.json`)).status, 401)
})

test('over the socket the page is there, too', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  await world(t, {}, { socketPath, listen: null })
  assert.equal((await ask(`http://waybill${docs}`, { socketPath })).status, 200)
})

test(
  'in a browser: a token shows every operation and tries one out; no request leaves the service, and no policy is broken',
  { skip: noChromium(), timeout: 120_000 },
  async (t) => {
    const config = {
      identity: 'Config',
      maxNumberOfBatches: 42,
      maxConcurrentMigrations: 1,
      features: [],
      incrementalSyncInterval: '1.00:00:00',
      adminAuditLogAgeLimit: '90.00:00:00',
    }
    const { url, called } = await world(t, { getConfig: async () => config })
    const browser = await launchChromium(temporaryFolder(t))
    t.after(() => browser.close())
    const page = await browser.newPage()
    const [requests, said]: [string[], string[]] = [[], []]
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (thrown) => said.push(`thrown: ${thrown.message}`))
    await page.goto(url + docs)

    const give = async (token: string) => {
      await page.locator('#token').fill(token)
      await page.locator('#sign-in button').click()
    }
    await give('wb_wrong')
    await page.locator('#why', { hasText: 'not known' }).waitFor()
    await give('wb_view')
    const operations = page.locator('.opblock-summary-path')
    await operations.nth(Object.keys(ROUTES).length - 1).waitFor()
    assert.equal(await operations.count(), Object.keys(ROUTES).length)

    const getConfig = page.locator('#operations-config-getConfig')
    await getConfig.locator('button').first().click()
    await getConfig.locator('.try-out__btn').click()
    await getConfig.locator('.execute').click()
    await page.locator('.live-responses-table', { hasText: /maxNumberOfBatches[^0-9]+42/ }).waitFor()
    assert.deepEqual(
      called.map(({ name, call }) => [name, call.principal.name]),
      [['getConfig', 'view']],
    )

    // The token is nowhere but in the page's memory.
    assert.doesNotMatch(await page.content(), /wb_view/)
    const stored = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])')
    assert.equal(stored, '[{},{},""]')
    const kept = process.env['KEEP_SCREENSHOT']
    if (kept !== undefined) writeFileSync(kept, await page.screenshot({ fullPage: true }))

    const outside = requests.filter((request) => !request.startsWith(`${url}/`) && !request.startsWith('data:'))
    assert.deepEqual(outside, [])
    assert.deepEqual(
      said.filter((line) => !/status of 401/.test(line)),
      [],
    )
  },
)
