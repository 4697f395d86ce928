/** Migration > Batches, as administrators work with it day by day: found, edited, commanded, several at once, watched. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { MigrationReport } from '#contract/organization.ts'
import { until } from '#test/crash/until.ts'
import { noChromium } from '#test/servers/chromium.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { PASSWORD as MAIL_PASSWORD, everydayMailbox } from '#test/service/world.ts'
import { fill } from '#test/worlds/fill.ts'
import { type Center, type Visitor, type VisitorOptions, startCenter } from './center.ts'
import { csvFile, signIn } from './gestures.ts'

const skip = noChromium() || dovecotMissing()
const timeout = 300_000
const WAVES = ['Wave A', 'Wave B', 'Wave C', 'Wave D']
let center: Center
let source: DovecotServer

before(async () => {
  if (skip) return
  const users = ['amy', 'bob', 'cid', 'dora']
  source = await startDovecot({ users: Object.fromEntries(users.map((user) => [user, MAIL_PASSWORD])) })
  for (const [index, user] of users.entries())
    await fill({ host: '127.0.0.1', port: source.port, user, password: MAIL_PASSWORD }, everydayMailbox(index, 10))
  center = await startCenter('batches', { concurrency: 2 })
  const { served } = center
  for (const userName of ['ann', 'ben']) await makeAdministrator(served, userName, ['OrganizationManagement'])
  await served.newEndpoint('Old', source)
  await served.newEndpoint('Older', source)
  await newBatch('Lyon', ['amy', 'nil'], { autoStart: true })
  for (const [index, name] of WAVES.entries())
    await newBatch(name, [['bob', 'cid', 'dora', 'eve'][index]!], { sourceEndpoint: 'Older' })
  await served.reaches('Lyon', 'SyncedWithErrors')
})
after(async () => {
  await center?.[Symbol.asyncDispose]()
  await source?.[Symbol.asyncDispose]()
})

async function newBatch(name: string, users: readonly string[], more: object = {}): Promise<void> {
  const domain = name.toLowerCase().replace(' ', '')
  const rows = users.map((user) => `${user}@${domain}.example,${user},${user === 'nil' ? 'wrong' : MAIL_PASSWORD}`)
  const file = await center.served.upload(csvFile('x.csv', rows).buffer.toString())
  await center.served.must('POST', '/batches', { name, sourceEndpoint: 'Old', csvFile: file, ...more })
}

async function person(userName: string, options: VisitorOptions = {}): Promise<Visitor> {
  const visitor = await center.visitor(options)
  await visitor.page.goto(`${center.url}/migration/batches`)
  await signIn(visitor.page, userName, PASSWORD)
  await visitor.page.getByRole('link', { name: 'Lyon' }).waitFor()
  return visitor
}

/** As they stand one below the other. */
const names = (page: Page): Promise<string[]> =>
  page.getByRole('table', { name: 'Migration batches' }).locator('tbody a').allTextContents()
const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent')
const shows = (page: Page, wanted: readonly string[]) =>
  until(`the list shows ${wanted.join(', ')}`, async () => JSON.stringify(await names(page)) === JSON.stringify(wanted))

test(
  'filters stand in the address and survive a reload; where nothing matches they are cleared',
  { skip, timeout },
  async () => {
    const visitor = await person('ann')
    const { page } = visitor
    const all = page.getByRole('region', { name: 'Status for all batches' })
    await all.getByRole('link', { name: /^Total mailboxes: 6,/ }).waitFor()
    await all.getByRole('link', { name: /^Failed mailboxes: 1,/ }).click()
    await page.waitForURL(/\?sort=-failedCount$/)
    assert.equal((await names(page))[0], 'Lyon')
    await all.getByRole('link', { name: 'Created 4' }).click()
    await page.waitForURL(/\?status=Created$/)
    await shows(page, WAVES)
    await page.getByLabel('Endpoint', { exact: true }).selectOption('Old')
    await page.getByText('No batch matches the filters.').waitFor()
    assert.match(page.url(), /status=Created&endpoint=Old$/)
    await visitor.isAccessible('nothing found')
    await page.getByLabel('Endpoint', { exact: true }).selectOption('Older')
    await shows(page, WAVES)
    await page.reload()
    await shows(page, WAVES)
    assert.equal(await page.getByLabel('Status', { exact: true }).inputValue(), 'Created')
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('B')
    await shows(page, ['Wave B'])
    // What is open is commanded, on whatever page of the list it stands.
    await page.goto(`${center.url}/migration/batches/Lyon?status=Created`)
    await page.getByText('Lyon is not among these.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Pause' }).getAttribute('aria-disabled'), null)
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await shows(page, ['Lyon', ...WAVES])
    visitor.isClean()
  },
)

