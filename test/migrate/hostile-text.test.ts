/** What mails and servers say is hostile text: shown, never obeyed, in the terminal and in every report. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startedBefore } from '#test/data-folder.ts'
import { startSmallImap } from '#test/servers/small-imap/server.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { temporaryFolder, waybill, writeCsv } from './run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

/** C0 but line ends and tabs, DEL, C1, bidirectional controls, line and paragraph separators. */
const STEERING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/ // oxlint-disable-line no-control-regex

test('subjects, folder names and words of servers steer no terminal and no spreadsheet', async () => {
  const at = temporaryFolder('hostile-text')
  await startedBefore(join(at, 'data'))
  const evilSubject = '=cmd|calc!A1 \u001b[2J\u001b]0;owned\u0007 \u202egnp.exe\u2066 \u009b31m\u2028x'
  const evilName = 'in\u001b[31mvoi\u202eces'
  const mails = [
    ...everydayMessages(1, 3, 500),
    message('evil', `From: "\u001b[1mboss" <x@x.example>\r\nSubject: ${evilSubject}\r\n\r\nvirus\r\n`),
    message('encoded', `Subject: =?utf-8?B?${Buffer.from(evilSubject).toString('base64')}?=\r\n\r\nvirus\r\n`),
  ]
  const folders = [folder('INBOX', mails), folder(evilName, mails), folder('Sent', everydayMessages(2, 2, 500))]
  await using source = await startSmallImap({ users: { u: { password: 'pass', folders } } })
  await using target = await startSmallImap({
    users: { u: { password: 'pass' } },
    faults: {
      append: ({ messages, folder: to }) =>
        messages.some(({ content }) => content.includes('virus'))
          ? { no: 'refused\u001b[2J\u009b \u202etsrif \u2028 =1+1' }
          : to === 'Sent'
            ? { no: '[NOPERM] \u001b]8;;http://evil\u0007 not here' }
            : undefined,
    },
  })
  const csv = writeCsv(
    at,
    [['u@x.example', 'u', 'pass', 'u', 'pass']],
    ['EmailAddress', 'UserName', 'Password', 'TargetUserName', 'TargetPassword'],
  )
  const report = join(at, 'report')
  const ended = await waybill(
    [
      'migrate',
      csv,
      '--data',
      join(at, 'data'),
      '--report',
      report,
      '--source',
      `imap://127.0.0.1:${source.port}`,
      '--source-security',
      'none',
      '--target',
      `imap://127.0.0.1:${target.port}`,
      '--target-security',
      'none',
    ],
    { WAYBILL_TUNING: JSON.stringify({ retryMs: 20, settleMs: 0, mostFaults: 8 }) },
  )
  assert.equal(ended.code, 2, ended.stderr)
  assert.match(ended.stdout, /^u@x\.example \(row 2\): Folder Sent of the target takes no mail: .* not here\.$/m)
  for (const text of [ended.stdout, ended.stderr]) assert.doesNotMatch(text, STEERING)
  const files = readdirSync(report)
  assert.ok(files.includes('skipped.csv') && files.includes('errors.csv') && files.length >= 3, files.join())
  for (const name of files) assert.doesNotMatch(readFileSync(join(report, name), 'utf8'), STEERING, name)
  const skipped = readFileSync(join(report, 'skipped.csv'), 'utf8')
  assert.equal(skipped.split(',bad,').length - 1, 4, skipped)
  for (const cell of skipped.split(/\r\n|,/)) assert.doesNotMatch(cell, /^"?[=+@\t\r]/, cell)
  removeFolder(at)
})
