/** The dashboard after a migration of real mailboxes: its numbers are those of what was carried, and each leads to its rows. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { noChromium } from '#test/servers/chromium.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { PASSWORD as MAIL_PASSWORD, everydayMailbox } from '#test/service/world.ts'
import { fill } from '#test/worlds/fill.ts'
import { type Center, type Visitor, startCenter } from './center.ts'
import { signIn } from './gestures.ts'

const skip = noChromium() || dovecotMissing()
const USERS = ['amy', 'bob']
const MESSAGES = 30
let center: Center
let source: DovecotServer

before(async () => {
  if (skip) return
  source = await startDovecot({ users: Object.fromEntries(USERS.map((user) => [user, MAIL_PASSWORD])) })
  for (const [index, user] of USERS.entries())
    await fill(
      { host: '127.0.0.1', port: source.port, user, password: MAIL_PASSWORD },
      everydayMailbox(index * 10, MESSAGES),
    )
  center = await startCenter('dashboard', { concurrency: 2 })
})
after(async () => {
  await center?.[Symbol.asyncDispose]()
  await source?.[Symbol.asyncDispose]()
})

const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const cells = async (page: Page, table: string, row: RegExp) =>
  await page
    .getByRole('table', { name: table, exact: true })
    .getByRole('row', { name: row })
    .getByRole('cell')
    .allTextContents()

test(
  'it says what will be there, then what was carried, what failed and how long it took',
  { skip, timeout: 240_000 },
  async () => {
    const { served } = center
    await makeAdministrator(served, 'vera', ['ViewOnly'])
    const visitor: Visitor = await center.visitor()
    const { page } = visitor
    await page.goto(center.url)
    await signIn(page, 'vera', PASSWORD)
    await page.getByRole('link', { name: 'Dashboard' }).click()
    await page.getByRole('heading', { name: 'Dashboard', level: 1 }).waitFor()
    await page.getByText('No batch runs now.').waitFor()
    await page.getByText('No mailbox has failed.').waitFor()
    await page.getByText('Nothing was carried in this time.').waitFor()
    await visitor.isAccessible('empty dashboard')

    // One batch goes well, the other has a wrong password. The page is looked at meanwhile, and nobody reloads it.
    await served.newEndpoint('Old', source)
    const wave = async (name: string, rows: readonly string[]) => {
      const csvFile = await served.upload(['EmailAddress,UserName,Password', ...rows, ''].join('\r\n'))
      await served.must('POST', '/batches', { name, sourceEndpoint: 'Old', csvFile, autoStart: true })
    }
    await wave('Good', [`amy@contoso.example,amy,${MAIL_PASSWORD}`, `bob@contoso.example,bob,${MAIL_PASSWORD}`])
    await wave('Bad', ['eve@contoso.example,eve,wrong'])
    await Promise.all([served.reaches('Good', 'Synced'), served.reaches('Bad', 'Failed')])
    const { bytesTransferred } = await served.batch('Good')
    const queue = page.getByRole('table', { name: 'Queue and slots' })
    await queue.getByRole('row', { name: /Old Initial 0 .*0 of 20/ }).waitFor()

    // What was carried.
    const sums = page.getByRole('table', { name: 'By endpoint' })
    await sums.getByRole('row', { name: `Old ${USERS.length * MESSAGES} ` }).waitFor()
    const size = (await cells(page, 'By endpoint', /^Old/))[2]!
    assert.equal(
      size,
      new Intl.NumberFormat('en-GB', { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 }).format(
        bytesTransferred / 1000,
      ),
    )
    await part(page, 'Throughput').getByRole('img').or(part(page, 'Throughput').locator('svg[role]')).first().waitFor()
    await part(page, 'Throughput').getByText('As a table').click()
    const steps = page.getByRole('table', { name: 'Throughput' }).getByRole('row')
    const carried = (await steps.allTextContents()).slice(1).map((text) => text)
    assert.ok(carried.length >= 1, carried.join())
    await page.getByLabel('Period').selectOption({ label: 'Last hour' })
    await page.getByText('In steps of 1 minute.').waitFor()
    await page.getByLabel('Measure').selectOption({ label: 'Bytes per second' })
    await page.waitForURL(/range=hour&measure=bytes/)
    await part(page, 'Run time by start hour').getByText('As a table').click()
    const run = await cells(page, 'Run time by start hour', /^Good/)
    assert.deepEqual([run[3], run[4]], ['2', String(USERS.length * MESSAGES)])
    await visitor.isAccessible('dashboard')

    // The number leads to the mailbox that failed, and to no other.
    await page.getByRole('link', { name: '1 mailbox failed: AUTH_REFUSED' }).click()
    await page.getByRole('heading', { name: 'Users', level: 1 }).waitFor()
    await page.getByText('eve@contoso.example').waitFor()
    assert.equal(await page.getByText('amy@contoso.example').count(), 0)
    await page.goBack()
    await part(page, 'Failures by cause').getByRole('link', { name: 'Bad' }).click()
    await page.getByRole('heading', { name: 'Bad' }).waitFor()
    await page.getByRole('link', { name: 'eve@contoso.example' }).waitFor()
    await page.goBack()

    // A batch that took next to no time beside a long one: the axis tells of none that took less than none.
    await page.route('**/api/v1/dashboard*', async (route) => {
      const answer = await route.fetch()
      const figures = (await answer.json()) as { runTimes: object[] }
      const runTimes = ['00:00:00', '00:50:00'].map((duration) => ({
        ...figures.runTimes[0],
        duration,
        batchGuid: randomUUID(),
      }))
      await route.fulfill({ response: answer, json: { ...figures, runTimes } })
    })
    await page.reload()
    const axis = part(page, 'Run time by start hour').locator('svg text')
    await axis.filter({ hasText: /^0$/ }).first().waitFor()
    assert.deepEqual(
      (await axis.allTextContents()).filter((text) => /^[-−]/.test(text)),
      [],
    )
    await page.unrouteAll()

    // In French, in the dark, on a telephone.
    const other = await center.visitor({
      width: 360,
      height: 740,
      scheme: 'dark',
      locale: 'fr-FR',
      state: await visitor.context.storageState(),
    })
    await other.page.goto(`${center.url}/dashboard`)
    await other.page.getByRole('heading', { name: 'Tableau de bord' }).waitFor()
    await other.page.getByRole('table', { name: 'Par point de terminaison' }).waitFor()
    await other.isAccessible('dashboard, dark and narrow')
    assert.equal(await other.page.evaluate('document.documentElement.scrollWidth'), 360)
    other.isClean()
    visitor.isClean()
  },
)
