/** Signed out, or with a role that only looks on, nothing can be changed: every address of the admin center is walked. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type PathName, SCOPE_OF_PATH } from '../../web/src/paths.ts'
import { noChromium } from '#test/servers/chromium.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { addressOf, NAMES } from './addresses.ts'
import { type Center, type Visitor, startCenter } from './center.ts'
import { signIn } from './gestures.ts'

const skip = noChromium()
/** Here one changes what is one's own, whatever one's role. */
const OWN: readonly PathName[] = ['account', 'password']
const MAY_NOT = 'Your role may not open this page'

let center: Center
/** What there is, by the names of the parameters of paths.ts: pages of what is not there would show too little. */
const there: Record<string, string> = {
  administrator: 'ann',
  batch: 'Wave',
  user: 'amy@contoso.example',
  endpoint: 'Old',
  database: 'Local',
  page: 'migration',
  report: 'Wave',
  // Who may open it is asked first, whether there is one or not.
  entry: 'any',
}

before(async () => {
  if (skip) return
  center = await startCenter('view-only')
  const { served } = center
  const endpoint = { name: 'Old', remoteServer: 'imap.old.example', skipVerification: true }
  await served.must('POST', '/endpoints', endpoint)
  const csvFile = await served.upload('EmailAddress,UserName,Password\r\namy@contoso.example,amy,x\r\nnobody,bob,x\r\n')
  await served.must('POST', '/batches', { name: 'Wave', sourceEndpoint: 'Old', csvFile, autoStart: true })
  for (const [userName, role] of [
    ['ann', 'OrganizationManagement'],
    ['mia', 'Migration'],
    ['vera', 'ViewOnly'],
  ] as const)
    await makeAdministrator(served, userName, [role])
})
after(() => center?.[Symbol.asyncDispose]())

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.locator('#content h1, #content h2').first().waitFor()
  await page.locator('#content .fui-Spinner').first().waitFor({ state: 'detached' })
}

/** What one types, drops or chooses to change something, and commands that are there and disabled. */
const WAYS = [
  'form',
  'button[type=submit]',
  'button[aria-disabled=true]',
  'input[type=file]',
  'input[type=password]',
  'textarea',
]
  .map((one) => `#content ${one}`)
  .join()
const PRESSED = '#content :is(button:not(:disabled), input:is([type=checkbox], [type=radio])), [role=menuitem]'
const ASKS = '[role=alertdialog], [role=dialog] :is(form, button[type=submit])'

async function waysToChange(page: Page): Promise<string[]> {
  const found = await page
    .locator(`${WAYS}, ${ASKS}`)
    .evaluateAll((all) => all.map((one) => one.outerHTML.slice(0, 200)))
  return (await page.getByRole('heading', { name: MAY_NOT }).count()) > 0 ? [MAY_NOT] : found
}

/** What the page shows, and what it shows when its buttons are pressed, one after the other, menus opened. */
async function walk(page: Page, address: string): Promise<string[]> {
  await open(page, address)
  const found = await waysToChange(page)
  const start = new URL(page.url()).pathname
  const count = await page.locator(PRESSED).count()
  for (let at = 0; at < count && found.length === 0; at++) {
    await page.locator(PRESSED).nth(at).click({ force: true })
    if ((await page.locator('[role=menuitem]').count()) > 0)
      for (const item of await page.locator('[role=menuitem]').all()) await item.click({ force: true, timeout: 2_000 })
    found.push(...(await waysToChange(page)).map((way) => `button ${at}: ${way}`))
    if (new URL(page.url()).pathname !== start || (await page.locator('[role=dialog]').count()) > 0)
      await open(page, address)
  }
  return found
}

/** Signed in as. */
async function person(userName: string): Promise<Visitor & { readonly changing: readonly string[] }> {
  const visitor = await center.visitor()
  const { page } = visitor
  await page.goto(center.url)
  await signIn(page, userName, PASSWORD)
  await page.getByRole('heading', { name: 'Migration batches' }).waitFor()
  const changing = changingRequests(page)
  return { ...visitor, changing }
}

function changingRequests(page: Page): readonly string[] {
  const asked: string[] = []
  page.on('request', (request) => request.method() !== 'GET' && asked.push(`${request.method()} ${request.url()}`))
  return asked
}

test(
  'with the role ViewOnly no address of the admin center shows anything that changes something, or asks for a change',
  { skip, timeout: 400_000 },
  async () => {
    const { page, changing, isClean } = await person('vera')
    for (const name of NAMES.filter((one) => !OWN.includes(one))) {
      if (SCOPE_OF_PATH[name] === 'view')
        assert.deepEqual(await walk(page, center.url + addressOf(name, there)), [], name)
      else await isRefused(page, name)
    }
    assert.deepEqual(changing, [])
    isClean()
  },
)

test(
  'what the role Migration may not open says so; the walk sees the commands of those who have some',
  { skip, timeout: 200_000 },
  async () => {
    const { page, changing } = await person('mia')
    for (const name of NAMES) if (SCOPE_OF_PATH[name] === 'organization') await isRefused(page, name)
    for (const name of ['batches', 'batch', 'newBatch'] as const) {
      await open(page, center.url + addressOf(name, there))
      const buttons = await page.locator('#content').getByRole('button').count()
      assert.ok((await waysToChange(page)).length > 0 && buttons > 0, name)
    }
    assert.deepEqual(changing, [])
  },
)

async function isRefused(page: Page, name: PathName): Promise<void> {
  await open(page, center.url + addressOf(name, there))
  await page.getByRole('heading', { name: MAY_NOT }).waitFor()
  assert.equal(await page.locator('#content :is(button, input, form)').count(), 0, name)
}

test('signed out, every address shows the sign-in and nothing else', { skip, timeout: 200_000 }, async () => {
  const visitor = await center.visitor()
  const { page } = visitor
  const changing = changingRequests(page)
  for (const name of NAMES) {
    await page.goto(center.url + addressOf(name, there))
    await page.getByRole('heading', { name: 'Sign in', level: 1 }).waitFor()
    assert.deepEqual(await page.getByRole('button').allTextContents(), ['Sign in', 'Français'], name)
    assert.equal(await page.locator('#content').count(), 0, name)
  }
  assert.deepEqual(changing, [])
  visitor.isClean()
})
