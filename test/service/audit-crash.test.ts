/** The service is killed between an act and its entry in the audit log. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AdminAuditLogEvent } from '#contract/audit.ts'
import type { CrashPoint } from '#base/crash-point.ts'
import { startedBefore } from '#test/data-folder.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { Served } from './world.ts'

const NAME = 'Source'

/** What is there after a kill at this point: the entries, and whether the endpoint was made. */
async function killedAt(point: CrashPoint): Promise<{ entries: AdminAuditLogEvent[]; isThere: boolean }> {
  const folder = temporaryFolder('audit-crash')
  const dataFolder = join(folder, 'data')
  const args = ['--concurrency', '0']
  try {
    await startedBefore(dataFolder)
    {
      await using served = await Served.start({ dataFolder, args, crash: point })
      const body = { name: NAME, remoteServer: 'imap.contoso.example', skipVerification: true }
      await assert.rejects(served.ask('POST', '/endpoints', body))
      assert.equal((await served.running.ended).signal, 'SIGKILL')
    }
    await using served = await Served.start({ dataFolder, args })
    const { items } = await served.must<{ items: AdminAuditLogEvent[] }>('GET', '/audit-log')
    return { entries: items, isThere: (await served.ask('GET', `/endpoints/${NAME}`)).status === 200 }
  } finally {
    removeFolder(folder)
  }
}

for (const [point, isDone] of [
  ['record.begun', false],
  ['record.acted', true],
] as const) {
  test(`killed at ${point}: the act is ${isDone ? 'done' : 'not done'}, and the log says that it was begun`, async () => {
    const { entries, isThere } = await killedAt(point)
    assert.equal(isThere, isDone)
    const [entry] = entries.filter(({ cmdletName }) => cmdletName === 'New-MigrationEndpoint')
    assert.deepEqual([entry?.objectModified, entry?.succeeded], [NAME, null])
    assert.match(entry?.error ?? '', /^Outcome unknown/)
  })
}
