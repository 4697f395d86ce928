/** The users of batches as a helpdesk works with them: found, repaired, looked into, commanded one by one and together. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { waybill } from '#test/migrate/run-waybill.ts'
import { noChromium } from '#test/servers/chromium.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { changePassword } from '#test/service/asking.ts'
import { PASSWORD as MAIL_PASSWORD, address, csvOf, everydayMailbox } from '#test/service/world.ts'
import { fill } from '#test/worlds/fill.ts'
import { folder, message } from '#test/worlds/messages.ts'
import { type Center, startCenter } from './center.ts'
import { signIn } from './gestures.ts'

const skip = noChromium() || dovecotMissing()
const USERS = ['amy', 'bob', 'cid', 'dan', 'eve']
/** Larger than any message that is carried. */
const LARGE = Buffer.concat([Buffer.from('Subject: Holiday film\r\n\r\n'), Buffer.alloc(36 * 1_048_576, 'x\r\n')])
interface Shown {
  readonly parentElement: Shown | null
  readonly scrollWidth: number
  readonly clientWidth: number
}
interface Styles {
  getComputedStyle(shown: unknown): { color: string; backgroundColor: string }
}
let center: Center
let source: DovecotServer

const mailbox = (user: string) => ({ host: '127.0.0.1', port: source.port, user, password: MAIL_PASSWORD })

before(async () => {
  if (skip) return
  source = await startDovecot({ users: Object.fromEntries(USERS.map((user) => [user, MAIL_PASSWORD])) })
  for (const [index, user] of USERS.entries()) await fill(mailbox(user), everydayMailbox(index * 10, 12))
  await fill(mailbox('cid'), [folder('INBOX', [message('film', LARGE)])])
  center = await startCenter('users', { concurrency: 2 })
  const { served } = center
  for (const [userName, role] of [
    ['ann', 'OrganizationManagement'],
    ['vera', 'ViewOnly'],
  ] as const)
    await makeAdministrator(served, userName, [role])
  await served.newEndpoint('Source', source)
  await served.newBatch('Wave 1', [['amy'], ['bob', 'wrong'], ['cid'], ['dan', 'other'], ['eve']], { autoStart: true })
  await served.reaches('Wave 1', 'SyncedWithErrors')
})
after(async () => {
  await center?.[Symbol.asyncDispose]()
  await source?.[Symbol.asyncDispose]()
})

async function downloaded(page: Page, button: Locator): Promise<{ name: string; path: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
  return { name: download.suggestedFilename(), path: await download.path() }
}

const paneOf = (page: Page, user: string) => page.getByRole('region', { name: address(user) })
/** Resolves when the link has the focus. */
const hasFocus = (link: Locator, page: Page) => link.and(page.locator(':focus')).waitFor()
/** Within what scrolls it sideways. */
const isInSight = (cell: Locator) =>
  cell.evaluate((one) => one.getBoundingClientRect().right <= one.closest('.scroll')!.getBoundingClientRect().right)
