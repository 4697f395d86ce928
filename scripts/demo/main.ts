/**
 * `npm run demo [-- --without-dovecot] [-- --remove]`: a whole migration on this machine alone. Whatever it says it has
 * checked; when a check fails it ends with 1 and says which.
 */
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { MigrateResult } from '#contract/migrate.ts'
import { seedUsers } from '#test/worlds/seeds.ts'
import { compareMail } from './compare-mail.ts'
import { outliveSignals, runWaybill, stillWanted } from './run-waybill.ts'
import { asTyped, claim, claimsHeld, DemoFailed, DemoStopped, quote, say, step } from './say.ts'
import { startSource } from './source.ts'

const MB = 1_048_576
/** Any uid that nothing else uses will do. */
const MAIL_USER = 64_007
const WRONG = { email: 'davidd@contoso.example', password: 'right on the server', inTheCsv: 'Wrong password 4' }

const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

async function demo(folder: string, withDovecot: boolean): Promise<void> {
  const users = seedUsers()
  say('Waybill demo: a real migration, on this machine alone. Nothing outside this folder is written:')
  say(`   ${folder}`)

  step('A mail server with mailboxes to leave')
  const accounts = [...users, { email: WRONG.email, password: WRONG.password, folders: [] }]
  await using source = await startSource(accounts, withDovecot)
  stillWanted()
  say(`   ${source.what}, at ${source.host}:${source.port}.`)
  for (const { email, folders } of users) {
    const messages = folders.reduce((sum, each) => sum + each.messages.length, 0)
    say(`   ${email}: ${messages} messages in ${folders.map(({ path }) => path.join('/')).join(', ')}`)
  }

  step('The users to move: a CSV file, whose fourth row has a wrong password')
  const csv = join(folder, 'users.csv')
  const passwords = [...users.map(({ password }) => password), WRONG.inTheCsv]
  const rows = [
    ...users.map(({ email, password }) => [email, email, password]),
    [WRONG.email, WRONG.email, WRONG.inTheCsv],
  ]
  const lines = [['EmailAddress', 'UserName', 'Password'], ...rows]
  writeFileSync(csv, lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join(''), { mode: 0o600 })
  for (const [address, name, password] of lines)
    say(`     ${address},${name},${password === 'Password' ? password : '(hidden)'}`)

  step('The migration; messages over 1 MB are to be left out')
  const [data, mail] = [join(folder, 'data'), join(folder, 'mail')]
  mkdirSync(mail)
  // As on a real server: mail belongs to a user that is not root.
  if (process.getuid?.() === 0) chownSync(mail, MAIL_USER, MAIL_USER)
  const migrate = [
    'migrate',
    csv,
    '--source',
    `imap://${source.host}:${source.port}`,
    '--source-security',
    'tls',
    // The demo's server has made its own certificate a moment ago.
    '--source-accept-untrusted-certificates',
    '--target',
    `maildir:${mail}`,
    '--max-message-size',
    '1MB',
    '--data',
    data,
  ]
  const first = await runWaybill([...migrate, '--report', join(folder, 'first')])
  const result = parseResult(readIfThere(join(folder, 'first', 'result.json')))
  say()
  checkFirst(first.code, result)
  checkSkipped(result)
  checkErrors(result, passwords)

  step('Is it all there? Both sides read by other code than Waybill, and compared')
  for (const user of users) {
    const waybill = result.users.find(({ emailAddress }) => emailAddress === user.email)?.waybill ?? ''
    const { messages, folders, differences } = await compareMail(source, user, mail, waybill, MB)
    claim(
      differences.length === 0,
      `${user.email}: ${messages} messages in ${folders} folders, every byte, date, flag and subscription as in the source`,
      `${user.email} is not the same on both sides: ${differences.slice(0, 3).join('; ')}`,
    )
    stillWanted()
  }

  step('The same command again: nothing is left to copy')
  const again = await runWaybill([...migrate, '--report', join(folder, 'second'), '--json'], true)
  checkSecond(again.code, parseResult(again.stdout))

  step('The proof: each mailbox has a waybill, signed, which the target can be held against')
  for (const { emailAddress, waybill } of result.users.filter(({ status }) => status === 'Synced')) {
    const verified = await runWaybill(['verify', waybill ?? '', '--against', `maildir:${mail}`, '--data', data])
    claim(
      verified.code === 0,
      `${emailAddress}: seal, counts and the bytes on the target are as the waybill says`,
      `waybill verify answered ${verified.code} for ${emailAddress}`,
    )
    say()
  }

  say('What there is to look at:')
  say(`   mail       ${mail} (Maildir++, ready for any Dovecot)`)
  say(`   waybills   ${join(folder, 'first')}/*.jsonl`)
  say(`   failed     ${result.errorsCsv} (fill in the password and submit it again)`)
  say(`   left out   ${result.skippedCsv}`)
}

