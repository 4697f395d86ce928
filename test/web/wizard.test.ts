/** New batches, made by people who mistype, think again, close the browser, and have a thousand mailboxes to divide. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { MigrationBatch } from '#contract/batch.ts'
import { noChromium } from '#test/servers/chromium.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { PASSWORD as MAIL_PASSWORD, everydayMailbox } from '#test/service/world.ts'
import { fill } from '#test/worlds/fill.ts'
import { type Center, type Visitor, startCenter } from './center.ts'
import { type FileOnDisk, csvFile, drop, field, paste, signIn } from './gestures.ts'

const skip = noChromium() || dovecotMissing()
let center: Center
let source: DovecotServer

before(async () => {
  if (skip) return
  source = await startDovecot({ users: { cleo: MAIL_PASSWORD, dan: MAIL_PASSWORD } })
  const cleo = { host: '127.0.0.1', port: source.port, user: 'cleo', password: MAIL_PASSWORD }
  const [, projects] = everydayMailbox(0, 20)
  await fill(cleo, [...everydayMailbox(0, 20), { ...projects!, path: ['Junk'] }])
  center = await startCenter('wizard', { concurrency: 2 })
  await center.served.newEndpoint('Unused', source)
  await center.served.newEndpoint('Old', source)
  await center.served.must('POST', '/batches', {
    name: 'Wave 2',
    sourceEndpoint: 'Old',
    csvFile: await center.served.upload('EmailAddress,UserName,Password\r\nzoe@contoso.example,zoe,x\r\n'),
  })
})
after(async () => {
  await center?.[Symbol.asyncDispose]()
  await source?.[Symbol.asyncDispose]()
})

const next = (page: Page) => page.getByRole('button', { name: 'Next' }).click()
const rowsOf = (batch: string) => center.served.must<MigrationBatch>('GET', `/batches/${encodeURIComponent(batch)}`)

/** Somebody with the role Migration at the step of the mailboxes; `uploads` are counted. */
async function atMailboxes(userName: string): Promise<Visitor & { uploads: string[] }> {
  await makeAdministrator(center.served, userName, ['Migration'])
  const visitor = await center.visitor()
  const { page, context } = visitor
  const uploads: string[] = []
  context.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/csv-files')) uploads.push(request.url())
  })
  await page.goto(`${center.url}/migration/new-batch`)
  await signIn(page, userName, PASSWORD)
  await page.getByText('IMAP', { exact: true }).waitFor()
  await field(page, 'Name of the batch').fill('A/b')
  await page.getByText('none of * ? / \\ may stand in a name').waitFor()
  await next(page)
  await page.getByRole('heading', { name: 'Name and path' }).waitFor()
  await field(page, 'Name of the batch').fill('')
  await visitor.isAccessible('name')
  await next(page)
  // Of root's folder a warning is told, and not that all is well.
  const database =
    process.getuid?.() === 0
      ? /Mailbox database Local it works, but.*belongs? to root/
      : /Mailbox database Local all well/
  const checks = page.getByRole('list', { name: 'Checks' })
  for (const what of [/Migration endpoint Old all well/, database, /GB free all well/])
    await checks.getByRole('listitem').filter({ hasText: what }).waitFor()
  await next(page)
  // The one that was used last comes first, and is chosen.
  await page.getByRole('radio', { name: /^Old/, checked: true }).waitFor()
  assert.match((await page.getByRole('radiogroup').first().textContent()) ?? '', /^Old.*used last.*Unused/)
  await next(page)
  await page.getByRole('heading', { name: 'Mailboxes' }).waitFor()
  return { ...visitor, uploads }
}

