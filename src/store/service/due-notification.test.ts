import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dueNotification } from './due-notification.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 11, 1)
const before = (ms: number) => new Date(NOW - ms)
const batch = (own: Partial<Parameters<typeof dueNotification>[0]> = {}) => ({
  running: true,
  starts: 1,
  told_start: 1,
  told_end: 0,
  start_after: null,
  last_report_at: before(HOUR),
  reportInterval: '1.00:00:00',
  ...own,
})

test('a start is told once, before whatever comes of it', () => {
  for (const status of ['Syncing', 'Synced', 'Failed', 'Waiting'] as const)
    assert.equal(dueNotification(batch({ told_start: 0 }), status, NOW), 'Started', status)
  assert.equal(dueNotification(batch({ starts: 2, told_end: 1 }), 'Syncing', NOW), 'Started')
})

test('a batch that waits for its StartAfter has not started, unless a user of it has', () => {
  const waits = batch({ told_start: 0, start_after: new Date(NOW + HOUR) })
  assert.equal(dueNotification(waits, 'Waiting', NOW), null)
  assert.equal(dueNotification(waits, 'Syncing', NOW), 'Started')
  assert.equal(dueNotification(waits, 'Waiting', NOW + HOUR), 'Started')
})

test('the end is told once, and the rounds after it are not', () => {
  for (const status of ['Synced', 'SyncedWithErrors', 'Failed', 'IncrementalSyncing'] as const) {
    assert.equal(dueNotification(batch(), status, NOW), 'Finished', status)
    assert.equal(dueNotification(batch({ told_end: 1 }), status, NOW), null, status)
  }
})

test('Stopped by an administrator is not told; Stopped by itself is an end', () => {
  assert.equal(dueNotification(batch({ running: false }), 'Stopped', NOW), 'settle')
  assert.equal(dueNotification(batch({ running: false, told_start: 0 }), 'Stopped', NOW), 'settle')
  assert.equal(dueNotification(batch(), 'Stopped', NOW), 'Finished')
})

test('a report is due when ReportInterval has passed since the last, and a minute at least', () => {
  const at = (ms: number, reportInterval: string) =>
    dueNotification(batch({ last_report_at: before(ms), reportInterval }), 'Syncing', NOW)
  assert.equal(at(HOUR, '01:00:00'), 'Progress')
  assert.equal(at(HOUR - 1, '01:00:00'), null)
  assert.equal(at(365 * 24 * HOUR, '00:00:00'), null, '00:00:00 is never')
  assert.equal(at(59_999, '00:00:01'), null)
  assert.equal(at(60_000, '00:00:01'), 'Progress')
})

test('nothing is reported of a batch that waits, nor while a command is carried out', () => {
  const due = batch({ last_report_at: before(48 * HOUR) })
  for (const status of ['Waiting', 'Starting', 'Stopping', 'Removing', 'Corrupted'] as const)
    assert.equal(dueNotification(due, status, NOW), null, status)
})
