/** What is seen: the table, failures said once, progress in its three shapes, hostile text made safe. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonView } from '#cli/progress-json.ts'
import { lineView } from '#cli/progress-lines.ts'
import { counted } from '#base/counted.ts'
import { bytes, duration } from '#cli/quantities.ts'
import { renderDryRun } from '#cli/render-dry-run.ts'
import { renderResult } from '#cli/render-result.ts'
import { safeText } from '#base/safe-text.ts'
import type { DryRunUser, MigrateEvent, MigrateResult, MigrateUserResult } from '#contract/migrate.ts'

const user = (emailAddress: string, more: Partial<MigrateUserResult> = {}): MigrateUserResult => ({
  emailAddress,
  rowNumber: 2,
  status: 'Synced',
  items: 0,
  carried: 0,
  carriedBytes: 0,
  skipped: 0,
  adopted: 0,
  flagsChanged: 0,
  durationMs: 0,
  transferSeconds: 0,
  firstByteAfterMs: null,
  error: null,
  waybill: null,
  notes: [],
  verified: null,
  ...more,
})

const result = (more: Partial<MigrateResult> = {}): MigrateResult => ({
  run: 'r',
  users: [],
  badRows: [],
  warnings: [],
  reportFolder: '/data/reports/r',
  errorsCsv: null,
  skippedCsv: null,
  transferSeconds: 0,
  stopped: false,
  peakRssBytes: 0,
  baseRssBytes: 0,
  ...more,
})

const down = { code: 'CONNECT_REFUSED', message: 'h:993: nothing listens on this port.', remedy: 'Check the port.' }

test('the table has user, status, items, skipped, bytes, rate and duration', () => {
  const text = renderResult(
    result({
      users: [
        user('terry@x.example', {
          items: 12_345,
          carried: 1_000,
          skipped: 2,
          carriedBytes: 5 * 1_048_576,
          transferSeconds: 4,
          durationMs: 65_000,
          verified: { looked: 12, equal: 11, canonical: 0, rewritten: 0, differing: 1, gone: 0 },
        }),
        user('Ännchen@x.example', { status: 'Failed', rowNumber: 3, error: down }),
      ],
      errorsCsv: '/data/reports/r/errors.csv',
      skippedCsv: '/data/reports/r/skipped.csv',
    }),
  )
  assert.equal(
    text,
    `User               Status   Items    New  Skipped   Bytes   Rate   Duration
terry@x.example    Synced  12,345  1,000        2  5.0 MB  250/s  1 min 5 s
Ännchen@x.example  Failed       0      0        0     0 B             0.0 s

2 users: 1 synced, 1 failed. 1,000 messages carried (5.0 MB), 2 skipped.
12 messages read back from the target and compared: 11 equal, 1 DIFFERENT.

Ännchen@x.example (row 3): h:993: nothing listens on this port.
  Check the port.

Reports and waybills: /data/reports/r
Messages that were skipped, and why: /data/reports/r/skipped.csv
Users to try again (fill in their passwords): /data/reports/r/errors.csv`,
  )
})

test('a failure of a thousand users is said once, with some names and their number', () => {
  const users = Array.from({ length: 1000 }, (_, i) =>
    user(`u${i}@x.example`, { status: 'Failed', rowNumber: i + 2, error: down }),
  )
  const text = renderResult(result({ users }))
  assert.equal(text.split('nothing listens').length - 1, 1)
  assert.match(
    text,
    /^u0@x\.example \(row 2\), .*, u4@x\.example \(row 6\) and 995 more: h:993: nothing listens on this port\.$/m,
  )
})

test('what a server or a mail says cannot steer the terminal', () => {
  const hostile = '\u001b[2Jevil\r\n\u202egnp.exe\u0007'
  const text = renderResult(
    result({
      users: [user(hostile, { error: { code: 'X', message: hostile, remedy: hostile }, notes: [hostile] })],
      badRows: [{ rowNumber: 9, message: hostile }],
    }),
  )
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  assert.match(text, /\\u\{1b\}\[2Jevil\\u\{d\}\\u\{a\}\\u\{202e\}gnp\.exe\\u\{7\}/)
  for (const text of ['Grüße, 日本語 🙂', 'می\u200cخواهم', '👩\u200d🔧']) assert.equal(safeText(text), text)
})

test('bad rows, notes and a stop are told, each as a sentence', () => {
  const notes = Array.from({ length: 12 }, (_, i) => `note ${i}`)
  const text = renderResult(
    result({
      users: [user('a@x.example', { notes })],
      badRows: [{ rowNumber: 4, message: 'Password is empty' }],
      stopped: true,
    }),
  )
  assert.match(text, /^Row 4 was not run: Password is empty\.$/m)
  assert.match(text, /^a@x\.example: Note 9\.$/m)
  assert.match(text, /^a@x\.example: 2 notes more in result\.json\.$/m)
  assert.match(text, /^Stopped\. Give the same command again, and it goes on where it stopped\.$/m)
})

test('a dry run shows folders and what would fail, and sums up', () => {
  const good: DryRunUser = {
    emailAddress: 'a@x.example',
    rowNumber: 2,
    error: null,
    folders: [
      { source: 'INBOX', target: 'INBOX', messages: 3, bytes: 2048, large: 1, deleted: 0, note: '' },
      { source: 'Junk', target: '', messages: 9, bytes: 0, large: 0, deleted: 0, note: 'excluded by Junk' },
    ],
    notes: [],
  }
  const text = renderDryRun(
    [good, { ...good, emailAddress: 'b@x.example', rowNumber: 3, error: down, folders: [] }],
    [{ rowNumber: 4, message: 'Password is empty' }],
  )
  assert.match(text, /^ {2}INBOX +INBOX +3 +2\.0 kB +1 +0$/m)
  assert.match(text, /^b@x\.example \(row 3\)\n {2}h:993: nothing listens on this port\.\n {2}Check the port\.$/m)
  assert.match(text, /^Row 4 would not be run: Password is empty\.$/m)
  assert.match(text, /Dry run: nothing was copied\. 1 user could be migrated \(.*\), 2 could not\.$/)
})

function collected() {
  const lines: string[] = []
  return { lines, stream: { write: (text: string | Uint8Array) => lines.push(String(text).trimEnd()) > 0 } }
}

const events: readonly MigrateEvent[] = [
  { kind: 'accepted', users: 1, badRows: 2 },
  { kind: 'started', user: 'a@x.example' },
  { kind: 'planned', user: 'a@x.example', messages: 100 },
  { kind: 'progress', user: 'a@x.example', messages: 20, bytes: 1024 },
  { kind: 'progress', user: 'a@x.example', messages: 20, bytes: 1024 },
  { kind: 'note', user: 'a@x.example', text: 'the server rests' },
  { kind: 'finished', user: user('a@x.example', { carried: 100, skipped: 1 }) },
]

test('in a log each change of state is a line, and progress one every five seconds with the time left', () => {
  const { lines, stream } = collected()
  let now = 0
  const view = lineView(stream, () => now)
  for (const event of events) {
    now += 3_000
    view.show(event)
  }
  assert.deepEqual(lines, [
    '1 user to migrate, 2 rows refused',
    'a@x.example: logging in',
    'a@x.example: 100 messages to look at',
    'a@x.example: 40 of 100 messages, 2.0 kB, 9 s left',
    'a@x.example: The server rests.',
    'a@x.example: Synced, 100 messages carried, 1 skipped',
  ])
})

test('for programs every event is one JSON line, and progress adds up to what landed', () => {
  const { lines, stream } = collected()
  const view = jsonView(stream, () => 0)
  for (const event of events) view.show(event)
  const read = lines.map((line): unknown => JSON.parse(line))
  assert.deepEqual(read, [
    events[0],
    events[1],
    events[2],
    events[5],
    { kind: 'progress', user: 'a@x.example', messages: 40, bytes: 2048 },
    events[6],
  ])
})

test('quantities read as people say them', () => {
  assert.deepEqual([bytes(0), bytes(1023), bytes(1536), bytes(150 * 1_048_576)], ['0 B', '1023 B', '1.5 kB', '150 MB'])
  assert.deepEqual([duration(40), duration(59_960), duration(3_725_000)], ['0.0 s', '1 min 0 s', '1 h 2 min'])
  assert.deepEqual(
    [counted(1, 'user'), counted(0, 'user'), counted(2_000, 'user')],
    ['1 user', '0 users', '2,000 users'],
  )
})
