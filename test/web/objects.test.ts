/** Endpoints, databases, workers and settings in the browser: made, tried, changed, removed; what breaks something says what. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { OpenIdSetting } from '#contract/openid.ts'
import type { MigrationConfig } from '#contract/organization.ts'
import { until } from '#test/crash/until.ts'
import { noChromium } from '#test/servers/chromium.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { MAIL_DOMAIN, type SmtpServer, chasquidMissing, startChasquid } from '#test/servers/chasquid.ts'
import { freePorts } from '#test/servers/instance.ts'
import { startOidc } from '#test/servers/oidc.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { PASSWORD as MAIL_PASSWORD } from '#test/service/world.ts'
import { type Center, type Visitor, type VisitorOptions, startCenter } from './center.ts'
import { signIn } from './gestures.ts'

const skip = noChromium() || dovecotMissing() || chasquidMissing()
const MASTER = 'master of all mail'
let center: Center
let source: DovecotServer
let smtp: SmtpServer

before(async () => {
  if (skip) return
  source = await startDovecot({ users: { amy: MAIL_PASSWORD }, masters: { migrator: MASTER } })
  smtp = await startChasquid(['desk'])
  center = await startCenter('objects')
})
after(async () => {
  await center?.[Symbol.asyncDispose]()
  await smtp?.[Symbol.asyncDispose]()
  await source?.[Symbol.asyncDispose]()
})

async function person(userName: string, role: string, options?: VisitorOptions): Promise<Visitor> {
  await makeAdministrator(center.served, userName, [role])
  const visitor = await center.visitor(options)
  await visitor.page.goto(center.url)
  await signIn(visitor.page, userName, PASSWORD)
  await visitor.page.getByRole('heading', { name: 'Migration batches' }).waitFor()
  return visitor
}

test(
  'an endpoint: made with a wrong port and then the right one, tried, changed by two at once, removed when no batch uses it',
  { skip, timeout: 200_000 },
  async () => {
    const visitor = await person('mia', 'Migration')
    const { page } = visitor
    await page.getByRole('link', { name: 'Endpoints' }).click()
    await page.getByText('There is no migration endpoint yet').waitFor()
    await page.getByRole('button', { name: 'New migration endpoint' }).click()
    const form = page.getByRole('dialog', { name: 'New migration endpoint' })
    await form.getByLabel(/^IMAP server/).fill('127.0.0.1')
    await form.getByLabel(/^Name/).fill('Old')
    await form.getByLabel('Encryption').selectOption({ label: 'None' })
    await form.getByLabel(/^Port/).fill(String((await freePorts(1))[0]))
    assert.equal(await form.getByLabel('Save it without reaching the server').count(), 0)
    await form.getByRole('button', { name: 'Create the endpoint' }).click()
    await form.getByRole('alert').filter({ hasText: 'What to do' }).waitFor()
    await form.getByText('It is stored untried.').waitFor()
    await visitor.isAccessible('endpoint that is not reached')
    await form.getByLabel(/^Port/).fill(String(source.port))
    await form.getByLabel('Save it without reaching the server').waitFor({ state: 'detached' })
    await form.getByRole('button', { name: 'Create the endpoint' }).click()

    // The pane of what was made has everything, and its own test.
    const pane = page.getByRole('region', { name: 'Old' })
    await pane.getByText('0 of 20').waitFor()
    await pane.getByRole('button', { name: 'Test' }).click()
    await pane.getByText(`answers on port ${source.port} with security None. It took`).waitFor()
    await page.getByRole('row', { name: `Old 127.0.0.1:${source.port} 0 of 20 0 of 10` }).waitFor()
    await visitor.isAccessible('endpoint pane')

    // Two people at once: nobody is undone, and nothing typed is lost.
    const edit = page.getByRole('dialog', { name: 'Edit the endpoint Old' })
    await pane.getByRole('button', { name: 'Edit' }).click()
    assert.equal(await edit.getByLabel(/^Name/).count(), 0)
    await center.served.must('PATCH', '/endpoints/Old', { maxConcurrentMigrations: 33 })
    await edit.getByLabel(/^Incremental syncs at once/).fill('19')
    await edit.getByRole('button', { name: 'Save', exact: true }).click()
    await edit.getByText('Somebody else has changed this meanwhile.').waitFor()
    await edit.getByText('Migrations at once is now 33').waitFor()
    await visitor.isAccessible('conflict')
    await edit.getByRole('button', { name: 'Go on with what is there now' }).click()
    await edit.getByText('Somebody else has changed this meanwhile.').waitFor({ state: 'detached' })
    assert.equal(await edit.getByLabel(/^Migrations at once/).inputValue(), '33')
    assert.equal(await edit.getByLabel(/^Incremental syncs at once/).inputValue(), '19')
    // What is wrong is told at its field, and by the names that the form has.
    await edit.getByLabel(/^Incremental syncs at once/).fill('40')
    await edit.getByText('Not more than “Migrations at once”, which is 33.').waitFor()
    assert.equal(await edit.getByRole('button', { name: 'Save', exact: true }).isEnabled(), false)
    // Esc, which is pressed by mistake, too, discards nothing that was typed before it has said so.
    await page.keyboard.press('Escape')
    await edit.getByRole('alert').filter({ hasText: 'Press Esc once more to discard it.' }).waitFor()
    assert.equal(await edit.getByLabel(/^Incremental syncs at once/).inputValue(), '40')
    await edit.getByLabel(/^Incremental syncs at once/).fill('5')
    await edit.getByRole('button', { name: 'Save', exact: true }).click()
    await edit.waitFor({ state: 'detached' })
    await pane.getByText('0 of 5', { exact: true }).waitFor()
    await pane.getByText('0 of 33', { exact: true }).waitFor()

    // A batch keeps it, is named with a way to it, and another server gets its users' passwords.
    const csvFile = await center.served.upload('EmailAddress,UserName,Password\r\namy@contoso.example,amy,x\r\n')
    await center.served.must('POST', '/batches', { name: 'Wave 1', sourceEndpoint: 'Old', csvFile })
    await pane.getByRole('link', { name: 'Wave 1' }).waitFor()
    const remove = pane.getByRole('button', { name: 'Delete' })
    assert.equal(await remove.getAttribute('aria-disabled'), 'true')
    await remove.focus()
    await page.getByRole('tooltip', { name: 'Used by 1 batch: Wave 1.' }).waitFor()
    await pane.getByRole('button', { name: 'Edit' }).click()
    await edit.getByLabel(/^IMAP server/).fill('localhost')
    await edit.getByText(`The users of 1 batch go on at localhost:${source.port} with the passwords`).waitFor()
    await visitor.isAccessible('endpoint that moves')
    await edit.getByRole('button', { name: 'Save', exact: true }).click()
    await pane.getByText('localhost', { exact: true }).waitFor()
    await center.served.must('DELETE', '/batches/Wave%201')
    await pane.getByText('No batch', { exact: true }).waitFor()
    await remove.click()
    const question = page.getByRole('alertdialog', { name: 'Delete the endpoint Old?' })
    await question.getByText('so no mailbox is touched').waitFor()
    await visitor.isAccessible('deletion of an endpoint')
    await question.getByRole('button', { name: 'Delete Old' }).click()
    await page.getByText('There is no migration endpoint yet').waitFor()
    visitor.isClean()
  },
)

test(
  'a mailbox database: made, tried as its administrator, moved with the password typed again, made the default, removed',
  { skip, timeout: 200_000 },
  async () => {
    const visitor = await person('olga', 'OrganizationManagement')
    const { page } = visitor
    const answers = answersOf(page)
    await page.getByRole('link', { name: 'Databases' }).click()
    await page.getByRole('button', { name: 'New mailbox database' }).click()
    const form = page.getByRole('dialog', { name: 'New mailbox database' })
    await form.getByLabel(/^Name/).fill('Store')
    await form.getByLabel(/^IMAP server/).fill('127.0.0.1')
    await form.getByLabel('Encryption').selectOption({ label: 'None' })
    await form.getByLabel(/^Port/).fill(String(source.port))
    await form.getByLabel(/^How the service logs in/).fill('{local}*{admin}')
    await form.getByLabel('Administrator’s user name').fill('migrator')
    await form.getByLabel('Administrator’s password').fill(MASTER)
    await visitor.isAccessible('new database')
    await form.getByRole('button', { name: 'Create the mailbox database' }).click()

    const pane = page.getByRole('region', { name: 'Store' })
    await pane.getByText('Stored', { exact: true }).waitFor()
    await pane.getByLabel('Test mailbox (optional)').fill('amy@contoso.example')
    await pane.getByRole('button', { name: 'Test the mailbox database' }).click()
    await pane.getByText('The mailbox of amy@contoso.example was opened').waitFor()
    await visitor.isAccessible('database pane')

    // A stored password is not shown, stays where nothing was typed, and goes nowhere else.
    const edit = page.getByRole('dialog', { name: 'Edit the mailbox database Store' })
    await pane.getByRole('button', { name: 'Edit' }).click()
    const password = edit.getByLabel(/^Administrator’s password/)
    assert.equal(await password.inputValue(), '')
    await edit.getByText('Stored. Type a new one to replace it.').waitFor()
    await edit.getByLabel(/^IMAP server/).fill('localhost')
    await edit.getByText('Must be typed again: the stored one is not sent to another server').waitFor()
    const save = edit.getByRole('button', { name: 'Save', exact: true })
    assert.equal(await save.isDisabled(), true)
    await password.fill(MASTER)
    await visitor.isAccessible('database that moves')
    await save.click()
    await pane.getByText('localhost', { exact: true }).waitFor()
    await pane.getByRole('button', { name: 'Test the mailbox database' }).click()
    await pane.getByText('The mailbox of amy@contoso.example was opened').waitFor()

    // The default stays as long as there are others, and one that a batch uses stays, too.
    await pane.getByRole('button', { name: 'Make it the default' }).click()
    const remove = pane.getByRole('button', { name: 'Delete' })
    await page.getByRole('row', { name: `Store localhost:${source.port} Default` }).waitFor()
    await remove.focus()
    await page.getByRole('tooltip', { name: 'It is the default. Make another one the default first.' }).waitFor()
    await page.getByRole('link', { name: 'Local', exact: true }).click()
    const local = page.getByRole('region', { name: 'Local' })
    await local.getByRole('button', { name: 'Make it the default' }).click()
    await local.getByRole('button', { name: 'Test the mailbox database' }).click()
    await local.getByText('can be written').waitFor()
    await page.getByRole('link', { name: 'Store', exact: true }).click()
    await center.served.must('POST', '/endpoints', { name: 'E', remoteServer: 'imap.example', skipVerification: true })
    const csvFile = await center.served.upload('EmailAddress,UserName,Password\r\namy@contoso.example,amy,x\r\n')
    const batch = { name: 'Wave 2', sourceEndpoint: 'E', csvFile, targetDatabases: ['Store'] }
    await center.served.must('POST', '/batches', batch)
    await pane.getByRole('link', { name: 'Wave 2' }).waitFor()
    await pane.getByRole('button', { name: 'Edit' }).click()
    await edit.getByLabel(/^Port/).fill('1143')
    await edit.getByText(`the users of 1 batch (Wave 2) go to localhost:1143`).waitFor()
    await edit.getByRole('button', { name: 'Cancel' }).click()
    await center.served.must('DELETE', '/batches/Wave%202')
    await pane.getByText('No batch', { exact: true }).waitFor()
    await center.served.must('DELETE', '/endpoints/E')
    await remove.click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete Store' }).click()
    await page.getByText('1 mailbox database', { exact: true }).waitFor()
    assert.ok(answers.length > 5)
    assert.deepEqual(
      answers.filter((text) => text.includes(MASTER)),
      [],
    )
    visitor.isClean()
  },
)

test(
  'settings: what a change means is said before, typed things survive the parts, secrets are tried and never shown again',
  { skip, timeout: 300_000 },
  async () => {
    const { served } = center
    await served.must('POST', '/endpoints', { name: 'S', remoteServer: 'imap.example', skipVerification: true })
    const csvFile = await served.upload('EmailAddress,UserName,Password\r\namy@contoso.example,amy,x\r\n')
    const notificationEmails = [`desk@${MAIL_DOMAIN}`, `nobody@${MAIL_DOMAIN}`]
    await served.must('POST', '/batches', { name: 'Old wave', sourceEndpoint: 'S', csvFile, notificationEmails })
    await served.must('POST', '/batches/Old%20wave/start')
    await served.reaches('Old wave', 'Syncing')
    await served.must('POST', '/batches/Old%20wave/stop')
    await served.reaches('Old wave', 'Stopped')
    const visitor = await person('sam', 'OrganizationManagement')
    const { page } = visitor
    const answers = answersOf(page)
    const saved = (what: string) => page.getByText(`Saved: ${what}.`).first().waitFor()
    await page.getByRole('link', { name: 'Settings' }).click()

    // Units that a person types, and what they mean.
    const limits = page.getByRole('region', { name: 'Limits' })
    const ages = page.getByRole('region', { name: 'What ends by itself' })
    assert.equal(await limits.getByLabel(/^Incremental sync every/).inputValue(), '1')
    await limits.getByLabel('Most batches').fill('50')
    await limits.getByLabel(/^Incremental sync every/).fill('12')
    await limits.getByLabel('Unit of: Incremental sync every').selectOption({ label: 'hours' })
    await until(
      'it has rested for a second',
      async () => Date.parse((await served.batch('Old wave')).lastActionDateTime) + 1_000 < Date.now(),
    )
    await ages.getByLabel(/^Delete stopped batches after/).fill('1')
    await ages.getByLabel('Unit of: Delete stopped batches after').selectOption({ label: 'seconds' })
    await ages.getByText('1 batch has rested for longer than that: Old wave. Deletion is announced at once').waitFor()
    await ages.getByLabel('Unit of: Delete archives of batches after').selectOption({ label: 'days' })
    await ages.getByLabel(/^Delete archives of batches after/).fill('5')
    await ages.getByText('Archives that are older are deleted for good').waitFor()
    await visitor.isAccessible('settings')
    await ages.getByRole('button', { name: 'Save' }).click()
    await ages.getByText('Must be 00:00:00, which is never, or at least 30 days.').waitFor()

    // Another part and back: all is there, and each card saves its own.
    await page.getByRole('tab', { name: 'Mail' }).click()
    const mail = page.getByRole('region', { name: 'Mail server' })
    await mail.getByLabel('SMTP server').fill(smtp.host)
    await page.getByRole('tab', { name: 'Migration' }).click()
    assert.equal(await limits.getByLabel('Most batches').inputValue(), '50')
    assert.equal(await ages.getByLabel(/^Delete archives of batches after/).inputValue(), '5')
    await ages.getByRole('button', { name: 'Discard' }).click()
    await limits.getByRole('button', { name: 'Save' }).click()
    await saved('Limits')

    // The mail server, its password, and a test mail.
    await page.getByRole('tab', { name: 'Mail' }).click()
    assert.equal(await mail.getByLabel('SMTP server').inputValue(), smtp.host)
    await mail.getByLabel(/^Port/).fill(String(smtp.port))
    await mail.getByLabel('Accept certificates that nobody vouches for').check()
    await mail.getByLabel('User name').fill(smtp.userName)
    await mail.getByLabel(/^Password/).fill(smtp.password)
    await mail.getByLabel(/^Sender’s address/).fill(smtp.userName)
    await visitor.isAccessible('mail settings')
    await mail.getByRole('button', { name: 'Save' }).click()
    await saved('Mail server')
    await page.reload()
    assert.equal(await mail.getByLabel('SMTP server').inputValue(), smtp.host)
    assert.equal(await mail.getByLabel(/^Password/).inputValue(), '')
    await mail.getByText('Stored. Type a new one to replace it.').waitFor()
    await mail.getByLabel('Test mail to (empty: the sender)').fill(`desk@${MAIL_DOMAIN}`)
    await mail.getByRole('button', { name: 'Send a test mail' }).click()
    await mail.getByText(`A test mail to desk@${MAIL_DOMAIN} was taken by localhost`).waitFor()
    await mail.getByLabel(/^Port/).fill('2525')
    await mail.getByText('Must be typed again').waitFor()
    const test = mail.getByRole('button', { name: 'Send a test mail' })
    await test.focus()
    await page.getByRole('tooltip', { name: 'Save or discard first' }).waitFor()
    await mail.getByRole('button', { name: 'Discard' }).click()

    // The hook, with a secret made here and seen this once; nobody listens.
    await page.getByRole('tab', { name: 'Hook' }).click()
    const hook = page.getByRole('region', { name: 'Notification hook' })
    await hook.getByLabel('URL', { exact: true }).fill(`http://127.0.0.1:${(await freePorts(1))[0]}/waybill`)
    await hook.getByRole('button', { name: 'Make a new one' }).click()
    const secret = await hook.getByLabel('The new secret').inputValue()
    assert.match(secret, /^whsec_[\w+/]{43}=$/)
    await visitor.isAccessible('hook settings')
    await hook.getByRole('button', { name: 'Save' }).click()
    await saved('Notification hook')
    await hook.getByLabel('The new secret').waitFor({ state: 'detached' })
    await hook.getByRole('button', { name: 'Call the hook' }).click()
    await hook.getByRole('alert').filter({ hasText: 'It did not work.' }).waitFor()

    // The provider of OpenID Connect.
    await using oidc = await startOidc({ publicUrl: center.url, people: {} })
    await page.getByRole('tab', { name: 'OpenID Connect' }).click()
    const openId = page.getByRole('region', { name: 'Sign-in with OpenID Connect' })
    await openId.getByLabel(/^Issuer/).fill(oidc.issuer)
    await openId.getByLabel(/^Client ID/).fill(oidc.clientId)
    await openId.getByLabel(/^Client secret/).fill(oidc.clientSecret)
    await openId.getByLabel('Organization management').fill('owners\nAdmins')
    await openId.getByLabel('Offer it on the sign-in page').check()
    await visitor.isAccessible('OpenID Connect')
    await openId.getByRole('button', { name: 'Save' }).click()
    await saved('Sign-in with OpenID Connect')
    await openId.getByRole('button', { name: 'Test the provider' }).click()
    await openId.getByText(`${oidc.issuer} answers and knows the client.`).waitFor()
    const setting = await served.must<OpenIdSetting>('GET', '/openid-settings')
    assert.deepEqual(setting.roleMapping.OrganizationManagement, ['owners', 'Admins'])
    await openId.getByLabel('Offer it on the sign-in page').uncheck()
    await openId.getByText('Nobody signs in with the provider any more.').waitFor()
    await openId.getByRole('button', { name: 'Save' }).click()
    await until('it is off', async () => !(await served.must<OpenIdSetting>('GET', '/openid-settings')).enabled)

    // What became of the reports: one went out, one was refused for good.
    await page.getByRole('tab', { name: 'Sent reports' }).click()
    const queue = page.getByRole('table', { name: 'Sent reports' })
    await queue.getByRole('row', { name: /Old wave Started desk@.* Sent/ }).waitFor()
    await queue.getByRole('row', { name: /Old wave Started nobody@.* Given up/ }).waitFor()
    await visitor.isAccessible('sent reports')
    await page.getByLabel('Show').selectOption({ label: 'Given up' })
    await page.getByText('1 report', { exact: true }).waitFor()

    // On a telephone, too, the page goes to no side.
    await page.setViewportSize({ width: 360, height: 740 })
    assert.equal(await page.getByRole('tab').count(), 5)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360)
    await page.setViewportSize({ width: 1366, height: 900 })

    // Seen again, and nobody undoes what somebody else has saved.
    await page.goto(`${center.url}/settings`)
    assert.equal(await limits.getByLabel('Most batches').inputValue(), '50')
    assert.equal(await limits.getByLabel(/^Incremental sync every/).inputValue(), '12')
    await limits.getByLabel('Most batches').fill('60')
    await served.must('PATCH', '/config', { maxNumberOfBatches: 70 })
    await limits.getByRole('button', { name: 'Save' }).click()
    await limits.getByText('Most batches is now 70').waitFor()
    await limits.getByText('Is now 70.', { exact: true }).waitFor()
    await limits.getByRole('button', { name: 'Go on with what is there now' }).click()
    await limits.getByText('Somebody else has changed this').waitFor({ state: 'detached' })
    await limits.getByRole('button', { name: 'Save' }).click()
    await saved('Limits')
    assert.equal((await served.must<MigrationConfig>('GET', '/config')).maxNumberOfBatches, 60)
    assert.deepEqual(
      answers.filter((text) => [smtp.password, secret, oidc.clientSecret].some((one) => text.includes(one))),
      [],
    )
    await served.must('DELETE', '/batches/Old%20wave')
    visitor.isClean()
  },
)

test(
  'the role Migration tries databases and changes none, and sees workers and settings without commands; all of it at 360 pixels, dark, in French',
  { skip, timeout: 200_000 },
  async () => {
    await center.served.must('PATCH', '/config', { stopSyncedBatchesAfter: '60.00:00:00' })
    const visitor = await person('max', 'Migration', { width: 360, height: 740, scheme: 'dark' })
    const { page } = visitor
    await page.evaluate(`localStorage.setItem('waybill.language', 'fr')`)
    for (const [path, heading, something, buttons] of [
      ['/migration/endpoints', 'Points de terminaison de migration', 'point', 1],
      ['/migration/databases', 'Bases de boîtes aux lettres', 'Local', 0],
      ['/migration/databases/Local', 'Local', 'Maildir', 1],
      ['/migration/workers', 'Exécutants', 'pare-feu', 0],
      ['/settings', 'Paramètres', '60 j', 0],
      ['/settings/queue', 'Paramètres', 'Rapports par messagerie', 0],
    ] as const) {
      await page.goto(center.url + path)
      await page.getByRole('heading', { name: heading }).waitFor()
      await page.locator('#content').getByText(something).filter({ visible: true }).first().waitFor()
      const changing = page.locator('#content').getByRole('button', { name: /^(Nouve|Enregistrer|Tester|Envoyer)/ })
      assert.equal(await changing.count(), buttons, path)
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360, path)
      await visitor.isAccessible(path)
    }
    assert.equal(await page.getByRole('tab').count(), 2)
    await page.goto(`${center.url}/settings/nonsense`)
    await page.getByRole('heading', { name: 'Cette page n’existe pas.' }).waitFor()
    visitor.isClean()
  },
)

test(
  'a form that is open when the session ends is as it was for who signs in again, and gone for somebody else',
  { skip, timeout: 200_000 },
  async () => {
    const visitor = await person('mona', 'Migration')
    const { page, context } = visitor
    await page.goto(`${center.url}/migration/endpoints`)
    await page.getByRole('button', { name: 'New migration endpoint' }).click()
    const form = page.getByRole('dialog', { name: 'New migration endpoint' })
    await form.getByLabel(/^Name/).fill('Typed')
    await form.getByLabel(/^IMAP server/).fill('imap.typed.example')
    const end = async () => {
      await context.clearCookies()
      await form.getByRole('button', { name: 'Test the connection' }).click()
      await page.getByText('Your session has ended.').waitFor()
    }
    await end()
    const asked = page.getByRole('alertdialog', { name: 'Sign in' })
    await asked.waitFor()
    await visitor.isAccessible('sign in again')
    // Neither seen nor read, nor closed by the keyboard.
    await page.keyboard.press('Escape')
    assert.equal(await page.getByRole('heading', { name: 'Migration endpoints' }).count(), 0)
    assert.equal(await form.count(), 0)
    assert.equal(
      await page.locator('.form-dialog').evaluate((one) => {
        const { x, y, width } = one.getBoundingClientRect()
        return one.contains(one.ownerDocument.elementFromPoint(x + width / 2, y + 5))
      }),
      false,
    )
    const requests: string[] = []
    page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`))
    await signIn(page, 'mona', 'not the password')
    await asked.getByRole('alert').waitFor()
    // Nothing but the sign-in was asked of a service that counts who has no session.
    assert.deepEqual(
      requests.filter((one) => one.includes(' /api/')),
      ['POST /api/v1/session'],
    )
    await signIn(page, 'mona', PASSWORD)
    await asked.waitFor({ state: 'detached' })
    assert.equal(await form.getByLabel(/^IMAP server/).inputValue(), 'imap.typed.example')
    await form.getByText('Not done: your session had ended.').waitFor()
    assert.equal(await form.getByLabel(/^Name/).inputValue(), 'Typed')
    await form.getByRole('button', { name: 'Test the connection' }).click()
    await form.getByRole('alert').filter({ hasText: 'imap.typed.example' }).waitFor()

    await makeAdministrator(center.served, 'nils', ['Migration'])
    await end()
    await signIn(page, 'nils', PASSWORD)
    await page.getByRole('button', { name: 'Account of nils' }).waitFor()
    await page.getByRole('heading', { name: 'Migration endpoints' }).waitFor()
    assert.equal(await form.count(), 0)
    visitor.isClean()
  },
)

/** Everything that the page gets from the API, as it comes. */
function answersOf(page: Page): readonly string[] {
  const texts: string[] = []
  page.on('response', (response) => {
    // The event stream has no end.
    if (/\/api\/v1\/(?!event-stream)/.test(response.url()))
      void response.text().then(
        (text) => texts.push(text),
        () => undefined,
      )
  })
  return texts
}