test(
  'two who edit one batch do not undo each other; a running batch keeps its endpoint, and says why',
  { skip, timeout },
  async () => {
    const [ann, ben] = [await person('ann'), await person('ben')]
    const open = async ({ page }: Visitor, batch: string) => {
      await page.goto(`${center.url}/migration/batches/${encodeURIComponent(batch)}`)
      await page.getByRole('button', { name: 'Edit' }).click()
      const form = page.getByRole('dialog', { name: `Edit ${batch}` })
      await form.getByLabel('Reports go to (optional)').waitFor()
      return form
    }
    const [hers, his] = [await open(ann, 'Wave A'), await open(ben, 'Wave A')]
    await ann.isAccessible('edit')
    assert.equal(await his.getByRole('button', { name: 'Save' }).isEnabled(), false)
    await his.getByLabel('Reports go to (optional)').fill('ben@contoso.example')
    await his.getByLabel('Migration endpoint').selectOption('Old')
    await his.getByRole('button', { name: 'Save' }).click()
    await his.waitFor({ state: 'detached' })
    await hers.getByLabel('More folders to leave out (optional)').fill('Attic')
    await hers.getByRole('radio', { name: 'At a time' }).check()
    await hers.getByLabel(/^Date/).fill('2030-05-01')
    await hers.getByLabel(/^Time\s*\*?$/).fill('22:00')
    await hers.getByLabel('Time zone').selectOption('Europe/Oslo')
    await hers.getByRole('button', { name: 'Save' }).click()
    const conflict = hers.getByRole('alert').filter({ hasText: 'Somebody else has changed this meanwhile.' })
    await until('it is in sight', () => conflict.evaluate((bar) => bar.getBoundingClientRect().top >= 0))
    await conflict.getByText('Recipients of reports is now ben@contoso.example').waitFor()
    await conflict.getByText('Migration endpoint is now Old').waitFor()
    assert.deepEqual((await center.served.batch('Wave A')).excludeFolders, [])
    await conflict.getByRole('button', { name: 'Go on with what is there now' }).click()
    await conflict.waitFor({ state: 'detached' })
    assert.equal(await hers.getByLabel('Reports go to (optional)').inputValue(), 'ben@contoso.example')
    assert.equal(await hers.getByLabel('More folders to leave out (optional)').inputValue(), 'Attic')
    // Rows that are new to the batch, in the same step.
    await hers.getByRole('radio', { name: /^Add those of a CSV file/ }).check()
    const rows = [`fay@wavea.example,fay,${MAIL_PASSWORD}`]
    await hers.getByLabel('CSV file', { exact: true }).setInputFiles(csvFile('more.csv', rows))
    await hers.getByText('more.csv: 1 row can be used').waitFor()
    await hers.getByRole('button', { name: 'Save' }).click()
    await hers.waitFor({ state: 'detached' })
    const { excludeFolders, notificationEmails, startAfter, timeZone, sourceEndpoint, totalCount } =
      await center.served.batch('Wave A')
    assert.deepEqual(
      { excludeFolders, notificationEmails, startAfter, timeZone, sourceEndpoint, totalCount },
      {
        excludeFolders: ['Attic'],
        notificationEmails: ['ben@contoso.example'],
        startAfter: '2030-05-01T20:00:00.000Z',
        timeZone: 'Europe/Oslo',
        sourceEndpoint: 'Old',
        totalCount: 2,
      },
    )
    // Told in the batch's own zone, whoever reads it.
    await ann.page.getByText('All details').click()
    await ann.page.getByText('1 May 2030, 22:00:00 (Europe/Oslo)').waitFor()
    await ann.isAccessible('all details')

    const running = await open(ben, 'Lyon')
    assert.equal(await running.getByLabel('Migration endpoint').isDisabled(), true)
    await running
      .getByText('The source endpoint can be changed only while the batch is Created, Stopped or Failed')
      .waitFor()

    // One that somebody removes while it is edited: by its name, and the list does not offer it any more.
    const csv = await center.served.upload('EmailAddress,UserName,Password\r\nguy@gone.example,guy,x\r\n')
    await center.served.must('POST', '/batches', { name: 'Gone', sourceEndpoint: 'Old', csvFile: csv })
    await running.getByRole('button', { name: 'Cancel' }).click()
    const gone = await open(ben, 'Gone')
    await gone.getByLabel('Reports go to (optional)').fill('ben@contoso.example')
    await center.served.must('DELETE', '/batches/Gone')
    await ben.page.getByText('This batch is not there any more.').waitFor()
    assert.equal(await ben.page.getByText('Gone is not among these').count(), 0)
    await gone.getByRole('button', { name: 'Save' }).click()
    await gone.getByText('Gone has been deleted meanwhile.').waitFor()
    await gone.getByRole('button', { name: 'Cancel' }).click()
    // A page of the list that never was: the way back is there.
    await ben.page.goto(`${center.url}/migration/batches?cursor=nonsense&from=100`)
    await ben.page.getByText('The address names a page of this list that is not there.').waitFor()
    await ben.page.getByRole('button', { name: 'First page' }).click()
    await ben.page.getByRole('row', { name: /^Wave A/ }).waitFor()

    // From page to page and back again, also with a pane that was opened meanwhile.
    const names = Array.from({ length: 105 }, (_, at) => `u${String(at).padStart(3, '0')}@many.example`)
    const many = await center.served.upload(
      ['EmailAddress,UserName,Password', ...names.map((name) => `${name},u,x`), ''].join('\r\n'),
    )
    await center.served.must('POST', '/batches', { name: 'Many', sourceEndpoint: 'Old', csvFile: many })
    await ben.page.goto(`${center.url}/migration/users?search=many.example`)
    const turn = async (button: string, first: string) => {
      await ben.page.getByRole('button', { name: button }).click()
      await ben.page.getByRole('link', { name: first, exact: true }).waitFor()
    }
    await turn('Next page', names[50]!)
    await turn('Next page', names[100]!)
    await ben.page.getByRole('link', { name: names[103]! }).click()
    await ben.page.getByRole('region', { name: names[103]! }).waitFor()
    await turn('Previous page', names[50]!)
    await turn('Previous page', names[0]!)
    assert.equal(await ben.page.getByRole('button', { name: 'Previous page' }).isEnabled(), false)
    // A second press before the page is shown is no second step to go back.
    await ben.page.getByRole('button', { name: 'Next page' }).dblclick()
    await ben.page.getByRole('link', { name: names[50]!, exact: true }).waitFor()
    await ben.page.goBack()
    await ben.page.getByRole('link', { name: names[0]!, exact: true }).waitFor()
    await center.served.must('DELETE', '/batches/Many')
    ann.isClean()
    ben.isClean()
  },
)