test(
  'a file is checked before anything leaves the browser, split, and becomes batches that are none twice, whatever fails',
  { skip, timeout: 300_000 },
  async () => {
    const visitor = await atMailboxes('fay')
    const { page, context, uploads } = visitor

    // Columns that are not known, then rows that are wrong.
    const faulty: FileOnDisk = {
      name: 'Wave.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        [
          'EmailAddress,UserName,Password,Departement',
          'amy@contoso.example,amy,Zq7planted,it',
          'bob,bob,Zq7planted,it',
          'cid@contoso.example,,Zq7planted,',
        ].join('\r\n'),
      ),
    }
    // The checker's script does not arrive; the next try works.
    await page.route(/\/assets\/worker-/, (route) => route.abort())
    await page.getByLabel('CSV file', { exact: true }).setInputFiles(faulty)
    await page.getByRole('alert').filter({ hasText: 'could not be loaded' }).waitFor()
    await page.unroute(/\/assets\/worker-/)
    await page.getByLabel('CSV file', { exact: true }).setInputFiles(faulty)
    await page.getByRole('alert').filter({ hasText: 'column D, "Departement", is unknown' }).waitFor()
    await page.getByLabel('Ignore columns that are not known').check()
    const faults = page.getByRole('table', { name: '2 rows cannot be migrated' })
    await faults.getByRole('row', { name: /^3 .*EmailAddress is not a valid address/ }).waitFor()
    assert.deepEqual(await faults.locator('mark').allTextContents(), ['bob', '(empty)'])
    assert.equal(await faults.getByText('••••••••').count(), 2)
    assert.doesNotMatch(await page.content(), /Zq7planted/)
    await visitor.isAccessible('faults')
    await next(page)
    await page.getByText('Correct the rows, or tick this.').waitFor()
    assert.deepEqual(uploads, [])

    // Corrected; in two batches.
    const good = ['amy', 'bob', 'cid', 'zoe'].map((user) => `${user}@contoso.example,${user},${MAIL_PASSWORD}`)
    const box = page.getByRole('button', { name: 'Choose another CSV file' })
    await drop(box, csvFile('Wave.csv', good), csvFile('Other.csv', good))
    await page.getByText('Several files were dropped, and none of them was taken.').waitFor()
    // Beside the box is as good as into it.
    await drop(page.getByRole('heading', { name: 'Mailboxes' }), csvFile('Wave.csv', good))
    await page.getByText('4 mailboxes to migrate').waitFor()
    await field(page, 'Split into so many batches').fill('5')
    await page.getByText('A number from 1 to 4.').waitFor()
    await field(page, 'Split into so many batches').fill('2')
    await page.getByText('2 batches with at most 2 mailboxes each').waitFor()
    assert.deepEqual(uploads, [])
    await next(page)
    // What only the service knows is told before a batch is there, by the row of the file.
    const refused = page.getByRole('table', { name: '1 row is refused by the service' })
    await refused.getByRole('row', { name: /^5 zoe@.*being migrated already, in the batch "Wave 2"/ }).waitFor()
    await page.getByText('3 mailboxes to migrate').waitFor()
    await visitor.isAccessible('refused')
    await next(page)
    await page.getByText('Correct the rows, or tick this.').waitFor()
    await page.getByLabel(/^Go on all the same: 1 row/).check()
    await next(page)
    await page.getByRole('heading', { name: 'Configuration' }).waitFor()
    assert.equal(uploads.length, 2)
    await page.getByRole('checkbox', { name: 'Junk email' }).check()
    await field(page, 'More folders to leave out (optional)').fill('Old stuff/*\n#Nope#')

    // The browser is closed; another window goes on.
    await page.close()
    const again = await context.newPage()
    await again.goto(`${center.url}/migration/new-batch?step=users`)
    await again.getByText('Uploaded; kept by the service, sealed, until').waitFor()
    await next(again)
    await again.getByRole('checkbox', { name: 'Junk email', checked: true }).waitFor()
    await next(again)
    await again.getByRole('radio', { name: 'At a time' }).check()
    await field(again, 'Date').fill('2031-03-09')
    await field(again, 'Time').fill('02:30')
    await field(again, 'Time zone').selectOption('America/New_York')
    await again.getByText(/put forward over that time: it becomes 9 Mar 2031, 03:30:00/).waitFor()
    await field(again, 'Date').fill('2001-01-01')
    await next(again)
    await again.getByText(/^1 Jan 2001, 02:30:00 \(America\/New York\) is over: it would start at once/).waitFor()
    await again.getByRole('button', { name: 'Back' }).click()
    await field(again, 'Date').fill('2031-01-01')
    await field(again, 'Time').fill('22:00')
    await again.getByText('Starts on 2 Jan 2031, 04:00:00 in your time.').waitFor()
    await next(again)
    await again.getByText('Wave 1 to Wave 2').waitFor()
    await again.getByText(/^1 Jan 2031, 22:00:00 \(America\/New York\)\. Starts on 2 Jan 2031, 04:00:00/).waitFor()
    await again.getByRole('alert').filter({ hasText: '1 row is refused by the service' }).waitFor()

    // What the service refuses stands at its field.
    await again.getByRole('button', { name: 'Create 2 batches' }).click()
    await again.getByRole('link', { name: 'To the step Configuration' }).click()
    await again.getByText(/#Nope# is no well-known folder/).waitFor()
    await field(again, 'More folders to leave out (optional)').fill('Old stuff/*')
    await again.getByRole('link', { name: 'Mailboxes' }).waitFor()
    await next(again)
    await next(again)

    // The second name is taken: the first batch is there, and stays the only one.
    await again.getByRole('button', { name: 'Create 2 batches' }).click()
    await again.getByRole('alert').filter({ hasText: '1 of 2 batches were created.' }).waitFor()
    await again.getByText('Created already: Wave 1.').waitFor()
    await again.reload()
    await again.getByRole('button', { name: 'Create the batch' }).click()
    await again.getByRole('link', { name: 'To the step Name and path' }).click()
    await field(again, 'Name of the batch').fill('Late')
    await again.goto(`${center.url}/migration/new-batch?step=review`)
    await again.getByRole('button', { name: 'Create the batch' }).click()
    await again.getByRole('link', { name: 'Late 2' }).waitFor()
    const { items } = await center.served.must<{ items: MigrationBatch[] }>('GET', '/batches')
    assert.deepEqual(
      items.map(({ identity, totalCount }) => [identity, totalCount]),
      [
        ['Late 2', 2],
        ['Wave 1', 2],
        ['Wave 2', 1],
      ],
    )
    const { excludeFolders, startAfter, timeZone, status } = await rowsOf('Wave 1')
    assert.deepEqual(
      [excludeFolders, startAfter, timeZone, status],
      [['#JunkEmail#/*', 'Old stuff/*'], '2031-01-02T03:00:00.000Z', 'America/New_York', 'Waiting'],
    )
    // What waits for its time is not resumed, and says what to do instead.
    await again.goto(`${center.url}/migration/batches/Wave%201`)
    await again.getByRole('region', { name: 'Wave 1' }).getByText('Waiting', { exact: true }).waitFor()
    await again.getByRole('button', { name: 'Resume' }).first().focus()
    await again.getByRole('tooltip', { name: /^The batch waits for the time of its start/ }).waitFor()
    assert.equal(uploads.length, 2)
    visitor.isClean()
  },
)

