/** A network that breaks or falls silent in the middle of mail: the same run goes on, nothing twice, nothing missing. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { MigrateUserResult } from '#contract/migrate.ts'
import { type Relay, startRelay } from '#test/servers/relay.ts'
import { type SmallImap, startSmallImap } from '#test/servers/small-imap/server.ts'
import { compare } from '#test/worlds/compare.ts'
import { everydayMessages, folder, withAttachment } from '#test/worlds/messages.ts'
import { Random } from '#test/worlds/random.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { type Database, startDatabase } from '#test/shared-database.ts'
import { type Moving, login, openMoving } from './moving.ts'
import { resultOf, startWaybill, temporaryFolder, writeCsv } from './run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

const at = temporaryFolder('faults-network')
let database: Database
let moving: Moving
before(async () => {
  database = await startDatabase(at)
  moving = await openMoving(at, { settleMs: 0 }, { dataFolder: join(at, 'this-process'), databaseUrl: database.url })
})
after(async () => {
  await moving?.[Symbol.asyncDispose]()
  await database?.[Symbol.asyncDispose]()
  removeFolder(at)
})

const mail = () => [
  folder('INBOX', [
    ...everydayMessages(1, 60, 2_000),
    withAttachment(new Random(3), 'large', 4_000_000),
    ...everydayMessages(2, 20, 900),
  ]),
  folder('Sent', everydayMessages(4, 10, 900)),
]

interface World extends AsyncDisposable {
  readonly source: SmallImap
  readonly target: SmallImap
  /** The way to either. */
  readonly ways: { readonly source: Relay; readonly target: Relay }
  run(tuning?: object, during?: () => void): Promise<MigrateUserResult>
  done(): Promise<void>
}

let worlds = 0
async function world(): Promise<World> {
  const stack = new AsyncDisposableStack()
  const source = stack.use(await startSmallImap({ users: { u: { password: 'pass', folders: mail() } } }))
  const target = stack.use(await startSmallImap({ users: { u: { password: 'pass' } } }))
  const ways = {
    source: stack.use(await startRelay({ port: source.port, delayMs: 0 })),
    target: stack.use(await startRelay({ port: target.port, delayMs: 0 })),
  }
  const mine = join(at, `${++worlds}`)
  mkdirSync(mine)
  const header = ['EmailAddress', 'UserName', 'Password', 'TargetUserName', 'TargetPassword']
  const address = `u${worlds}@x.example`
  const csv = writeCsv(mine, [[address, 'u', 'pass', 'u', 'pass']], header)
  const run: World['run'] = async (tuning = {}) => {
    const running = startWaybill(
      [
        'migrate',
        csv,
        '--json',
        '--data',
        join(at, 'processes'),
        '--verify',
        'none',
        '--source',
        `imap://127.0.0.1:${ways.source.port}`,
        '--source-security',
        'none',
        '--target',
        `imap://127.0.0.1:${ways.target.port}`,
        '--target-security',
        'none',
      ],
      {
        DATABASE_URL: database.url,
        WAYBILL_TUNING: JSON.stringify({ retryMs: 20, settleMs: 200, mostFaults: 8, ...tuning }),
      },
    )
    return resultOf(await running.ended).users[0]!
  }
  const equal = async () =>
    assert.deepEqual(compare(await snapshot(login(source, 'u')), await snapshot(login(target, 'u'))), [])
  return {
    source,
    target,
    ways,
    run,
    async done() {
      await equal()
      ways.source.onClientBytes = null
      ways.target.onClientBytes = null
      const again = await moving.sync({ address, user: 'u' }, source, target)
      assert.equal(again.carried, 0, 'one more pass appends nothing')
      await equal()
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Calls `deed` once in the middle of the large message, as the target's way sees its bytes pass. */
function inTheMiddle(way: Relay, deed: () => void): void {
  let done = false
  let bytes = 0
  way.onClientBytes = (chunk) => {
    bytes += chunk.length
    if (!done && bytes > 1_500_000) {
      done = true
      deed()
    }
    return false
  }
}

suite('a network', { timeout: 120_000 }, () => {
  for (const side of ['source', 'target'] as const) {
    test(`that breaks on the way to the ${side}, inside a literal: the same run goes on`, async () => {
      await using one = await world()
      inTheMiddle(one.ways.target, () => one.ways[side].cut())
      const user = await one.run()
      assert.equal(user.status, 'Synced', JSON.stringify(user.error))
      assert.equal(user.skipped, 0)
      await one.done()
    })

    test(`that falls silent on the way to the ${side}: after the deadline the same run goes on`, async () => {
      await using one = await world()
      inTheMiddle(one.ways.target, () => {
        const way = one.ways[side]
        way.freeze()
        // A dead connection stays dead; who tries again after the deadline finds a network.
        way.onConnection = () => way.thaw()
      })
      const user = await one.run({
        silenceMs: 500,
        appendMs: 500,
        lingerMs: 300,
        loginMs: 1_000,
        greetingMs: 1_000,
        mostFaults: 40,
        retryMs: 60,
      })
      assert.equal(user.status, 'Synced', JSON.stringify(user.error))
      assert.equal(user.skipped, 0)
      await one.done()
    })
  }

  test('that breaks again and again: every run gets further, and none calls it done before it is', async () => {
    await using one = await world()
    let next = 300_000
    let bytes = 0
    one.ways.target.onClientBytes = (chunk) => {
      bytes += chunk.length
      if (bytes < next) return false
      next += 1_700_000
      return true
    }
    const user = await one.run()
    if (user.status === 'Failed') {
      assert.match(user.error?.message ?? '', /the connection was lost|closed the connection/)
      one.ways.target.onClientBytes = null
      assert.equal((await one.run()).status, 'Synced')
    }
    await one.done()
  })

  test('to a target that never answers an APPEND: the outcome is looked for, nothing twice', async () => {
    for (const fault of ['stall', 'store-then-stall'] as const) {
      await using one = await world()
      let left = 2
      one.target.faults = { append: () => (left-- > 0 ? fault : undefined) }
      const user = await one.run({ appendMs: 400, silenceMs: 2_000, lingerMs: 200 })
      assert.equal(user.status, 'Synced', `${fault}: ${JSON.stringify(user.error)}`)
      await one.done()
    }
  })
})
