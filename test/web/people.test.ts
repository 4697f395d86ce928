/** Who runs the service, by whoever may everything: administrators, tokens, audit log, reports, the own account. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import type { MigrationBatch } from '#contract/batch.ts'
import { until } from '#test/crash/until.ts'
import type { Administrator } from '#contract/administrator.ts'
import { noChromium } from '#test/servers/chromium.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { type Center, type Visitor, type VisitorOptions, startCenter } from './center.ts'
import { field, signIn } from './gestures.ts'

const skip = noChromium()
let center: Center

before(async () => {
  if (skip) return
  center = await startCenter('people')
  await make('ann', 'OrganizationManagement', { displayName: 'Ann Brown' })
})
after(() => center?.[Symbol.asyncDispose]())

const make = (userName: string, role: string, more: object = {}) =>
  makeAdministrator(center.served, userName, [role], more)

async function signedIn(userName: string, path: string, options: VisitorOptions = {}): Promise<Visitor> {
  const visitor = await center.visitor(options)
  await visitor.page.goto(center.url + path)
  await signIn(visitor.page, userName, PASSWORD)
  return visitor
}

test(
  'an administrator is created, changed, given another password, disabled and deleted; the last one who may everything stays',
  { skip, timeout: 300_000 },
  async () => {
    const visitor = await signedIn('ann', '/organization/administrators')
    const { page } = visitor
    await page.getByRole('row', { name: /^ann \(you\)/ }).waitFor()
    await visitor.isAccessible('administrators')

    await page.getByRole('button', { name: 'New administrator' }).click()
    const form = page.getByRole('dialog', { name: 'New administrator' })
    await form.getByLabel(/^User name/).fill('bob')
    await form.getByRole('radio', { name: /^Migration/ }).check()
    await form.getByLabel(/^One-time password/).fill('short')
    await visitor.isAccessible('administrator form')
    await form.getByRole('button', { name: 'Create the administrator' }).click()
    await form.getByText(/at least 12/).waitFor()
    await form.getByRole('button', { name: 'Propose one' }).click()
    const oneTime = await form.getByLabel(/^One-time password/).inputValue()
    await form.getByRole('button', { name: 'Create the administrator' }).click()
    const pane = page.getByRole('region', { name: 'bob' })
    await pane.getByText('Must change the password').waitFor()
    await visitor.isAccessible('administrator pane')

    // With the one-time password one gets no further than to a password of one's own.
    const bob = await center.visitor()
    await bob.page.goto(center.url)
    await signIn(bob.page, 'bob', oneTime)
    await field(bob.page, 'Present password').fill(oneTime)
    await field(bob.page, 'New password').fill(PASSWORD)
    await field(bob.page, 'New password once more').fill(PASSWORD)
    await bob.page.getByRole('button', { name: 'Change the password' }).click()
    await bob.page.getByRole('heading', { name: 'Migration batches' }).waitFor()

    // A lesser role is told to end sessions, and does.
    await page.getByRole('button', { name: 'Edit' }).click()
    const edit = page.getByRole('dialog', { name: 'Edit bob' })
    await edit.getByLabel('Display name').fill('Bob Jones')
    await edit.getByRole('radio', { name: /^View only/ }).check()
    await edit.getByText(/their sessions end at once/).waitFor()
    // Somebody else was faster, with something else.
    await center.served.must('PATCH', '/administrators/bob', { mailAddress: 'bob@contoso.example' })
    await edit.getByRole('button', { name: 'Save' }).click()
    await edit.getByRole('alert').filter({ hasText: 'Mail address' }).waitFor()
    await edit.getByRole('button', { name: 'Go on with what is there now' }).click()
    await edit.getByRole('alert').waitFor({ state: 'detached' })
    assert.equal(await edit.getByLabel(/^Mail address/).inputValue(), 'bob@contoso.example')
    await edit.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row', { name: /^bob Bob Jones View only/ }).waitFor()
    await pane.getByText('Bob Jones').waitFor()
    await bob.page.reload()
    await bob.page.getByRole('heading', { name: 'Sign in' }).waitFor()

    await pane.getByRole('button', { name: 'Reset password' }).click()
    const reset = page.getByRole('dialog', { name: 'Reset the password of bob' })
    await reset.getByRole('button', { name: 'Propose one' }).click()
    await reset.getByRole('button', { name: 'Reset password' }).click()
    await pane.getByText('Must change the password').waitFor()
    assert.equal((await administrator('bob')).mustChangePassword, true)

    await pane.getByRole('button', { name: 'Disable' }).click()
    await page
      .getByRole('alertdialog', { name: 'Disable bob?' })
      .getByText(/their sessions end at once/)
      .waitFor()
    await visitor.isAccessible('disabling')
    await page.getByRole('button', { name: 'Disable bob' }).click()
    await pane.getByText('Disabled', { exact: true }).waitFor()
    await pane.getByRole('button', { name: 'Enable' }).click()
    await pane.getByRole('button', { name: 'Disable' }).waitFor()
    await pane.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Delete bob' }).click()
    await page.getByRole('row', { name: /^bob/ }).waitFor({ state: 'detached' })

    // Nobody else could do everything.
    await page.getByRole('link', { name: 'ann (you)' }).click()
    const own = page.getByRole('region', { name: 'ann' })
    await own.locator('[aria-disabled=true]', { hasText: 'Delete' }).waitFor()
    for (const name of ['Disable', 'Delete', 'Reset password'])
      assert.equal(await own.getByRole('button', { name }).getAttribute('aria-disabled'), 'true', name)
    await own.getByRole('button', { name: 'Delete' }).focus()
    await page.getByRole('tooltip', { name: /^Nobody else is enabled/ }).waitFor()
    await make('zoe', 'OrganizationManagement')
    await page.getByRole('button', { name: 'Refresh' }).click()
    await own.locator('[aria-disabled=true]', { hasText: 'Delete' }).waitFor({ state: 'detached' })
    visitor.isClean()
  },
)

const administrator = (name: string) => center.served.must<Administrator>('GET', `/administrators/${name}`)

test(
  'a token is shown once, works as it says, and does not once it is revoked',
  { skip, timeout: 200_000 },
  async () => {
    const visitor = await signedIn('ann', '/organization/tokens')
    const { page } = visitor
    await page.getByRole('button', { name: 'New token' }).click()
    const form = page.getByRole('dialog', { name: 'New token' })
    await form.getByLabel(/^Name/).fill('robot')
    await form.getByRole('radio', { name: /^Look/ }).check()
    assert.equal(await form.getByLabel('Valid for').inputValue(), '90')
    await visitor.isAccessible('token form')
    await form.getByRole('button', { name: 'Create the token' }).click()
    const shown = page.getByRole('alertdialog', { name: 'The token robot' })
    const token = await shown.getByLabel('Token', { exact: true }).inputValue()
    const line = await shown.getByLabel('To try it, in a shell such as bash', { exact: true }).inputValue()
    await visitor.isAccessible('token')
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await shown.getByRole('button', { name: 'Copy: Token' }).click()
    await shown.getByText('Copied.').waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), token)

    const asked = await promisify(execFile)('bash', ['-c', line])
    assert.deepEqual((JSON.parse(asked.stdout) as { total: number }).total, 0)
    const withToken = (path: string) =>
      fetch(`${center.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
    assert.equal((await withToken('/administrators')).status, 403)

    // Closed, nothing of it is left.
    await shown.getByRole('button', { name: 'I have stored it' }).click()
    const row = page.getByRole('row', { name: /^robot ann Look/ })
    await row.waitFor()
    const kept = await page.evaluate<string>(
      'JSON.stringify([document.documentElement.outerHTML, { ...localStorage }, { ...sessionStorage }, history.state, location.href])',
    )
    assert.ok(!kept.includes(token))
    await page.reload()
    await row.waitFor()
    await visitor.isAccessible('tokens')

    await row.getByRole('button', { name: 'Revoke robot' }).click()
    await page
      .getByRole('alertdialog', { name: 'Revoke the token robot?' })
      .getByText(/refused from now on/)
      .waitFor()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke robot' }).click()
    await page.getByText('There is no token.').waitFor()
    assert.equal((await withToken('/batches')).status, 401)
    visitor.isClean()
  },
)

test(
  'the audit log is filtered by who, what, object, result and day; the address keeps it, and the CSV is of the same',
  { skip, timeout: 200_000 },
  async () => {
    const { served } = center
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const token = (at: number) => served.ask('POST', '/tokens', { name: `Filled ${at}`, scopes: ['view'], expiresAt })
    await Promise.all(Array.from({ length: 60 }, (_, at) => token(at)))
    await token(1)
    await served.must('POST', '/endpoints', endpoint('Changed'))
    await served.must('PATCH', '/endpoints/Changed', { maxConcurrentMigrations: 17 })
    const visitor = await signedIn('ann', '/organization/audit-log')
    const { page } = visitor
    const table = page.getByRole('table', { name: 'Audit log' })
    await page.getByText('50 entries shown').waitFor()
    await visitor.isAccessible('audit log')
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByText(/^(6|7|8|9)\d entries shown/).waitFor()

    await page.getByLabel('Cmdlet').fill('New-ApiToken')
    await page.getByLabel('Cmdlet').press('Enter')
    await page.getByLabel('Object').fill('Filled 1')
    await page.getByLabel('Object').press('Tab')
    await page.getByText('2 entries shown').waitFor()
    await page.getByLabel('Result').selectOption('Failed or unknown')
    await page.getByText('1 entry shown').waitFor()
    await page.getByLabel('From (day)').fill('2020-01-01')
    await page.getByLabel('To (day)').fill('2020-01-02')
    await page.getByLabel('To (day)').press('Enter')
    await page.getByText('Nothing was found.').waitFor()
    await page.getByLabel('To (day)').fill('2099-01-02')
    await page.getByLabel('To (day)').press('Enter')
    await page.getByText('1 entry shown').waitFor()
    // Sent to somebody else, the address shows the same.
    await page.reload()
    await page.getByText('1 entry shown').waitFor()
    assert.equal(await page.getByLabel('Object').inputValue(), 'Filled 1')
    await table.getByRole('link').click()
    const pane = page.getByRole('region', { name: 'New-ApiToken' })
    await pane.getByRole('alert').filter({ hasText: 'NAME_TAKEN' }).waitFor()
    await pane.getByRole('table', { name: 'Given' }).getByRole('row', { name: 'Name Filled 1' }).waitFor()
    await visitor.isAccessible('audit entry')

    const csv = await saved(page, () => page.getByRole('link', { name: 'Export as CSV' }).click())
    assert.equal(csv.trim().split('\r\n').length, 2)
    assert.match(csv, /NAME_TAKEN/)

    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.getByText('50 entries shown').waitFor()
    await page.getByLabel('Cmdlet').fill('Set-MigrationEndpoint')
    await page.getByLabel('Cmdlet').press('Enter')
    await page.getByText('1 entry shown').waitFor()
    await table.getByRole('link').click()
    await page
      .getByRole('region', { name: 'Set-MigrationEndpoint' })
      .getByRole('row', { name: 'MaxConcurrentMigrations 20 17' })
      .waitFor()
    visitor.isClean()
  },
)

const endpoint = (name: string) => ({ name, remoteServer: 'imap.old.example', skipVerification: true })

/** A file as the browser saves it. */
async function saved(page: Page, press: () => Promise<void>): Promise<string> {
  const downloading = page.waitForEvent('download')
  await press()
  return readFileSync(await (await downloading).path(), 'utf8')
}

