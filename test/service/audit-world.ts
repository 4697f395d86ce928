/** A running service whose audit log is read through its API, and rows as they are stored. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { silentLog } from '#base/log.ts'
import type { AdminAuditLogEvent } from '#contract/audit.ts'
import { type Store, openStore } from '#store/open.ts'
import { startedBefore } from '#test/data-folder.ts'
import { temporaryFolder, waybill } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { freePorts } from '#test/servers/instance.ts'
import { Served, environment } from './world.ts'

export interface AuditWorld extends AsyncDisposable {
  readonly served: Served
  readonly store: Store
  readonly dataFolder: string
  readonly port: number
  token(name: string, scope: string): Promise<string>
  /** Entries since the last time this was asked, oldest first. */
  fresh(): Promise<AdminAuditLogEvent[]>
  /** The one entry that there is since. */
  one(): Promise<AdminAuditLogEvent>
  search(query?: string): Promise<AdminAuditLogEvent[]>
}

export async function startAuditWorld(name: string): Promise<AuditWorld> {
  await using stack = new AsyncDisposableStack()
  const folder = temporaryFolder(name)
  stack.defer(() => removeFolder(folder))
  const dataFolder = join(folder, 'data')
  await startedBefore(dataFolder)
  const [port = 0] = await freePorts(1)
  const served = stack.use(await Served.start({ dataFolder, port, args: ['--concurrency', '0'] }))
  const store = stack.use(await openStore({ dataFolder, joins: true, log: silentLog }))
  const search = async (query = '') =>
    (await served.must<{ items: AdminAuditLogEvent[] }>('GET', `/audit-log?limit=1000${query}`)).items
  const seen = new Set((await search()).map(({ identity }) => identity))
  const fresh = async () => {
    const found = (await search()).filter(({ identity }) => !seen.has(identity))
    for (const { identity } of found) seen.add(identity)
    return found.reverse()
  }
  const owned = stack.move()
  return {
    served,
    store,
    dataFolder,
    port,
    search,
    fresh,
    async one() {
      const found = await fresh()
      assert.equal(found.length, 1, JSON.stringify(found))
      return found[0]!
    },
    async token(tokenName, scope) {
      const { stdout, code, stderr } = await waybill(
        ['token', 'create', '--name', tokenName, '--scope', scope, '--days', '1'],
        environment({ dataFolder }),
      )
      assert.equal(code, 0, stderr)
      return stdout.trim()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

export const valueOf = (event: AdminAuditLogEvent, parameter: string): string | null | undefined =>
  event.cmdletParameters.find(({ name }) => name === parameter)?.value