test(
  'highest priority, sync now and the errors as a file; what an IMAP batch has not, the menu says',
  { skip, timeout },
  async () => {
    const { served } = center
    const visitor = await person('ann')
    const { page } = visitor
    await page.getByRole('link', { name: 'Lyon' }).click()
    const highest = page.getByRole('button', { name: 'Highest priority' })
    await highest.click()
    await page.getByRole('button', { name: 'Highest priority', pressed: true }).waitFor()
    assert.equal((await served.batch('Lyon')).highestPriority, true)
    await page.getByRole('row', { name: /Lyon/ }).getByRole('img', { name: 'Highest priority' }).waitFor()
    await highest.click()
    await page.getByRole('button', { name: 'Highest priority', pressed: false }).waitFor()
    // Start and Resume are two, and the one that does not fit says so.
    await page.getByRole('button', { name: 'Start' }).focus()
    await page.getByRole('tooltip', { name: /^The batch was started before: Resume goes on/ }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Resume' }).getAttribute('aria-disabled'), null)

    const more = page.getByRole('button', { name: 'More', exact: true })
    await more.click()
    const approve = page.getByRole('menuitem', { name: /^Approve skipped items/ })
    await approve.getByText('An IMAP migration asks for no approval of skipped items').waitFor()
    assert.equal(await approve.getAttribute('aria-disabled'), 'true')
    await visitor.isAccessible('menu')
    const file = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: 'Download the errors (CSV)' }).click()
    const { items } = await served.must<{ items: MigrationReport[] }>('GET', '/reports?batch=Lyon')
    const errors = items.find(({ reportType }) => reportType === 'BatchFailure')!
    assert.equal((await file).suggestedFilename(), 'Lyon-errors.csv')
    const csv = readFileSync(await (await file).path(), 'utf8')
    assert.match(csv, /nil@lyon\.example/)
    assert.equal(csv, await served.must<string>('GET', `/reports/${errors.identity}`))
    const { lastSyncedDateTime: before } = await served.batch('Lyon')
    if (!(await page.getByRole('menuitem', { name: 'Sync now' }).isVisible())) await more.click()
    await page.getByRole('menuitem', { name: 'Sync now' }).click()
    await until(
      'Lyon is synced anew',
      async () => ((await served.batch('Lyon')).lastSyncedDateTime ?? '') > (before ?? ''),
    )
    visitor.isClean()
  },
)