test(
  'a batch that is there and one that was removed have a report to read and print; files are those of the API',
  { skip, timeout: 200_000 },
  async () => {
    const { served } = center
    await served.must('POST', '/endpoints', endpoint('Reported'))
    const batch = async (name: string, domain: string) => {
      const rows = [`amy@${domain},amy,x`, 'nobody,bob,x']
      const csvFile = await served.upload(`EmailAddress,UserName,Password\r\n${rows.join('\r\n')}\r\n`)
      return served.must<MigrationBatch>('POST', '/batches', { name, sourceEndpoint: 'Reported', csvFile })
    }
    const { batchGuid } = await batch('Wave', 'contoso.example')
    await batch('Gone', 'fabrikam.example')
    await served.must('DELETE', '/batches/Gone')
    await until('the batch is archived', async () => (await served.ask('GET', '/archived-batches/Gone')).status === 200)
    // Who only looks on may read and hand over reports.
    await make('walt', 'ViewOnly')
    const visitor = await signedIn('walt', '/reports')
    const { page } = visitor
    const table = page.getByRole('table', { name: 'Reports' })
    await table.getByRole('row', { name: /^Gone List of waybills 0/ }).waitFor()
    await visitor.isAccessible('reports')
    // It stands in the address, and shows what stands there: not in the same moment.
    await page.getByRole('checkbox', { name: 'Removed batches, too' }).click()
    await table.getByRole('row', { name: /^Gone/ }).first().waitFor({ state: 'detached' })
    assert.deepEqual(await table.getByRole('row').count(), 3)

    const file = await saved(page, () => page.getByRole('link', { name: 'Download as CSV: All users, Wave' }).click())
    assert.equal(file, await served.must('GET', `/reports/${batchGuid}-users`))
    assert.match(file, /amy@contoso.example/)

    await table.getByRole('link', { name: 'Wave' }).first().click()
    await page.getByRole('heading', { name: 'Migration report: Wave' }).waitFor()
    const failed = page.getByRole('table', { name: 'Mailboxes that failed' })
    await failed.getByRole('row', { name: /^nobody Failed .*is not a valid address/ }).waitFor()
    await page
      .getByRole('table', { name: 'All mailboxes' })
      .getByRole('row', { name: /^amy@contoso.example/ })
      .waitFor()
    await page.getByText('No message was skipped.').waitFor()
    await visitor.isAccessible('report')

    await page.goto(`${center.url}/reports/Gone`)
    await page.getByText('Removed by').waitFor()
    await page.getByText('Local administrator').last().waitFor()
    await page.getByText(/^Reported · .*imap\.old\.example/).waitFor()
    await visitor.isAccessible('report of a removed batch')
    // What is printed is not cut off at the side.
    await page.emulateMedia({ media: 'print' })
    await page.setViewportSize({ width: 700, height: 900 })
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 700)
    visitor.isClean()
  },
)

