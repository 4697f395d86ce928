/** What is refused before anybody is logged in: needs no mail server. Exit 3 for the input, 4 for what keeps us from starting. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { type Ended, temporaryFolder, waybill, writeCsv } from './run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

suite('migrate refuses', { timeout: 60_000 }, () => {
  const at = temporaryFolder('refusals')
  const path = (name: string) => join(at, name)
  const write = (name: string, content: string | Buffer, mode = 0o600) => {
    writeFileSync(path(name), content)
    chmodSync(path(name), mode)
    return path(name)
  }
  mkdirSync(path('mail'))
  const csv = writeCsv(at, [['alice@x.example', 'alice@x.example', 'pass of alice']])
  const nobody = 'imap://127.0.0.1:1'
  const source = () => ['--source', nobody, '--source-security', 'none']
  const toMaildir = ['--target', `maildir:${path('mail')}`, '--data', path('data')]
  const admin = ['--target-login', '{user}*{admin}', '--target-admin', 'migrator']
  const toImap = (file: string) => ['--target', nobody, ...admin, '--target-password-file', file]
  after(() => removeFolder(at))

  const says = (text: string, ...sentences: readonly string[]) => {
    for (const sentence of sentences) {
      assert.equal(text.split(sentence).length - 1, 1, `"${sentence}" once in:\n${text}`)
    }
    assert.doesNotMatch(text, /\.\.(?!\.)|undefined|\[object|\bError:/, text)
  }

  const refused = (ended: Ended, ...sentences: readonly string[]) => {
    assert.equal(ended.code, 3, ended.stderr)
    assert.equal(ended.stdout, '')
    says(ended.stderr, ...sentences)
  }

  test('a file that is no CSV of users is refused with its name and what to do', async () => {
    const header = 'EmailAddress,UserName,Password\r\n'
    const cases: readonly (readonly [file: string, ...sentences: string[]])[] = [
      [path('nosuch.csv'), 'nosuch.csv cannot be read: there is no such file.'],
      [at, 'is not a .csv or .txt file.'],
      [
        write('empty.csv', ''),
        'empty.csv: the file is empty.',
        'as the template has them. waybill csv template prints one.',
      ],
      [write('header.csv', header), 'header.csv: the file has column names but no rows below them.'],
      [
        write('bars.csv', 'EmailAddress|UserName|Password\r\na@x.example|a|p\r\n'),
        'bars.csv: row 1 is separated by vertical bars, which a CSV file cannot be.',
      ],
      [
        write('zip.csv', Buffer.from('504b0304000000000102fffe', 'hex')),
        'zip.csv: the file is not a CSV file but a workbook',
      ],
      [
        write('spelt.csv', `${header.replace('EmailAddress', 'Email Address')}a@x.example,a,p\r\n`),
        'spelt.csv: row 1: column EmailAddress is missing (column A says "Email Address", which must be spelt EmailAddress).',
      ],
      [write('fields.csv', `${header}a@x.example,a,p\r\nb@x.example,b\r\n`), 'fields.csv: row 3'],
    ]
    for (const [file, ...sentences] of cases)
      refused(await waybill(['migrate', file, ...source(), ...toMaildir]), ...sentences)
  })

  test(
    'a file that may not be read says so',
    { skip: process.getuid?.() === 0 && 'root may read everything' },
    async () => {
      const ended = await waybill(['migrate', write('locked.csv', 'x', 0o000), ...source(), ...toMaildir])
      refused(ended, 'locked.csv cannot be read: this user may not read it.')
    },
  )

  test('what the command line lacks or has too much of is refused before anything is opened', async () => {
    refused(
      await waybill(['migrate']),
      'A migration needs the CSV file of the users, --source and --target.',
      'For example: waybill migrate users.csv',
    )
    refused(await waybill(['migrate', csv, ...source()]), 'A migration needs --target.')
    refused(
      await waybill(['migrate', csv, ...source(), ...toMaildir, '--dryrun']),
      "unknown option '--dryrun'",
      'Did you mean --dry-run?',
    )
    refused(
      await waybill(['migrate', csv, '--source', 'imap://joe:hunter2@127.0.0.1', ...toMaildir]),
      '--source must not hold a user name or password',
    )
    refused(
      await waybill(['migrate', csv, ...source(), ...toMaildir, '--exclude-folder', '#Nope#']),
      'The folder pattern "#Nope#" cannot be used',
    )
    refused(
      await waybill(['migrate', csv, ...source(), '--target', nobody, '--target-security', 'none']),
      'Row 2 (alice@x.example): how should the target be logged in to? The row has no TargetPassword, and there is no --target-login.',
      "--target-login '{user}*{admin}' --target-admin NAME --target-password-file FILE.",
    )
    refused(
      await waybill(['migrate', csv, ...source(), ...toImap(path('nosuch'))]),
      `--target-password-file ${path('nosuch')}: there is no such file.`,
    )
  })

  test('a data or report folder that cannot be is exit 4, with the folder and the remedy', async () => {
    const command = ['migrate', csv, ...source(), '--target', `maildir:${path('mail')}`]
    const inTheWay = write('file', '')
    const data = await waybill([...command, '--data', inTheWay])
    assert.equal(data.code, 4, data.stderr)
    says(data.stderr, `a file is where a folder must be`, 'name another data folder with --data or WAYBILL_DATA')
    const readOnly = await waybill([...command, '--data', '/proc/waybill'])
    assert.equal(readOnly.code, 4, readOnly.stderr)
    says(readOnly.stderr, 'Creating /proc/waybill', 'name another data folder')
    const report = await waybill([...command, '--data', path('data'), '--report', join(inTheWay, 'x')])
    assert.equal(report.code, 4, report.stderr)
    says(report.stderr, `The folder for reports, ${join(inTheWay, 'x')}, cannot be made`, 'Name another with --report')
  })
})
