/**
 * Two processes on one database, each with its own data folder: the first is frozen, the second takes over when the
 * lease has run out, and the first wakes (transfer-engine.md §3.4).
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { send } from '#test/servers/processes.ts'
import type { Database } from '#test/shared-database.ts'
import { resultOf } from '#test/migrate/run-waybill.ts'
import type { Running } from '#test/migrate/run-waybill.ts'
import { frozenAt } from './cases.ts'
import type { CrashUser, CrashWorld, TargetKind } from './world.ts'

export const freezingPoints = ['append.inside', 'append.last-byte', 'land.before'] as const

export interface FrozenCase {
  readonly kind: TargetKind
  readonly point: (typeof freezingPoints)[number]
  readonly passage: number
  /** Where the second process stands still while the first wakes; null: it has ended by then. */
  readonly second: string | null
}

export async function takenOver(world: CrashWorld, database: Database, one: FrozenCase): Promise<void> {
  const user = await world.user(one.kind)
  const options = (name: string, leaseMs: number) => ({
    databaseUrl: database.url,
    dataFolder: join(world.folder, name),
    tuning: { leaseMs },
  })
  const first = await frozenAt(world, user, `${one.point}:${one.passage}:stop`, options('first', 1_500))
  if (one.second === null) {
    await world.complete(user, options('second', 30_000))
    await wakeTheLoser(first, user)
  } else {
    const second = await frozenAt(world, user, `${one.second}:stop`, options('second', 30_000))
    await wakeTheLoser(first, user)
    send(second.child.pid!, 'SIGCONT')
    const ended = await second.ended
    assert.equal(ended.code, 0, `${ended.stderr}${ended.stdout}`)
  }
  await world.assertDone(user, options('second', 30_000))
}

async function wakeTheLoser(first: Running, user: CrashUser): Promise<void> {
  send(first.child.pid!, 'SIGCONT')
  const ended = await first.ended
  assert.equal(ended.code, 2, `${ended.stderr}${ended.stdout}`)
  const [result] = resultOf(ended).users
  assert.equal(result?.status, 'Failed')
  assert.equal(result.error?.code, 'LEASE_LOST', JSON.stringify(result.error))
  assert.ok(result.error.message.includes(user.kind === 'maildir' ? user.address : user.name), result.error.message)
}