test(
  'one changes what one is called and the language oneself, whatever the role; it is read in French on a telephone in the dark',
  { skip, timeout: 200_000 },
  async () => {
    await make('vera', 'ViewOnly')
    const visitor = await signedIn('vera', '/account', { width: 360, height: 740, scheme: 'dark' })
    const { page } = visitor
    await page.getByText('Sees everything of the migration, and changes nothing.').waitFor()
    await field(page, 'Display name').fill('Vera Green')
    await field(page, 'Mail address (optional)').fill('vera')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Is not a mail address.').waitFor()
    await field(page, 'Mail address (optional)').fill('vera@contoso.example')
    await page.getByLabel('Language of the admin center').selectOption('fr')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Mon compte' }).waitFor()
    await page.getByRole('button', { name: 'Compte de Vera Green' }).waitFor()
    const { displayName, mailAddress, language, roles } = await administrator('vera')
    assert.deepEqual(
      [displayName, mailAddress, language, roles],
      ['Vera Green', 'vera@contoso.example', 'fr', ['ViewOnly']],
    )
    await visitor.isAccessible('account')
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360)
    await page.getByRole('link', { name: 'Changer le mot de passe' }).click()
    await page.getByRole('heading', { name: 'Changer le mot de passe' }).waitFor()
    visitor.isClean()
  },
)

test('narrow, dark and in French the pages fit and are accessible', { skip, timeout: 200_000 }, async () => {
  const options = { width: 360, height: 740, scheme: 'dark', locale: 'fr-FR' } as const
  const narrow = await center.visitor(options)
  const { page } = narrow
  await page.goto(`${center.url}/organization/administrators/ann`)
  await page.getByLabel(/^Nom d’utilisateur/).fill('ann')
  await page.getByLabel(/^Mot de passe/).fill(PASSWORD)
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await page.getByRole('heading', { name: 'ann', exact: true }).waitFor()
  for (const [path, heading] of [
    ['/organization/administrators/ann', 'ann'],
    ['/organization/administrators', 'Administrateurs'],
    ['/organization/tokens', 'Jetons d’API'],
    ['/organization/audit-log', 'Journal d’audit'],
    ['/reports', 'Rapports'],
    ['/reports/Gone', 'Rapport de migration : Gone'],
  ] as const) {
    await page.goto(center.url + path)
    await page.getByRole('heading', { name: heading }).waitFor()
    await page.locator('.fui-Spinner').first().waitFor({ state: 'detached' })
    await narrow.isAccessible(`narrow ${path}`)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, path)
  }
  narrow.isClean()
})
