/** Endpoints, databases, workers and settings in the browser: made, tried, changed, removed; what breaks something says what. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { noChromium } from '#test/servers/chromium.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { freePorts } from '#test/servers/instance.ts'
import { PASSWORD } from '#test/service/administrators-world.ts'
import { PASSWORD as MAIL_PASSWORD } from '#test/service/world.ts'
import { type Center, type Visitor, type VisitorOptions, startCenter } from './center.ts'
import { signIn } from './gestures.ts'

const skip = noChromium() || dovecotMissing()
const MASTER = 'master of all mail'
let center: Center
let source: DovecotServer

before(async () => {
  if (skip) return
  source = await startDovecot({ users: { amy: MAIL_PASSWORD }, masters: { migrator: MASTER } })
  center = await startCenter('objects')
})
after(async () => {
  await center?.[Symbol.asyncDispose]()
  await source?.[Symbol.asyncDispose]()
})

async function person(userName: string, role: string, options?: VisitorOptions): Promise<Visitor> {
  await center.served.must('POST', '/administrators', {
    userName,
    roles: [role],
    password: PASSWORD,
    mustChangePassword: false,
  })
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
    await page.getByRole('row', { name: `Old IMAP 127.0.0.1:${source.port} None 0 of 20 0 of 10 0` }).waitFor()
    await visitor.isAccessible('endpoint pane')

    // Two people at once: nobody is undone, and nothing typed is lost.
    const edit = page.getByRole('dialog', { name: 'Edit the endpoint Old' })
    await pane.getByRole('button', { name: 'Edit' }).click()
    assert.equal(await edit.getByLabel(/^Name/).count(), 0)
    await center.served.must('PATCH', '/endpoints/Old', { maxConcurrentMigrations: 33 })
    await edit.getByLabel(/^Incremental syncs at once/).fill('40')
    await edit.getByRole('button', { name: 'Save', exact: true }).click()
    await edit.getByText('Somebody else has changed this meanwhile.').waitFor()
    await edit.getByText('Migrations at once is now 33').waitFor()
    await visitor.isAccessible('conflict')
    await edit.getByRole('button', { name: 'Go on with what is there now' }).click()
    await edit.getByText('Somebody else has changed this meanwhile.').waitFor({ state: 'detached' })
    assert.equal(await edit.getByLabel(/^Migrations at once/).inputValue(), '33')
    assert.equal(await edit.getByLabel(/^Incremental syncs at once/).inputValue(), '40')
    // What is wrong is told at its field.
    await edit.getByRole('button', { name: 'Save', exact: true }).click()
    await edit.getByText('Is 40, and may not be more than maxConcurrentMigrations, which is 33.').waitFor()
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
    await page.getByRole('row', { name: `Store IMAP localhost:${source.port} Default 0` }).waitFor()
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
    await center.served.must('DELETE', '/endpoints/E')
    await pane.getByText('No batch', { exact: true }).waitFor()
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