test('while a batch runs no row moves and the focus stays; sorted anew on demand', { skip, timeout }, async () => {
  const visitor = await person('ann')
  const { page } = visitor
  await page.goto(`${center.url}/migration/batches?sort=-percentageSynced&search=Wave`)
  await page.getByRole('link', { name: 'Wave B' }).waitFor()
  const last = (await names(page)).findLast((name) => name !== 'Wave A' && name !== 'Wave D')!
  const order = await names(page)
  const places = () =>
    page.locator('.batches-table tbody tr').evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().top))
  const before = await places()
  await page.getByRole('link', { name: last }).focus()
  await center.served.must('POST', `/batches/${encodeURIComponent(last)}/start`)
  await page
    .getByRole('row', { name: new RegExp(`^${last}`) })
    .getByText('100%')
    .waitFor()
  await page.getByRole('button', { name: 'Sort anew' }).waitFor()
  assert.deepEqual(await names(page), order)
  assert.deepEqual(await places(), before)
  assert.equal(await focused(page), last)
  await page.getByRole('button', { name: 'Sort anew' }).click()
  assert.equal((await names(page))[0], last)
  // Back from the details, one is where one was.
  await page.getByRole('link', { name: last }).click()
  await page.getByRole('button', { name: 'Close the details' }).click()
  await page.getByRole('region', { name: last }).waitFor({ state: 'detached' })
  assert.equal(await focused(page), last)
  visitor.isClean()
})

test(
  'several batches are commanded at once, and each that refuses is told; Del asks before it deletes',
  { skip, timeout },
  async () => {
    const { served } = center
    await newBatch('Oslo', ['gil'])
    await newBatch('Rome', ['hal'])
    const visitor = await person('ben', { scheme: 'dark' })
    const { page } = visitor
    for (const name of ['Lyon', 'Oslo']) await page.getByRole('checkbox', { name, exact: true }).check()
    await page.getByText('2 chosen').waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    const question = page.getByRole('alertdialog', { name: 'Delete 2 batches?' })
    await question.getByText(/^3 mailboxes will be taken out/).waitFor()
    await visitor.isAccessible('question about several, dark')
    await question.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page
      .getByRole('alertdialog', { name: 'Pause the batch Lyon?' })
      .getByRole('button', { name: 'Pause Lyon' })
      .click()
    const told = page.getByRole('alertdialog', { name: 'Done for 1 of 2' })
    await told.getByText('Oslo: no mailbox of the batch is migrating or waiting').waitFor()
    await told.getByRole('button', { name: 'Close' }).click()
    await served.reaches('Lyon', 'Stopped')
    await page.getByRole('button', { name: 'Choose none' }).click()
    await visitor.isAccessible('list, dark')

    const rome = page.getByRole('link', { name: 'Rome' })
    await rome.focus()
    await page.keyboard.press('ArrowUp')
    assert.equal(await focused(page), 'Oslo')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Delete')
    const sure = page.getByRole('alertdialog', { name: 'Delete the batch Rome?' })
    await sure.getByText(/^1 mailbox will be taken out/).waitFor()
    await page.keyboard.press('Escape')
    await sure.waitFor({ state: 'detached' })
    assert.equal(await focused(page), 'Rome')
    await page.keyboard.press('Delete')
    await sure.getByRole('button', { name: 'Delete Rome' }).focus()
    await page.keyboard.press('Enter')
    await rome.waitFor({ state: 'detached' })
    assert.equal((await served.ask('GET', '/batches/Oslo')).status, 200)
    visitor.isClean()
  },
)

test('at 360 pixels the page does not scroll sideways, the form and the menu neither', { skip, timeout }, async () => {
  const visitor = await person('ann', { width: 360, height: 740 })
  const { page } = visitor
  const widest = () => page.evaluate<number>('document.documentElement.scrollWidth')
  await page.getByRole('region', { name: 'Status for all batches' }).getByRole('link').first().waitFor()
  assert.equal(await widest(), 360)
  await visitor.isAccessible('narrow list')
  await page.getByRole('link', { name: 'Lyon' }).click()
  const pane = page.getByRole('region', { name: 'Lyon' })
  await pane.getByText('All details').click()
  await pane.getByText('Excluded folders').waitFor()
  assert.equal(await widest(), 360)
  await pane.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('dialog').getByLabel('Reports go to (optional)').waitFor()
  assert.equal(await widest(), 360)
  await visitor.isAccessible('narrow form')
  visitor.isClean()
})
