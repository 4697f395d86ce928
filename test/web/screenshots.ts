/**
 * Pictures of every page in light, dark, narrow and French, into docs/images (npm run screenshots) or the folder of the
 * argument. Git keeps those that the guides show (.gitignore); the others are for looking at.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { type PathName, paths } from '../../web/src/paths.ts'
import { startDovecot } from '#test/servers/dovecot.ts'
import { makeAdministrator, PASSWORD } from '#test/service/administrators-world.ts'
import { PASSWORD as MAIL_PASSWORD, everydayMailbox } from '#test/service/world.ts'
import { fill } from '#test/worlds/fill.ts'
import { addressOf, NAMES } from './addresses.ts'
import { startCenter } from './center.ts'
import { csvFile, signIn } from './gestures.ts'

const folder = process.argv[2] ?? join(import.meta.dirname, '../../docs/images')
mkdirSync(folder, { recursive: true })

const people = ['amy', 'bob', 'cid', 'dora', 'emil', 'fay', 'gil', 'hana']
await using source = await startDovecot({ users: Object.fromEntries(people.map((user) => [user, MAIL_PASSWORD])) })
for (const [index, user] of people.entries()) {
  await fill(
    { host: '127.0.0.1', port: source.port, user, password: MAIL_PASSWORD },
    everydayMailbox(index, 40 + index * 7),
  )
}
await using center = await startCenter('screenshots', { concurrency: 2 })
const { served } = center

async function shoot(page: Page, name: string): Promise<void> {
  // Without what is going on at the edge: a ring around what has the focus, a tooltip.
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

const LOOKS = {
  light: { width: 1366, height: 860, scheme: 'light' },
  dark: { width: 1366, height: 860, scheme: 'dark' },
  narrow: { width: 360, height: 740, scheme: 'light' },
  french: { width: 1366, height: 860, scheme: 'light', locale: 'fr-FR' },
} as const

for (const [look, options] of Object.entries(LOOKS)) {
  const { page } = await center.visitor(options)
  await page.goto(center.url)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await shoot(page, `first-run-${look}`)
}

await makeAdministrator(served, 'ann', ['OrganizationManagement'], { displayName: 'Ann Brown' })
const signedIn = async (options: (typeof LOOKS)[keyof typeof LOOKS], look: string) => {
  const { page } = await center.visitor(options)
  await page.goto(center.url)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await shoot(page, `sign-in-${look}`)
  if (look === 'french') await page.getByRole('button', { name: 'English' }).click()
  await signIn(page, 'ann', PASSWORD)
  await page.getByRole('heading', { name: 'Migration batches' }).waitFor()
  return page
}
const pages = new Map<string, Page>()
for (const [look, options] of Object.entries(LOOKS)) {
  const page = await signedIn(options, look)
  pages.set(look, page)
  await page.getByRole('heading', { name: 'What to do first' }).waitFor()
  if (look === 'french') {
    await page.getByRole('button', { name: 'Account of Ann Brown' }).click()
    await page.getByRole('menuitem', { name: 'Français' }).click()
    await page.getByRole('heading', { name: 'Par où commencer' }).waitFor()
  }
  await shoot(page, `first-steps-${look}`)
  if (look === 'french') continue
  await page.getByRole('button', { name: 'Create a migration endpoint' }).click()
  await page.getByLabel(/^IMAP server/).fill('imap.old.example')
  await shoot(page, `new-endpoint-${look}`)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Create a mailbox database' }).click()
  await page.getByLabel(/^Kind/).waitFor()
  await shoot(page, `new-database-${look}`)
  await page.getByRole('button', { name: 'Cancel' }).click()
}

await served.newEndpoint('imap.old.example', source)
for (const [look, page] of pages) {
  if (look === 'french') continue
  // The other steps want an endpoint.
  await page.goto(`${center.url}/migration/new-batch?step=endpoint`)
  await page.getByRole('radio', { name: /^imap.old.example/ }).check()
  await page.getByRole('button', { name: 'Next' }).click()
  const rows = [
    'amy@contoso.example,amy,pass',
    'bob,bob,pass',
    'cid@contoso.example,,pass',
    'dora@contoso.example,dora,pass',
  ]
  await page.getByLabel('CSV file', { exact: true }).setInputFiles(csvFile('Head office.csv', rows))
  await page.getByText('2 mailboxes to migrate').waitFor()
  await shoot(page, `csv-${look}`)
  await page.getByRole('radio', { name: 'Typed in here' }).check()
  await page.getByLabel('UserName, row 1').fill('amy')
  await shoot(page, `wizard-typed-${look}`)
  for (const step of ['name', 'endpoint', 'configuration', 'schedule']) {
    await page.goto(`${center.url}/migration/new-batch?step=${step}`)
    await page.getByRole('button', { name: 'Next' }).waitFor()
    await shoot(page, `wizard-${step}-${look}`)
  }
  await page.goto(`${center.url}/migration/new-batch?step=review`)
  await page.getByText('This will be created:').waitFor()
  await shoot(page, `review-${look}`)
}
const batch = async (name: string, users: readonly string[], more: object = {}) => {
  const rows = users.map(
    (user) =>
      `${user}@${name.toLowerCase().replace(/\W/g, '')}.example,${user},${user === 'nil' ? 'wrong' : MAIL_PASSWORD}`,
  )
  const file = await served.upload(csvFile('x.csv', rows).buffer.toString())
  await served.must('POST', '/batches', { name, sourceEndpoint: 'imap.old.example', csvFile: file, ...more })
}
await batch('Head office', people.slice(0, 6), { autoStart: true })
await batch('Branch Lyon', ['gil', 'hana', 'nil'], { autoStart: true })
await batch('Branch Oslo', ['ida', 'jon', 'kim', 'leo'], {})
await served.reaches('Head office', 'Synced')
await served.reaches('Branch Lyon', 'SyncedWithErrors')

/** What there is, by the names of the parameters of paths.ts. */
const auditEntry = await served.must<{ items: { identity: string }[] }>('GET', '/audit-log?limit=1')
const there = {
  batch: 'Branch Lyon',
  user: 'nil@branchlyon.example',
  endpoint: 'imap.old.example',
  database: 'Local',
  administrator: 'ann',
  report: 'Branch Lyon',
  entry: auditEntry.items[0]!.identity,
}
const SETTINGS = ['migration', 'mail', 'hook', 'openid', 'queue']
/** Pictured above, or no page of their own. */
const OTHERWISE: readonly PathName[] = ['home', 'newBatch', 'settings', 'anyUser']

async function settled(page: Page, address: string): Promise<void> {
  await page.goto(center.url + address)
  await page.locator('#content :is(h1, h2)').filter({ visible: true }).first().waitFor()
  await page.locator('#content .fui-Spinner').first().waitFor({ state: 'detached' })
  await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => {})
}

for (const [look, page] of pages) {
  for (const name of NAMES.filter((one) => !OTHERWISE.includes(one))) {
    await settled(page, addressOf(name, there))
    await shoot(page, `${name}-${look}`)
  }
  for (const part of SETTINGS) {
    await settled(page, paths.settings(part))
    await shoot(page, `settings-${part}-${look}`)
  }
  if (look === 'french') continue
  await settled(page, paths.batch('Branch Oslo'))
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('dialog').getByLabel('Reports go to (optional)').waitFor()
  await shoot(page, `edit-${look}`)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').waitFor()
  await shoot(page, `delete-${look}`)
}