test(
  'mailboxes typed in by hand migrate, without the folder that was left out; their passwords are not kept by the browser',
  { skip, timeout: 300_000 },
  async () => {
    const visitor = await atMailboxes('tess')
    const { page, uploads } = visitor
    await page.getByRole('radio', { name: 'Typed in here' }).check()
    await next(page)
    await page.getByRole('alert').filter({ hasText: 'Choose a CSV file, or type the mailboxes in.' }).waitFor()
    // As a spreadsheet puts it on the clipboard, with its header.
    await paste(
      page.getByLabel('EmailAddress, row 1'),
      `EmailAddress\tUserName\tPassword\r\ncleo@fabrikam.example\tcleo\t${MAIL_PASSWORD}\r\ndan@fabrikam.example\t\tZq7planted\r\n`,
    )
    await next(page)
    await page.getByRole('table', { name: '1 row cannot be migrated' }).waitFor()
    assert.equal(await page.getByLabel('UserName, row 2').getAttribute('aria-invalid'), 'true')
    await visitor.isAccessible('typed rows')
    await page.getByLabel('UserName, row 2').fill('dan')
    await page.reload()
    await page.getByText('Type the passwords again, which were not kept.').waitFor()
    assert.equal(await page.getByLabel('UserName, row 2').inputValue(), 'dan')
    assert.equal(await page.getByLabel('Password, row 2').inputValue(), '')
    const stored = await page.evaluate(() =>
      JSON.stringify([localStorage, sessionStorage].map((storage) => Object.entries(storage))),
    )
    assert.ok(stored.includes('cleo@fabrikam.example'))
    assert.ok(![MAIL_PASSWORD, 'Zq7planted'].some((secret) => stored.includes(secret)))
    assert.deepEqual(uploads, [])
    await page.getByLabel('Password, row 1').fill(MAIL_PASSWORD)
    await page.getByLabel('Password, row 2').fill(MAIL_PASSWORD)
    await next(page)
    await page.getByRole('heading', { name: 'Configuration' }).waitFor()
    assert.equal(uploads.length, 1)
    await page.getByRole('checkbox', { name: 'Junk email' }).check()
    await next(page)
    await page.getByRole('heading', { name: 'Schedule' }).waitFor()
    await next(page)
    // A name is wanted, for there is no file that has one.
    await page.getByRole('button', { name: 'Create the batch' }).click()
    await page.getByRole('alert').filter({ hasText: 'Give the batch a name in the first step.' }).waitFor()
    await page.goto(`${center.url}/migration/new-batch`)
    await field(page, 'Name of the batch').fill('By hand')
    await page.goto(`${center.url}/migration/new-batch?step=review`)
    await page.getByRole('button', { name: 'Create the batch' }).click()
    await page.getByRole('region', { name: 'By hand' }).waitFor()
    await center.served.reaches('By hand', 'Synced')
    const { totalCount, itemsSynced } = await rowsOf('By hand')
    // What was created is not there any more: another one begins.
    await page.goBack()
    await page.getByRole('heading', { name: 'Name and path' }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get('step') ?? 'name', 'name')
    assert.deepEqual([totalCount, itemsSynced], [2, 20])
    visitor.isClean()
  },
)