const fits = async (page: Page) =>
  assert.equal(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'), true)

test(
  'a helpdesk finds a failed user, repairs it, reads what was skipped, has report and waybill, and commands one and several',
  { skip, timeout: 400_000 },
  async () => {
    const { served } = center
    const visitor = await center.visitor()
    const { page } = visitor
    await page.goto(center.url)
    await signIn(page, 'ann', PASSWORD)

    // Where is this person's mailbox? Found over all batches; the row was wrong, is corrected, and is resumed in the page.
    await page.getByRole('link', { name: 'Users' }).click()
    const all = page.getByRole('table', { name: 'Users', exact: true })
    await all.getByRole('row').nth(5).waitFor()
    await visitor.isAccessible('users of all batches')
    await page.getByLabel('Search by address').fill('bob')
    await page.getByText('1 user', { exact: true }).waitFor()
    await all.getByRole('link', { name: address('bob') }).click()
    const bob = paneOf(page, 'bob')
    await bob.getByText('Failed', { exact: true }).first().waitFor()
    await bob.getByRole('alert').filter({ hasText: 'What to do' }).waitFor()
    await bob
      .getByRole('table', { name: 'Passes' })
      .getByRole('row', { name: /Initial Failed/ })
      .waitFor()
    const stop = bob.getByRole('button', { name: 'Stop user' })
    assert.equal(await stop.getAttribute('aria-disabled'), 'true')
    await stop.focus()
    await page.getByRole('tooltip', { name: 'The mailbox has failed: nothing of it is running' }).waitFor()
    const csvFile = await served.upload(csvOf([['bob']]))
    await served.must('PATCH', '/batches/Wave%201', { csvFile })
    await bob.getByRole('button', { name: 'Resume user' }).click()
    await bob.getByText('Synced', { exact: true }).first().waitFor()
    await bob.getByText('12 of 12').waitFor()
    assert.equal(await bob.getByRole('alert').count(), 0)
    await bob.getByRole('button', { name: 'Close the details' }).click()
    // Who closes a user goes on at its row.
    await hasFocus(all.getByRole('link', { name: address('bob') }), page)

    // From the batch to a user with a skipped item, and back to the row that one came from.
    await page.goto(`${center.url}/migration/batches/Wave%201?users-sort=-skippedItemCount`)
    const report = page.getByRole('table', { name: 'Users report' })
    await report
      .getByRole('row')
      .nth(1)
      .getByRole('link', { name: address('cid') })
      .click()
    const cid = paneOf(page, 'cid')
    const skipped = cid.getByRole('table', { name: 'Skipped items' })
    await skipped
      .getByRole('row', { name: /Holiday film Large item INBOX 37\.7 MB 37748\d+ bytes are more than the limit/ })
      .waitFor()
    assert.equal(await cid.getByRole('button', { name: 'Approve skipped items' }).getAttribute('aria-disabled'), 'true')
    const eml = await downloaded(page, skipped.getByRole('button', { name: 'Download “Holiday film”' }))
    assert.equal(eml.name, 'Holiday film.eml')
    assert.ok(readFileSync(eml.path).equals(LARGE), 'the message as it is in the source')
    const told = await downloaded(page, cid.getByRole('button', { name: 'Download report' }))
    assert.equal(told.name, `${address('cid')}.report.txt`)
    assert.match(readFileSync(told.path, 'utf8'), /^Status +Synced$[^]*Holiday film/m)
    const waybills = cid.getByRole('region', { name: 'Waybills' })
    const sealed = await downloaded(page, waybills.getByRole('button', { name: /^Download cid/ }))
    const command = (await waybills.getByRole('code').textContent())!.split(' ')
    assert.equal(command[2], sealed.name)
    const verified = await waybill(['verify', sealed.path, ...command.slice(3)])
    assert.equal(verified.code, 0, verified.stdout + verified.stderr)
    const rows = await cid.getByRole('table', { name: 'Folders' }).getByRole('row').all()
    const cells = await Promise.all(rows.slice(1).map((row) => row.getByRole('cell').allTextContents()))
    const counts = cells.map(([name, , ...numbers]) => [name, ...numbers.slice(0, 5).map(Number)])
    assert.deepEqual(counts, [
      ['INBOX', 7, 6, 1, 0, 0],
      ['Projects', 6, 6, 0, 0, 0],
    ])
    await visitor.isAccessible('a user')
    await cid.getByRole('link', { name: 'Back to Wave 1' }).click()
    await report.waitFor()
    await hasFocus(report.getByRole('link', { name: address('cid') }), page)

    // Synced now, stopped, deleted: each seen in the page that is open.
    await report.getByRole('link', { name: address('eve') }).click()
    const eve = paneOf(page, 'eve')
    await fill(mailbox('eve'), [folder('INBOX', [message('late', 'Subject: late\r\n\r\nx\r\n')])])
    await eve.getByRole('button', { name: 'Sync user now' }).click()
    await eve.getByText('13 of 13').waitFor()
    await eve
      .getByRole('table', { name: 'Passes' })
      .getByRole('row', { name: /Incremental Synced/ })
      .waitFor()
    await eve.getByRole('button', { name: 'Start user later' }).click()
    const later = page.getByRole('dialog', { name: `Start ${address('eve')} later` })
    await later.getByLabel(/^Date/).fill('2040-01-02')
    await later.getByRole('button', { name: 'Save' }).click()
    await eve.getByText('2 Jan 2040').waitFor()
    await eve.getByRole('button', { name: 'Stop user' }).click()
    await eve.getByText('Incremental sync stopped').waitFor()
    await eve.getByRole('button', { name: 'Delete user' }).click()
    const question = page.getByRole('alertdialog', { name: `Delete ${address('eve')} from its batch?` })
    await question.getByText(/^1 mailbox will be taken out of the batch Wave 1/).waitFor()
    await question.getByRole('button', { name: `Delete ${address('eve')}` }).click()
    await report.waitFor()
    await report.getByRole('link', { name: address('eve') }).waitFor({ state: 'detached' })

    // Several at once; of each that is refused it is told why.
    for (const user of ['amy', 'dan']) await report.getByLabel(`Choose ${address(user)}`).check()
    await visitor.isAccessible('chosen users')
    await page.getByRole('button', { name: 'Stop 2 users' }).click()
    const several = page.getByRole('alertdialog', { name: 'Stop 2 mailboxes?' })
    await several.getByRole('button', { name: 'Stop 2 users' }).click()
    await page.getByText('Done for 1 user.').waitFor()
    await page
      .getByRole('listitem')
      .filter({ hasText: `${address('dan')}: Not possible` })
      .waitFor()
    await report.getByRole('row', { name: new RegExp(`${address('amy')} Incremental sync stopped`) }).waitFor()

    // The failed ones go on in a batch of their own, with a password that is right by now.
    await changePassword(source, 'dan', 'other')
    const pane = page.getByRole('region', { name: 'Wave 1' })
    await pane.getByRole('button', { name: 'New batch from 1 failed user' }).waitFor()
    await pane.getByRole('link', { name: 'Failed mailboxes: 1, show them' }).click()
    await pane.getByText('1 user', { exact: true }).waitFor()
    await pane.getByRole('button', { name: 'New batch from 1 user' }).click()
    const form = page.getByRole('dialog', { name: 'New batch from 1 user' })
    assert.equal(await form.getByLabel(/^Name of the batch/).inputValue(), 'Wave 1 again')
    await visitor.isAccessible('new batch from users')
    await form.getByRole('button', { name: 'Create the batch' }).click()
    const again = page.getByRole('region', { name: 'Wave 1 again' })
    await again.getByRole('row', { name: new RegExp(`${address('dan')} Synced 12 of 12`) }).waitFor()
    visitor.isClean()
  },
)

test(
  'the users show well in the dark, on a telephone and on paper; who may only look sees no command and gets no message',
  { skip, timeout: 200_000 },
  async () => {
    const { guid } = (await center.served.users('Wave 1')).find(({ identity }) => identity === address('cid'))!
    for (const look of [{ scheme: 'dark' }, { width: 360, height: 740 }] as const) {
      const visitor = await center.visitor(look)
      const { page } = visitor
      await page.goto(`${center.url}/migration/users`)
      await signIn(page, 'vera', PASSWORD)
      const table = page.getByRole('table', { name: 'Users', exact: true })
      await table.getByRole('link', { name: address('cid') }).waitFor()
      await visitor.isAccessible('users')
      await fits(page)
      assert.equal(await page.getByRole('checkbox').count(), 0)
      // Whoever looks needs not scroll to see how it is.
      assert.ok(await isInSight(table.getByRole('columnheader', { name: 'Status' })))
      await page.goto(`${center.url}/migration/users/${guid}`)
      const cid = paneOf(page, 'cid')
      await cid.getByRole('row', { name: /Holiday film/ }).waitFor()
      await cid.getByRole('table', { name: 'Folders' }).waitFor()
      // Also where the pane has taken the place of the list.
      assert.deepEqual(await page.getByRole('heading', { level: 1 }).allTextContents(), ['Users'])
      if (look.width === undefined) {
        const heads = await table.getByRole('columnheader').all()
        assert.equal(heads.length, 4)
        for (const head of heads) assert.ok(await isInSight(head), await head.innerText())
      }
      await visitor.isAccessible('a user')
      await fits(page)
      assert.equal(await cid.getByRole('toolbar').count(), 0)
      assert.equal(await cid.getByRole('button', { name: /Holiday film|Approve/ }).count(), 0)
      const [item] = (await center.served.statistics(address('cid'), '?includeSkippedItems=true')).skippedItems!
      const path = `/api/v1/users/${guid}/skipped-items/${item!.id}/eml`
      assert.equal((await page.request.get(center.url + path)).status(), 403)

      await page.emulateMedia({ media: 'print', colorScheme: look.scheme ?? 'light' })
      assert.equal(await page.getByRole('navigation').isVisible(), false)
      assert.equal(await cid.getByRole('button').first().isVisible(), false)
      const paper = await cid.getByRole('table', { name: 'Folders' }).evaluate((table) => {
        const shown = table as Shown
        const { getComputedStyle: styleOf } = globalThis as unknown as Styles
        const behind: string[] = []
        for (let one: Shown | null = shown; one !== null; one = one.parentElement)
          behind.push(styleOf(one).backgroundColor)
        const { scrollWidth, clientWidth } = shown.parentElement!
        return { color: styleOf(shown).color, behind, isWhole: scrollWidth <= clientWidth }
      })
      assert.deepEqual([paper.color, paper.isWhole], ['rgb(0, 0, 0)', true])
      for (const colour of paper.behind) assert.match(colour, /^rgba\(0, 0, 0, 0\)$|^rgb\(255, 255, 255\)$/)
      visitor.isClean()
    }
    // A French reader is told in French why not, what is wrong and what to do; the service's own words stand below.
    await center.served.newBatch('Paris', [['zoe', 'wrong']], { autoStart: true })
    await center.served.reaches('Paris', 'Failed')
    const french = await center.visitor({ locale: 'fr-FR' })
    await french.page.goto(`${center.url}/migration/users/${encodeURIComponent(address('zoe'))}`)
    await french.page.getByLabel(/^Nom d’utilisateur/).fill('ann')
    await french.page.getByLabel(/^Mot de passe/).fill(PASSWORD)
    await french.page.getByRole('button', { name: 'Se connecter' }).click()
    const zoe = paneOf(french.page, 'zoe')
    const error = zoe.getByRole('alert')
    await error.getByText('Le serveur a refusé la connexion de cet utilisateur.').waitFor()
    await error.getByText(/^Log-in of zoe/).waitFor()
    await error.getByText('Que faire : Vérifiez le nom d’utilisateur et le mot de passe.').waitFor()
    await zoe.getByRole('button', { name: 'Arrêter l’utilisateur' }).focus()
    await french.page
      .getByRole('tooltip', { name: 'La boîte aux lettres est en échec : rien n’y est en cours' })
      .waitFor()
    french.isClean()
  },
)
