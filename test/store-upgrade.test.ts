/** Schema upgrades: from what each version of CHANGELOG.md left, and from every step between, nothing is lost. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import { type Store, openStore } from '#store/open.ts'
import { schemaFiles } from '#store/schema.ts'
import { resultOf, temporaryFolder, waybill, writeCsv } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { postgresMissing, startPostgres } from '#test/servers/postgres.ts'
import { lastEvent, passesEnd } from '#test/service/asking.ts'
import { PASSWORD, Served, type ServiceWorld, address, environment, startServiceWorld } from '#test/service/world.ts'
import { fill } from '#test/worlds/fill.ts'
import { everydayMessages, folder } from '#test/worlds/messages.ts'
import { wrongTotals } from './service/user-totals.ts'
import { downgrade } from './older-schema.ts'
import { upgradesFromEach } from './schema-upgrades.ts'

const newest = schemaFiles().at(-1)!.number

/** `Schema 0002` of each version, newest first. */
function versions(): { readonly version: string; readonly schema: number }[] {
  const text = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8')
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const version = section.split('\n', 1)[0]!
      const schema = /^Schema (\d{4})\.$/m.exec(section)?.[1]
      assert.ok(schema, `CHANGELOG.md names the schema of ${version}: a line "Schema NNNN."`)
      return { version, schema: Number(schema) }
    })
}

test('CHANGELOG names the newest schema under Pending, and that of each version', () => {
  const [pending, ...released] = versions()
  assert.deepEqual(pending, { version: 'Pending', schema: newest })
  assert.ok(released.every(({ schema }) => schemaFiles().some(({ number }) => number === schema)))
})

test('from every older schema, with rows in each table: nothing is lost', async () => {
  const path = temporaryFolder('upgrade')
  try {
    await upgradesFromEach(join(path, 'data'))
  } finally {
    removeFolder(path)
  }
})

/** All of them there: test/crash/matrix-schema.ts. */
test(
  'the same on the oldest PostgreSQL that is here, from the first, from the released and from the one before',
  { skip: postgresMissing() },
  async () => {
    const released = versions().map(({ schema }) => schema)
    const sample = new Set([1, ...released.filter((number) => number < newest), schemaFiles().at(-2)!.number])
    const path = temporaryFolder('upgrade')
    await using postgres = await startPostgres()
    try {
      await upgradesFromEach(join(path, 'data'), postgres.url, (number) => sample.has(number))
    } finally {
      removeFolder(path)
    }
  },
)

describe('the new version goes on with what the old one left', { skip: dovecotMissing() }, () => {
  let world: ServiceWorld
  let served: Served
  before(async () => {
    world = await startServiceWorld('upgrade', ['a', 'b'], { messages: 8 })
    served = world.served
    await served.newBatch('Goes on', [['a']], { autoStart: true })
    await served.reaches('Goes on', 'Synced')
  })
  after(async () => {
    await served?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  const more = (user: string, seed: number) => fill(world.login(user), [folder('INBOX', everydayMessages(seed, 3))])
  async function upgraded(look: (store: Store) => Promise<void>): Promise<void> {
    await using store = await openStore({ dataFolder: served.dataFolder, log: silentLog })
    await look(store)
  }
  const leave = (schema: number) => upgraded((store) => downgrade(store.pool, schema))

  test('the service, from the first schema that it had: a batch goes on and copies only what is new', async () => {
    await served[Symbol.asyncDispose]()
    await leave(3)
    await upgraded(async (store) => assert.deepEqual(await wrongTotals(store.pool), []))
    served = await Served.start({ dataFolder: world.served.dataFolder })
    assert.equal((await served.batch('Goes on')).syncedCount, 1)
    await more('a', 91)
    const seen = await lastEvent(served)
    await served.must('PATCH', '/batches/Goes%20on', { syncNow: true })
    const [ended] = await passesEnd(served, 'Goes on', 1, seen)
    assert.deepEqual([ended!.facts['result'], ended!.facts['items']], ['Synced', 3])
    assert.deepEqual(await world.differences('a'), [])
  })

  test('waybill migrate, from each released version: it copies only what is new', async () => {
    await served[Symbol.asyncDispose]()
    const { dataFolder } = world.served
    const csv = writeCsv(world.folder, [[address('b'), 'b', PASSWORD]])
    const source = ['--source', `imap://127.0.0.1:${world.source.port}`, '--source-security', 'none']
    const target = ['--target', `maildir:${join(dataFolder, 'mail')}`]
    const migrate = async () =>
      resultOf(await waybill(['migrate', csv, ...source, ...target, '--json'], environment({ dataFolder }))).users[0]!
    assert.equal((await migrate()).carried, 8)
    for (const [index, { schema, version }] of versions().entries()) {
      await leave(schema)
      await more('b', 95 + index)
      const { status, carried, adopted } = await migrate()
      assert.deepEqual([status, carried, adopted], ['Synced', 3, 0], version)
      assert.deepEqual(await world.differences('b'), [], version)
    }
  })
})