test('an upload that takes long tells how far it is, and can be cancelled', { skip, timeout: 200_000 }, async () => {
  const visitor = await atMailboxes('carl')
  const { page } = visitor
  // Nothing of it arrives.
  await page.route('**/csv-files*', () => new Promise<void>(() => {}))
  const many = Array.from({ length: 50_001 }, (_, i) => `u${i}@contoso.example,u${i},x`)
  await page.getByLabel('CSV file', { exact: true }).setInputFiles(csvFile('Many.csv', many))
  await page.getByText('50,001 mailboxes to migrate').waitFor()
  // More than a batch holds: in as few as can be, and why.
  await page.getByText('and a batch holds at most 50,000 and 10 MB: 2 batches are needed.').waitFor()
  assert.equal(await field(page, 'Split into so many batches').inputValue(), '2')
  await next(page)
  await page.getByRole('progressbar', { name: 'Upload' }).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('The upload was cancelled. Nothing was kept.').waitFor()
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await next(page)
  await page.getByRole('heading', { name: 'Configuration' }).waitFor()

  // A slip of the mouse forgets nothing.
  await page.getByRole('button', { name: 'Discard and begin anew' }).click()
  const question = page.getByRole('alertdialog', { name: 'Discard what was entered?' })
  await question.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('heading', { name: 'Configuration' }).waitFor()
  await page.getByRole('button', { name: 'Discard and begin anew' }).click()
  await question.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('heading', { name: 'Name and path' }).waitFor()
  assert.equal(await field(page, 'Name of the batch').inputValue(), '')
  visitor.isClean()
})
