/** A migration run by somebody who never opens a terminal: from the first sign-in to a synced batch, watched live. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { MigrationBatch } from '#contract/batch.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { noChromium } from '#test/servers/chromium.ts'
import { startOidc } from '#test/servers/oidc.ts'
import { freePorts } from '#test/servers/instance.ts'
import { PASSWORD as MAIL_PASSWORD, everydayMailbox } from '#test/service/world.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { fill } from '#test/worlds/fill.ts'
import { type Center, type Visitor, startCenter } from './center.ts'
import { csvFile, drop, field, signIn } from './gestures.ts'

const skip = noChromium() || dovecotMissing()
const USERS = ['amy', 'bob', 'cid']
let center: Center
let source: DovecotServer

before(async () => {
  if (skip) return
  source = await startDovecot({ users: Object.fromEntries(USERS.map((user) => [user, MAIL_PASSWORD])) })
  for (const [index, user] of USERS.entries()) {
    await fill({ host: '127.0.0.1', port: source.port, user, password: MAIL_PASSWORD }, everydayMailbox(index * 10, 60))
  }
  center = await startCenter('way', { concurrency: 2 })
})
after(async () => {
  await center?.[Symbol.asyncDispose]()
  await source?.[Symbol.asyncDispose]()
})

test(
  'from the first password to a synced batch: set up, endpoint, CSV, batch, paused, deleted, signed out',
  { skip, timeout: 300_000 },
  async () => {
    const visitor = await center.visitor()
    const { page } = visitor
    await page.goto(center.url)

    // The first run.
    await page.getByRole('heading', { name: 'Set up Waybill' }).waitFor()
    await visitor.isAccessible('first run')
    await field(page, 'First password').fill('wrong')
    await field(page, 'User name').fill('ann')
    await field(page, 'Display name (optional)').fill('Ann Brown')
    await field(page, 'New password').fill(PASSWORD)
    await page.getByText('Still to be filled in: New password once more.').waitFor()
    const submit = page.getByRole('button', { name: 'Make the administrator and sign in' })
    assert.equal(await submit.isDisabled(), true)
    await field(page, 'New password once more').fill(PASSWORD)
    await submit.click()
    await page.getByRole('alert').filter({ hasText: 'What to do' }).waitFor()
    await field(page, 'First password').fill(center.firstPassword)
    // What is wrong with a password stands at its field, and nowhere else.
    for (const name of ['New password', 'New password once more']) await field(page, name).fill('short')
    await submit.click()
    await page.getByText('Must have at least 12 characters.', { exact: true }).waitFor()
    assert.equal(await page.getByText('must have at least').count(), 1)
    for (const name of ['New password', 'New password once more']) await field(page, name).fill(PASSWORD)
    await submit.click()

    // What is empty says what comes first.
    await page.getByRole('heading', { name: 'What to do first' }).waitFor()
    await page.getByText('There: Local.').waitFor()
    await visitor.isAccessible('first steps')

    // An endpoint, with a wrong port and then the right one.
    await page.getByRole('button', { name: 'Create a migration endpoint' }).click()
    const form = page.getByRole('dialog', { name: 'New migration endpoint' })
    await form.getByLabel(/^IMAP server/).fill('127.0.0.1')
    await form.getByLabel(/^Name/).fill('Old')
    await form.getByLabel('Encryption').selectOption({ label: 'None' })
    await form.getByLabel(/^Port/).fill(String((await freePorts(1))[0]))
    await form.getByRole('button', { name: 'Test the connection' }).click()
    await form.getByRole('alert').filter({ hasText: 'The server could not be reached as wanted.' }).waitFor()
    await visitor.isAccessible('endpoint form')
    await form.getByRole('button', { name: 'Create the endpoint' }).click()
    await form.getByRole('alert').filter({ hasText: 'What to do' }).waitFor()
    await form.getByLabel(/^Port/).fill(String(source.port))
    await form.getByRole('button', { name: 'Test the connection' }).click()
    await form.getByText(/^The migration server .* answers on port/).waitFor()
    await form.getByRole('button', { name: 'Create the endpoint' }).click()
    await page.getByText('There: Old.').waitFor()

    // A CSV file with three faults, then corrected; nothing typed is lost by a reload.
    await page.getByRole('button', { name: 'Create a migration batch' }).click()
    await page.getByRole('heading', { name: 'New migration batch' }).waitFor()
    const next = page.getByRole('button', { name: 'Next' })
    await next.click()
    await page.getByText('Disk space:').waitFor()
    await visitor.isAccessible('prerequisites')
    await next.click()
    await page.getByRole('radio', { name: /^Old/, checked: true }).waitFor()
    await next.click()
    await page.getByRole('heading', { name: 'Mailboxes' }).waitFor()
    await next.click()
    await page.getByRole('alert').filter({ hasText: 'Choose a CSV file, or type the mailboxes in.' }).waitFor()
    const faulty = [
      'amy@contoso.example,amy,pass',
      'nobody,bob,pass',
      'cid@contoso.example,,pass',
      'amy@contoso.example,amy,pass',
    ]
    await page.getByLabel('CSV file', { exact: true }).setInputFiles(csvFile('Wave 1.csv', faulty))
    await page.getByText('1 mailbox to migrate').waitFor()
    const faults = page.getByRole('table', { name: '3 rows cannot be migrated' })
    assert.deepEqual(
      await faults
        .getByRole('row')
        .evaluateAll((rows) => rows.slice(1).map((row) => row.firstElementChild!.textContent)),
      ['3', '4', '5'],
    )
    await visitor.isAccessible('CSV faults')
    const good = USERS.map((user) => `${user}@contoso.example,${user},${MAIL_PASSWORD}`)
    await drop(page.getByRole('button', { name: 'Choose another CSV file' }), csvFile('Wave 1.csv', good))
    await page.getByText('3 mailboxes to migrate').waitFor()
    await next.click()
    await page.getByRole('radio', { name: /^Local/, checked: true }).waitFor()
    await page.reload()
    await page.getByRole('radio', { name: /^Local/, checked: true }).waitFor()
    await next.click()
    await field(page, 'Reports go to (optional)').fill('nobody')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('alert').filter({ hasText: '“nobody” is not a mail address.' }).waitFor()
    await field(page, 'Reports go to (optional)').fill('')
    await page.getByRole('radio', { name: 'Later, by hand' }).check()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('3 mailboxes to migrate').waitFor()
    await page.getByText('Disk space:').waitFor()
    await visitor.isAccessible('review')
    await page.getByRole('button', { name: 'Create the batch' }).click()

    // What the state forbids is disabled and says why; the same page goes from Created to Synced by itself.
    const pane = page.getByRole('region', { name: 'Wave 1' })
    await pane.getByText('Created', { exact: true }).waitFor()
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))
    const pause = page.getByRole('button', { name: 'Pause' })
    assert.equal(await pause.getAttribute('aria-disabled'), 'true')
    await pause.focus()
    await page.getByRole('tooltip', { name: 'No mailbox of the batch is migrating or waiting' }).waitFor()
    await visitor.isAccessible('batch pane')
    // A double click asks for it once.
    const starts: string[] = []
    page.on('request', (request) => request.method() === 'POST' && starts.push(request.url()))
    await page.getByRole('button', { name: 'Start' }).dblclick()
    const row = page.getByRole('row', { name: /^Wave 1/ })
    await row.getByText('Synced', { exact: true }).waitFor()
    await pane.getByText('Synced', { exact: true }).first().waitFor()
    assert.match((await row.textContent()) ?? '', /^Wave 1Synced100%3300/)
    assert.deepEqual(starts, [`${center.url}/api/v1/batches/Wave%201/start`])
    const users = pane.getByRole('table', { name: 'Users report' })
    for (const user of USERS)
      await users.getByRole('row', { name: `${user}@contoso.example Synced 60 of 60 0` }).waitFor()
    assert.equal(await page.evaluate(() => 'isSamePage' in globalThis), true)

    // One user.
    await users.getByRole('link', { name: 'bob@contoso.example' }).click()
    const user = page.getByRole('region', { name: 'bob@contoso.example' })
    await user.getByText('60 of 60').waitFor()
    await visitor.isAccessible('user pane')
    await user.getByRole('link', { name: 'Back to Wave 1' }).click()

    // Paused, and deleted after being asked.
    await page.getByRole('button', { name: 'Pause' }).click()
    await row.getByText('Stopped', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    const question = page.getByRole('alertdialog', { name: 'Delete the batch Wave 1?' })
    await question.getByText(/^3 mailboxes will be taken out/).waitFor()
    await visitor.isAccessible('deletion')
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Delete' }).click()
    await question.getByRole('button', { name: 'Delete Wave 1' }).click()
    await page.getByRole('heading', { name: 'What to do first' }).waitFor()

    // Signed out, the same address shows the sign-in and nothing else.
    await page.getByRole('button', { name: 'Account of Ann Brown' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await visitor.isAccessible('sign-in')
    await page.goto(`${center.url}/migration/new-batch`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    visitor.isClean()
  },
)

test(
  'a mailbox whose password is wrong stands there with what is wrong and what to do',
  { skip, timeout: 200_000 },
  async () => {
    await center.served.newEndpoint('Failing', source)
    const file = await center.served.upload(`EmailAddress,UserName,Password\r\namy@fabrikam.example,amy,wrong\r\n`)
    await center.served.must<MigrationBatch>('POST', '/batches', {
      name: 'Wrong',
      sourceEndpoint: 'Failing',
      csvFile: file,
      autoStart: true,
    })
    const visitor = await person('wendy', ['Migration'])
    const { page } = visitor
    await page.getByRole('link', { name: 'Wrong' }).click()
    await page.getByRole('region', { name: 'Wrong' }).getByText('Failed', { exact: true }).first().waitFor()
    await page.getByRole('link', { name: 'amy@fabrikam.example' }).click()
    const pane = page.getByRole('region', { name: 'amy@fabrikam.example' })
    await pane.getByRole('alert').filter({ hasText: 'What to do:' }).waitFor()
    await visitor.isAccessible('failed user')
    visitor.isClean()
  },
)

test('who only looks on sees no command, and may use none', { skip, timeout: 200_000 }, async () => {
  const visitor = await person('vera', ['ViewOnly'])
  const { page } = visitor
  await page.getByRole('button', { name: 'Refresh' }).waitFor()
  for (const name of [/^New/, /^Start$/, /^Pause$/, /^Delete$/, /^Create/])
    assert.equal(await page.getByRole('button', { name }).count(), 0, String(name))
  const statuses = await page.evaluate(async () =>
    Promise.all(
      [
        ['POST', 'endpoints', { name: 'E', remoteServer: 'imap.example' }],
        ['POST', 'batches', { name: 'B', sourceEndpoint: 'E' }],
        ['POST', 'batches/Wrong/start'],
        ['DELETE', 'batches/Wrong'],
      ].map(async ([method, path, body]) => {
        const init = {
          method: method as string,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }
        return (await fetch(`/api/v1/${path as string}`, body === undefined ? { method: method as string } : init))
          .status
      }),
    ),
  )
  assert.deepEqual(statuses, [403, 403, 403, 403])

  // A session that ends under somebody's hands is told, and leads back to where one was.
  await page.context().clearCookies()
  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.getByText('Your session has ended.').waitFor()
  // What is below is no more to be read than to be seen.
  await page.getByRole('heading', { name: 'Migration batches' }).waitFor({ state: 'detached' })
  await signIn(page, 'vera', PASSWORD)
  await page.getByRole('heading', { name: 'Migration batches' }).waitFor()
  await page.getByText('Your session has ended.').waitFor({ state: 'detached' })
  visitor.isClean()
})

test('what happens elsewhere is seen at once, without a reload', { skip, timeout: 200_000 }, async () => {
  await center.served.newEndpoint('Elsewhere', source)
  const visitor = await person('watt', ['ViewOnly'])
  const { page } = visitor
  await page.getByRole('button', { name: 'Refresh' }).waitFor()
  const streaming = page.waitForRequest(/event-stream/).catch(() => null)
  await page.reload()
  await streaming
  await page.getByRole('heading', { name: 'Migration batches' }).waitFor()
  const file = await center.served.upload('EmailAddress,UserName,Password\r\nbob@northwind.example,bob,x\r\n')
  await center.served.must('POST', '/batches', { name: 'Later', sourceEndpoint: 'Elsewhere', csvFile: file })
  // A page where nothing runs looks by itself every 30 s only.
  await page.getByRole('link', { name: 'Later' }).waitFor({ timeout: 25_000 })
  visitor.isClean()
})

test(
  'a page whose script does not arrive says so beside the navigation, and comes by itself',
  { skip, timeout: 200_000 },
  async () => {
    const { page } = await person('lena', ['ViewOnly'])
    const files = /\/assets\/(dashboard|database-pane)-/
    await page.route(files, (route) => route.abort())
    await page.getByRole('link', { name: 'Dashboard' }).click()
    await page.getByRole('alert').filter({ hasText: 'This page could not be loaded' }).waitFor()
    // What is there goes on, and a pane that is not there leaves its list.
    await page.getByRole('link', { name: 'Databases' }).click()
    await page.getByRole('row').getByRole('link', { name: 'Local' }).click()
    await page.getByRole('alert').filter({ hasText: 'This page could not be loaded' }).waitFor()
    await page.getByRole('heading', { name: 'Mailbox databases' }).waitFor()
    await page.unroute(files)
    await page.getByRole('region', { name: 'Local' }).waitFor({ timeout: 60_000 })
  },
)

test('a password that somebody else has set is changed before anything else', { skip, timeout: 200_000 }, async () => {
  await center.served.must('POST', '/administrators', { userName: 'mary', roles: ['ViewOnly'], password: PASSWORD })
  const visitor = await center.visitor()
  const { page } = visitor
  await page.goto(`${center.url}/migration/users`)
  await signIn(page, 'mary', PASSWORD)
  await page.getByText('Somebody else has chosen your password.').waitFor()
  await visitor.isAccessible('password')
  await field(page, 'Present password').fill(PASSWORD)
  await field(page, 'New password').fill(`${PASSWORD} again`)
  await field(page, 'New password once more').fill(`${PASSWORD} again`)
  await page.getByRole('button', { name: 'Change the password' }).click()
  // The page that was asked for.
  await page.getByRole('heading', { name: 'Users', level: 1 }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/migration/users')
  visitor.isClean()
})

test('by the keyboard alone, at 360 pixels, in the dark and in French', { skip, timeout: 200_000 }, async () => {
  await makeAdministrator(center.served, 'fred', ['Migration'])
  const visitor = await center.visitor({ width: 360, height: 740, scheme: 'dark', locale: 'fr-FR' })
  const { page } = visitor
  await page.goto(center.url)
  await page.getByRole('heading', { name: 'Connexion' }).waitFor()
  // The first field has the focus.
  await page.keyboard.type('fred')
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Lots de migration' }).waitFor()
  await visitor.isAccessible('narrow, dark, French')
  const widest = () => page.evaluate<number>('document.documentElement.scrollWidth')
  assert.equal(await widest(), 360)
  await page.keyboard.press('Tab')
  for (
    let presses = 0;
    presses < 40 && (await page.evaluate('document.activeElement.textContent')) !== 'Wrong';
    presses++
  )
    await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Rapport des utilisateurs' }).waitFor()
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Wrong')
  assert.equal(await widest(), 360)
  await visitor.isAccessible('narrow pane')
  visitor.isClean()
})

test(
  'who signs in with OpenID Connect comes back to the page that was asked for; what was refused is told',
  { skip, timeout: 200_000 },
  async () => {
    const people = {
      v: { preferred_username: 'olga', name: 'Olga Orlova', groups: ['owners'] },
      n: { preferred_username: 'nora', name: 'Nora', groups: [] },
    }
    await using oidc = await startOidc({ publicUrl: center.url, people })
    const { issuer, clientId, clientSecret } = oidc
    await center.served.must('PATCH', '/openid-settings', {
      enabled: true,
      displayName: 'Contoso',
      issuer,
      clientId,
      clientSecret,
      scopes: ['profile', 'groups'],
      roleMapping: { OrganizationManagement: ['owners'] },
    })
    try {
      const visitor = await center.visitor({ also: issuer })
      const { page } = visitor
      await page.goto(`${center.url}/migration/new-batch`)
      await page.getByRole('link', { name: 'Sign in with Contoso' }).waitFor()
      await visitor.isAccessible('sign-in with a provider')
      oidc.who = 'n'
      await page.getByRole('link', { name: 'Sign in with Contoso' }).click()
      await page.getByRole('link', { name: /^Back to the sign-in/ }).click()
      await page.getByText(/^The sign-in with the provider was refused/).waitFor()
      oidc.who = 'v'
      await page.context().clearCookies()
      await page.goto(`${center.url}/migration/new-batch`)
      await page.getByRole('link', { name: 'Sign in with Contoso' }).click()
      await page.getByRole('heading', { name: 'New migration batch' }).waitFor()
      await page.getByRole('button', { name: 'Account of Olga Orlova' }).waitFor()
      visitor.isClean()
    } finally {
      await center.served.must('PATCH', '/openid-settings', { enabled: false })
    }
  },
)

async function person(userName: string, roles: readonly string[]): Promise<Visitor> {
  await makeAdministrator(center.served, userName, roles)
  const visitor = await center.visitor()
  await visitor.page.goto(center.url)
  await signIn(visitor.page, userName, PASSWORD)
  await visitor.page.getByRole('heading', { name: 'Migration batches' }).waitFor()
  return visitor
}
