/** Endpoints, databases, workers and settings in the browser: made, tried, changed, removed; what breaks something says what. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
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
