/** Killed servers, frozen processes, late landings: `npm run test:crash`. */
import { after, before, test } from 'node:test'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { type Database, startDatabase } from '#test/shared-database.ts'
import { freezingPoints, takenOver } from './frozen.ts'
import { killedInAudit, lateAfterPass, lateBeforeAudit } from './late-landing.ts'
import { databaseKilledAt, serverKilledAfter, serverKilledAt } from './servers.ts'
import { CrashWorld } from './world.ts'
import type { TargetKind } from './world.ts'

const skip = dovecotMissing()
const dovecots: readonly TargetKind[] = ['imap', 'imap-plain']
let world: CrashWorld
let database: Database
before(async () => {
  if (skip) return
  world = await CrashWorld.start({ kinds: ['imap', 'imap-plain', 'maildir'] })
  database = await startDatabase(world.folder)
})
after(async () => {
  await database?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

for (const kind of dovecots) {
  test(`${kind}: late copies before the audit: ours go, theirs stay`, { skip }, () => lateBeforeAudit(world, kind))
  test(`${kind}: late copies after the pass: the next pass removes ours`, { skip }, () => lateAfterPass(world, kind))
  test(`${kind}: late copies of a later group`, { skip }, () => lateAfterPass(world, kind, 7))
}
test('killed twice while the audit removes', { skip }, () => killedInAudit(world, 'imap'))

for (const kind of [...dovecots, 'maildir'] as const) {
  for (const point of freezingPoints) {
    // Behind the last byte nothing may be left to send.
    for (const second of [null, 'recover.looked:1', ...(point === 'land.before' ? [] : ['append.last-byte:1'])]) {
      const when = second === null ? 'when another has finished' : `while another stands at ${second}`
      test(`${kind}: frozen at ${point}, wakes ${when}: nothing twice`, { skip }, () =>
        takenOver(world, database, { kind, point, passage: 4, second }),
      )
    }
  }
}

for (const kind of dovecots) {
  for (const crash of [
    'folders.planned:1',
    'intend.after:5',
    'append.inside:10',
    'append.sent:6',
    'append.answered:3',
  ]) {
    test(`${kind}: target killed at ${crash}, the same run goes on`, { skip }, () =>
      serverKilledAt(world, kind, 'target', crash),
    )
  }
  for (const crash of ['folders.planned:1', 'intend.after:2', 'append.inside:10', 'land.after:4']) {
    test(`${kind}: source killed at ${crash}, the same run goes on`, { skip }, () =>
      serverKilledAt(world, kind, 'source', crash),
    )
  }
  for (const files of [10, 60, 150]) {
    test(`${kind}: target killed with ${files} messages stored, the same run goes on`, { skip }, () =>
      serverKilledAfter(world, kind, 'target', files),
    )
    test(`${kind}: source killed with ${files} messages stored, the same run goes on`, { skip }, () =>
      serverKilledAfter(world, kind, 'source', files),
    )
  }
}

for (const kind of ['imap', 'maildir'] as const) {
  for (const crash of ['folders.planned:1', 'intend.before:4', 'append.answered:4', 'land.before:2', 'mark.before:2']) {
    test(`${kind}: PostgreSQL killed at ${crash}`, { skip }, async (t) => {
      t.diagnostic((await databaseKilledAt(world, kind, crash)) ? 'the run went on' : 'the same command completed it')
    })
  }
}

test('the source was never changed', { skip }, () => world.assertSourceUntouched())
