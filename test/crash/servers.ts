/** kill -9 of a mail server or of the database while mail moves. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { send } from '#test/servers/processes.ts'
import { resultOf } from '#test/migrate/run-waybill.ts'
import { frozenAt } from './cases.ts'
import { stateOf, until } from './until.ts'
import { synced } from './world.ts'
import type { CrashUser, CrashWorld, TargetKind } from './world.ts'

/** Longer than any server is away; each run here lives. */
const tuning = { leaseMs: 30_000 }

/** At an exact step: the run stands still there while all processes of the server's instance are killed. */
export async function serverKilledAt(
  world: CrashWorld,
  kind: TargetKind,
  side: 'source' | 'target',
  crash: string,
): Promise<void> {
  const user = await world.user(kind)
  const server = side === 'source' ? world.source : world.dovecot(kind)
  const running = await frozenAt(world, user, `${crash}:stop`, { tuning })
  await server.kill()
  send(running.child.pid!, 'SIGCONT')
  await server.restart()
  synced(await running.ended)
  if (side === 'target') await audited(world, user)
  await world.assertDone(user)
}

/** While it is really at work, perhaps in the middle of a commit: as soon as so many files are there. */
export async function serverKilledAfter(
  world: CrashWorld,
  kind: TargetKind,
  side: 'source' | 'target',
  files: number,
): Promise<void> {
  const user = await world.user(kind)
  const server = side === 'source' ? world.source : world.dovecot(kind)
  const root = world.dovecot(kind).accounts.get(user.name)!.mail
  const running = world.start(user, { tuning })
  let over = false
  void running.ended.then(() => (over = true))
  await until(`${files} files`, () => over || countFiles(root) >= files)
  assert.ok(!over, 'the run ended before the server was killed')
  await server.kill()
  await server.restart()
  synced(await running.ended)
  if (side === 'target') await audited(world, user)
  await world.assertDone(user)
}

/**
 * Dovecot does not see a file that came within the same tick of the kernel's clock as the one before it until seconds
 * later: without a settle time that is a late landing, which the next pass finds. Here those seconds pass at once.
 */
async function audited(world: CrashWorld, user: CrashUser): Promise<void> {
  const root = world.dovecot(user.kind).accounts.get(user.name)!.mail
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (/(^|\/)(cur|new)$/.test(name)) utimesSync(join(root, name), new Date(), new Date())
  }
  assert.equal((await world.complete(user)).carried, 0, 'the next pass appends nothing')
}

function countFiles(root: string): number {
  let count = 0
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (/(^|\/)(cur|new)\/[^/]+$/.test(name)) count++
  }
  return count
}

/** The postmaster alone: its children notice by themselves. Answers whether the same run went on. */
export async function databaseKilledAt(world: CrashWorld, kind: TargetKind, crash: string): Promise<boolean> {
  const user = await world.user(kind)
  const running = await frozenAt(world, user, `${crash}:stop`, { tuning })
  const pid = postmaster(world.dataFolder)
  send(pid, 'SIGKILL')
  await until('the postmaster is gone', () => [null, 'Z'].includes(stateOf(pid)))
  send(running.child.pid!, 'SIGCONT')
  return await goesOnOrSaysWhy(world, user, running.ended)
}

async function goesOnOrSaysWhy(
  world: CrashWorld,
  user: CrashUser,
  ending: ReturnType<CrashWorld['start']>['ended'],
): Promise<boolean> {
  const ended = await ending
  const wentOn = ended.code === 0
  if (!wentOn) {
    assert.equal(ended.signal, null)
    assert.ok(ended.code === 2 || ended.code === 4, `${ended.code}: ${ended.stderr}`)
    const words = ended.stdout === '' ? ended.stderr : (resultOf(ended).users[0]?.error?.message ?? '')
    assert.match(words, /database|PostgreSQL|lease/i)
    await world.complete(user)
  }
  await world.assertDone(user)
  return wentOn
}

function postmaster(dataFolder: string): number {
  const pid = Number(readFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  assert.match(readFileSync(`/proc/${pid}/comm`, 'utf8'), /postgres/)
  return pid
}