function checkFirst(code: number | null, { users }: MigrateResult): void {
  const synced = users.filter(({ status }) => status === 'Synced')
  const failed = users.filter(({ status }) => status === 'Failed')
  claim(
    code === 2,
    'waybill migrate ended with 2: some users failed',
    `waybill migrate ended with ${code}; 2 was expected, for the wrong password`,
  )
  claim(
    synced.length === 3 && synced.every(({ carried, waybill }) => carried > 0 && waybill !== null),
    'three users are synced, and each has a waybill',
    `three synced users with waybills were expected; there are ${synced.length}`,
  )
  claim(
    failed.length === 1 && failed[0]?.emailAddress === WRONG.email && failed[0].error?.code === 'AUTH_REFUSED',
    'only the user with the wrong password failed, and did not stop the others',
    `only ${WRONG.email} should have failed, for the password; failed: ${failed.map(({ emailAddress, error }) => `${emailAddress} (${error?.code})`).join(', ') || 'nobody'}`,
  )
  for (const { waybill } of synced) say(`     ${waybill}`)
}

function checkSkipped({ skippedCsv }: MigrateResult): void {
  const text = skippedCsv === null ? '' : readFileSync(skippedCsv, 'utf8')
  const rows = text.trimEnd().split('\r\n').slice(1)
  claim(
    rows.length === 1 && /^annb@contoso\.example,Archive,.*the slides.*,large,/.test(rows[0] ?? ''),
    'the one message over 1 MB is listed with folder and subject:',
    `one message over 1 MB in annb's Archive should be in skipped.csv, which has ${rows.length} rows`,
  )
  quote(text)
}

function checkErrors({ errorsCsv }: MigrateResult, passwords: readonly string[]): void {
  const text = errorsCsv === null ? '' : readFileSync(errorsCsv, 'utf8')
  const rows = text.trimEnd().split('\r\n').slice(1)
  claim(
    rows.length === 1 && rows[0]?.startsWith(`${WRONG.email},${WRONG.email},,`) === true,
    'the errors CSV holds that row, its password left empty, and the reason:',
    `the errors CSV should hold the row of ${WRONG.email} alone, with no password`,
  )
  claim(
    passwords.every((password) => !text.includes(password)),
    'no password is in it',
    'a password is in the errors CSV',
  )
  quote(text)
}

function checkSecond(code: number | null, { users }: MigrateResult): void {
  const synced = users.filter(({ status }) => status === 'Synced')
  const sum = (pick: (user: (typeof users)[number]) => number) => users.reduce((total, user) => total + pick(user), 0)
  claim(code === 2, 'it ended with 2 again: the password is still wrong', `the second pass ended with ${code}, not 2`)
  claim(
    synced.length === 3 && sum(({ carried }) => carried) === 0 && sum(({ flagsChanged }) => flagsChanged) === 0,
    `${sum(({ items }) => items)} messages looked after, 0 copied, 0 changed`,
    `the second pass copied ${sum(({ carried }) => carried)} messages and changed ${sum(({ flagsChanged }) => flagsChanged)}; it should have found nothing to do`,
  )
}

function parseResult(text: string): MigrateResult {
  const parsed: unknown = text === '' ? null : JSON.parse(text)
  if (isResult(parsed)) return parsed
  throw new DemoFailed('waybill migrate left no result; what it said is above')
}

const readIfThere = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

const isResult = (value: unknown): value is MigrateResult =>
  typeof value === 'object' && value !== null && 'users' in value && Array.isArray(value.users)

const started = performance.now()
const { values: flags } = parseArgs({
  options: { 'without-dovecot': { type: 'boolean' }, remove: { type: 'boolean' } },
})
outliveSignals()
const folder = mkdtempSync(join(tmpdir(), 'waybill-demo-'))
// As root, PostgreSQL runs as another uid and has to pass through to its data folder.
chmodSync(folder, 0o711)
try {
  await demo(folder, flags['without-dovecot'] !== true)
  say(
    `\nDemo: all ${claimsHeld()} checks held, ${((performance.now() - started) / 1000).toFixed(1)} s. Nothing is left running.`,
  )
} catch (thrown) {
  process.exitCode = thrown instanceof DemoStopped ? 130 : 1
  const words = thrown instanceof Error ? thrown.message : String(thrown)
  say(thrown instanceof DemoStopped ? '\nDemo: stopped.' : `\nDemo failed: ${words}.`)
  if (!(thrown instanceof DemoFailed) && !(thrown instanceof DemoStopped) && thrown instanceof Error) say(thrown.stack)
} finally {
  if (flags.remove === true) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    say(`${folder} has been removed, as --remove asks.`)
  } else {
    say(`All of it is kept in ${folder}; when you have seen enough: ${asTyped(['rm', '-rf', folder])}`)
  }
}
