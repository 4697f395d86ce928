/**
 * A group whose last byte has left is stored only after the next run has looked and sent it again: the audit has to
 * find the late copies and remove ours (transfer-engine.md §3.8), with no settle time to help it.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { send } from '#test/servers/processes.ts'
import { frozenAt, killedAt } from './cases.ts'
import { until } from './until.ts'
import type { CrashUser, CrashWorld, TargetKind } from './world.ts'

/** Leaves the target with a complete APPEND that its frozen processes have not read; `thaw` lets them. */
async function heldBack(world: CrashWorld, user: CrashUser, passage: number): Promise<{ thaw(): void }> {
  const server = world.dovecot(user.kind)
  // One group under way: a process that is stopped while it stores another would keep its folder locked for a minute.
  const running = await frozenAt(world, user, `append.last-byte:${passage}:stop,append.sent:${passage}`, {
    tuning: { leaseMs: 4_000, lanes: 1, mostLanes: 1, depth: 1 },
  })
  const frozen = server.pids().filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'imap')
  assert.ok(frozen.length > 0)
  for (const pid of frozen) send(pid, 'SIGSTOP')
  send(running.child.pid!, 'SIGCONT')
  const ended = await running.ended
  assert.equal(ended.signal, 'SIGKILL', `the last byte did not leave: ${ended.stderr}${ended.stdout}`)
  return {
    thaw() {
      for (const pid of frozen) send(pid, 'SIGCONT')
    },
  }
}

async function thawed(world: CrashWorld, user: CrashUser, thaw: () => void): Promise<void> {
  const before = await world.countInTarget(user)
  thaw()
  await until('the late copies are there', async () => (await world.countInTarget(user)) > before)
}

/** They come while the pass that sent again is still at work: its own audit finds them. */
export async function lateBeforeAudit(world: CrashWorld, kind: TargetKind, passage = 2): Promise<void> {
  const user = await world.user(kind)
  const { thaw } = await heldBack(world, user, passage)
  const running = await frozenAt(world, user, 'audit.before:1:stop', { tuning: { leaseMs: 30_000 } })
  await thawed(world, user, thaw)
  send(running.child.pid!, 'SIGCONT')
  const ended = await running.ended
  assert.equal(ended.code, 0, ended.stderr)
  await world.assertDone(user)
}

/** They come after it: the next pass finds them. */
export async function lateAfterPass(world: CrashWorld, kind: TargetKind, passage = 2): Promise<void> {
  const user = await world.user(kind)
  const { thaw } = await heldBack(world, user, passage)
  await world.complete(user)
  await world.assertEqual(user)
  await thawed(world, user, thaw)
  assert.equal((await world.complete(user)).carried, 0)
  await world.assertDone(user)
}

/** And the audit itself is killed between the ledger's word and the removal of the next copy. */
export async function killedInAudit(world: CrashWorld, kind: TargetKind, passage = 2): Promise<void> {
  const user = await world.user(kind)
  const { thaw } = await heldBack(world, user, passage)
  const running = await frozenAt(world, user, 'audit.before:1:stop,audit.removed:3', { tuning: { leaseMs: 4_000 } })
  await thawed(world, user, thaw)
  send(running.child.pid!, 'SIGCONT')
  assert.equal((await running.ended).signal, 'SIGKILL', 'the audit removed nothing')
  await killedAt(world, user, 'audit.removed:2')
  await world.complete(user)
  await world.assertDone(user)
}
