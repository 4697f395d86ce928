/** A sample of `npm run test:crash`: killed servers, frozen processes, copies that land late. */
import { after, before, test } from 'node:test'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import type { Database } from '#test/shared-database.ts'
import { takenOver } from './frozen.ts'
import { lateAfterPass, lateBeforeAudit } from './late-landing.ts'
import { databaseKilledAt, serverKilledAfter, serverKilledAt } from './servers.ts'
import { CrashWorld } from './world.ts'

const skip = dovecotMissing()
let world: CrashWorld
let database: Database
before(async () => {
  if (skip) return
  world = await CrashWorld.start({ kinds: ['imap', 'imap-plain', 'maildir'] })
  database = await world.share()
})
after(() => world?.[Symbol.asyncDispose]())

test('late copies before the audit: ours go, theirs stay', { skip }, () => lateBeforeAudit(world, 'imap'))
test('late copies after the pass: the next pass removes ours', { skip }, () => lateAfterPass(world, 'imap'))

test('frozen inside a literal, wakes while another is about to send: nothing twice', { skip }, () =>
  takenOver(world, database, { kind: 'imap', point: 'append.inside', passage: 4, second: 'append.last-byte:1' }),
)
test('frozen before the last byte, wakes when another has finished: nothing twice', { skip }, () =>
  takenOver(world, database, { kind: 'imap', point: 'append.last-byte', passage: 4, second: null }),
)
test('frozen before the landing, wakes when another has finished: nothing twice', { skip }, () =>
  takenOver(world, database, { kind: 'imap-plain', point: 'land.before', passage: 4, second: null }),
)
test('Maildir: frozen before the last byte, wakes while another sends: nothing twice', { skip }, () =>
  takenOver(world, database, { kind: 'maildir', point: 'append.last-byte', passage: 30, second: 'recover.looked:1' }),
)

test('target killed behind the last byte, the same run goes on', { skip }, () =>
  serverKilledAt(world, 'imap', 'target', 'append.sent:4'),
)
test('target killed at work, the same run goes on', { skip }, () =>
  serverKilledAfter(world, 'imap-plain', 'target', 60),
)
test('source killed inside a group, the same run goes on', { skip }, () =>
  serverKilledAt(world, 'imap', 'source', 'append.inside:10'),
)
test('PostgreSQL killed between answer and landing', { skip }, async () => {
  await world.alone()
  await databaseKilledAt(world, 'imap', 'append.answered:4')
})

test('the source was never changed', { skip }, () => world.assertSourceUntouched())
