import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CsvUser } from '#csv/check-rows.ts'
import type { UserJob } from './run-user.ts'
import { sharedMailboxes } from './shared-mailboxes.ts'

const job = (
  rowNumber: number,
  emailAddress: string,
  target: { kind: string; place: string; login: string },
): UserJob => ({
  rowNumber,
  emailAddress,
  identity: { source: { host: 'h', port: 1, userName: emailAddress, userRoot: '' }, target },
  openSource: () => Promise.reject(new Error('not opened')),
  openTarget: () => Promise.reject(new Error('not opened')),
})
const imap = (login: string) => ({ kind: 'Imap', place: 'new:993', login })
const maildir = (place: string) => ({ kind: 'Maildir', place, login: 'unused' })
const users = [2, 3, 4].map((rowNumber) => ({ rowNumber, cells: [`row ${rowNumber}`, ''] }) as unknown as CsvUser)

test('the second row into one log-in is refused and names the first, however it is spelt', () => {
  const bad = sharedMailboxes([job(2, 'a@x', imap('u2')), job(3, 'b@x', imap('u3')), job(4, 'c@x', imap('U2'))], users)
  assert.deepEqual(
    bad.map(({ rowNumber, cells }) => [rowNumber, cells[0]]),
    [[4, 'row 4']],
  )
  assert.match(bad[0]!.message, /same target mailbox as row 2/)
})

test('a Maildir template that drops the domain does not merge info@a with info@b', () => {
  const rows = [job(2, 'info@a.example', maildir('/m/{local}')), job(3, 'info@b.example', maildir('/m/{local}'))]
  assert.deepEqual(
    sharedMailboxes(rows, users).map(({ rowNumber }) => rowNumber),
    [3],
  )
  const apart = [job(2, 'info@a.example', maildir('/m')), job(3, 'info@b.example', maildir('/m/{domain}/{local}'))]
  assert.deepEqual(sharedMailboxes(apart, users), [])
})

test('the second row that reads one source mailbox is refused; another UserRoot is another mailbox', () => {
  const from = (rowNumber: number, userName: string, userRoot = '') => {
    const one = job(rowNumber, `${rowNumber}@x`, imap(`u${rowNumber}`))
    return { ...one, identity: { ...one.identity, source: { host: 'h', port: 1, userName, userRoot } } }
  }
  const bad = sharedMailboxes([from(2, 'carol'), from(3, 'Carol'), from(4, 'carol', 'INBOX/old')], users)
  assert.deepEqual(
    bad.map(({ rowNumber }) => rowNumber),
    [3],
  )
  assert.match(bad[0]!.message, /reads the same source mailbox as row 2/)
})
