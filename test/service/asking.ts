/** What tests of the service ask again and again. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem, ServiceEvent } from '#contract/organization.ts'
import type { MigrationUser } from '#contract/user.ts'
import { until } from '#test/crash/until.ts'
import type { DovecotServer } from '#test/servers/dovecot.ts'
import { type Served, address } from './world.ts'

/** The problem of a request that must be refused so. */
export async function refused(
  served: Served,
  method: string,
  path: string,
  body: unknown,
  status: number,
  code: string,
): Promise<Problem> {
  const answered = await served.ask<Problem>(method, path, body)
  assert.equal(answered.status, status, JSON.stringify(answered.body))
  assert.equal(answered.body.code, code, JSON.stringify(answered.body))
  return answered.body
}

/** The one user of this name in this batch. */
export async function userOf(served: Served, batch: string, user: string): Promise<MigrationUser> {
  const found = (await served.users(batch)).find(({ identity }) => identity === address(user))
  assert.ok(found, `${user} is in the batch ${batch}`)
  return found
}

export async function userReaches(
  served: Served,
  batch: string,
  user: string,
  status: MigrationUser['status'],
): Promise<MigrationUser> {
  let last: MigrationUser | null = null
  try {
    await until(`${user} is ${status}`, async () => (last = await userOf(served, batch, user)).status === status)
  } catch (thrown) {
    throw new Error(`${String(thrown)}; it is ${JSON.stringify(last)}`, { cause: thrown })
  }
  return last!
}

export const lastEvent = async (served: Served): Promise<number> => (await served.events()).at(-1)?.id ?? 0

/** Of one batch, passes that began or ended after an event. */
export async function passes(
  served: Served,
  batch: string,
  kind: 'pass.started' | 'pass.ended',
  after = 0,
): Promise<ServiceEvent[]> {
  return (await served.events(after)).filter((event) => event.kind === kind && event.batch === batch)
}

/** Waits until so many passes of a batch have ended after an event. */
export async function passesEnd(served: Served, batch: string, count: number, after: number): Promise<ServiceEvent[]> {
  let ended: ServiceEvent[] = []
  await until(`${count} passes of ${batch} have ended`, async () => {
    ended = await passes(served, batch, 'pass.ended', after)
    return ended.length >= count
  })
  return ended
}

/** The source knows another password from now on. */
export async function changePassword(server: DovecotServer, user: string, password: string): Promise<void> {
  const path = join(server.folder, 'users')
  const secret = `{PLAIN.b64}${Buffer.from(password).toString('base64')}`
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(new RegExp(`^${user}:[^:]*`, 'm'), `${user}:${secret}`))
  await server.restart()
}
