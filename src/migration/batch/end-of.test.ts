import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BatchStatus } from '#contract/states.ts'
import { endOf } from './end-of.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-12-01T12:00:00Z')
const ago = (days: number) => new Date(NOW - days * DAY)
const days = (n: number) => n * 86_400

type Facts = Parameters<typeof endOf>[0]
interface Less {
  readonly touched?: number
  readonly changed?: number
  readonly stopped?: number
  readonly initial?: number
  readonly told?: readonly ['Stop' | 'Remove', number]
  readonly config?: Partial<Facts['config']>
}

function facts({ touched = 100, changed, stopped, initial, told, config }: Less): Facts {
  const at = (value: number | undefined) => (value === undefined ? null : ago(value))
  return {
    last_action_at: ago(touched),
    stopped_at: at(stopped),
    expiry_action: told?.[0] ?? null,
    expiry_told: at(told?.[1]),
    readAt: new Date(NOW),
    totals: { changedAt: at(changed), latestInitialAt: at(initial) } as Facts['totals'],
    config: {
      stopSyncedAfterSeconds: days(60),
      removeStoppedAfterSeconds: days(90),
      removeFailedAfterSeconds: days(90),
      removeCompletedAfterSeconds: days(60),
      removeArchivesAfterSeconds: 0,
      ...config,
    } as Facts['config'],
  }
}

const end = (less: Less, status: BatchStatus, isGoingOn = false) => {
  const found = endOf(facts(less), status, isGoingOn)
  return found && { action: found.action, inDays: (found.at.getTime() - NOW) / DAY, isTold: found.isTold }
}

test('what goes on is stopped 60 days after the last action, whatever some of its users are', () => {
  for (const status of ['Synced', 'SyncedWithErrors', 'IncrementalSyncing', 'Stopped', 'Failed'] as const)
    assert.deepEqual(end({ touched: 10 }, status, true), { action: 'Stop', inDays: 50, isTold: false }, status)
})

test('what was touched long ago but synced yesterday counts from yesterday', () => {
  assert.equal(end({ touched: 100, initial: 1 }, 'Synced', true)?.inDays, 59)
})

test('what is stopped or has failed is removed after 90 days, what is completed after 60, from the last change on', () => {
  assert.deepEqual(end({ touched: 30 }, 'Stopped'), { action: 'Remove', inDays: 60, isTold: false })
  assert.equal(end({ touched: 100, stopped: 5 }, 'Stopped')?.inDays, 85)
  assert.equal(end({ touched: 100, changed: 40 }, 'Failed')?.inDays, 50)
  assert.equal(end({ touched: 100, changed: 40 }, 'Completed')?.inDays, 20)
  assert.equal(end({ touched: 100, changed: 40 }, 'CompletedWithErrors')?.inDays, 20)
  // A batch without users is Synced, and nothing of it comes round again.
  assert.deepEqual(end({ touched: 30 }, 'Synced'), { action: 'Remove', inDays: 60, isTold: false })
})

test('what was never started, is at work or cannot be read does not end', () => {
  for (const status of [
    'Created',
    'Starting',
    'Syncing',
    'Waiting',
    'Stopping',
    'Completing',
    'Removing',
    'Corrupted',
  ] as const)
    assert.equal(end({}, status, true), null, status)
})

test('an end is never nearer than 7 days when it was not announced, and comes when it was announced for', () => {
  assert.deepEqual(end({ touched: 70 }, 'Synced', true), { action: 'Stop', inDays: 7, isTold: false })
  assert.deepEqual(end({ touched: 70, told: ['Stop', 1] }, 'Synced', true), {
    action: 'Stop',
    inDays: -1,
    isTold: true,
  })
  // Another end than the one that was announced.
  assert.deepEqual(end({ touched: 95, told: ['Stop', 1] }, 'Stopped'), { action: 'Remove', inDays: 7, isTold: false })
  // A longer setting, or somebody who was at it: the announcement does not hold.
  assert.deepEqual(end({ touched: 70, told: ['Stop', 15] }, 'Synced', true)?.isTold, false)
})

test('a shorter setting than 7 days is announced as long before, and 0 is never', () => {
  const short = { stopSyncedAfterSeconds: days(1) }
  assert.equal(end({ touched: 0, config: short }, 'Synced', true)?.inDays, 1)
  assert.equal(end({ touched: 3, config: short }, 'Synced', true)?.inDays, 1)
  assert.equal(end({ config: { stopSyncedAfterSeconds: 0 } }, 'Synced', true), null)
  assert.equal(end({ config: { removeStoppedAfterSeconds: 0 } }, 'Stopped'), null)
  assert.equal(end({ config: { removeFailedAfterSeconds: 0 } }, 'Failed'), null)
  assert.equal(end({ config: { removeCompletedAfterSeconds: 0 } }, 'Completed'), null)
})

test('the reason is a sentence', () => {
  const why = (config: Partial<Facts['config']>) => endOf(facts({ config }), 'Synced', true)?.why
  assert.equal(why({}), 'it is synced and nobody has changed it for 60 days')
  assert.equal(why({ stopSyncedAfterSeconds: days(1) }), 'it is synced and nobody has changed it for 1 day')
})
