/** Sources that lie about sizes, leave out, cut off, flood: read right or listed, memory bounded, and others go on. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { MigrateResult, MigrateUserResult } from '#contract/migrate.ts'
import type { Faults, Lie } from '#test/servers/small-imap/faults.ts'
import { type SmallImap, startSmallImap } from '#test/servers/small-imap/server.ts'
import { compare } from '#test/worlds/compare.ts'
import { type PlannedFolder, everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { startDatabase, type Database } from '#test/shared-database.ts'
import { type Moving, login, openMoving } from './moving.ts'
import { resultOf, temporaryFolder, waybill, writeCsv } from './run-waybill.ts'

const at = temporaryFolder('hostile-source')
let database: Database
let moving: Moving
before(async () => {
  database = await startDatabase(at)
  const own = { dataFolder: join(at, 'this-process'), databaseUrl: database.url }
  moving = await openMoving(at, { settleMs: 0 }, own)
})
after(async () => {
  await moving?.[Symbol.asyncDispose]()
  await database?.[Symbol.asyncDispose]()
  removeFolder(at)
})
const MB = 1_048_576
/** transfer-engine.md G5: above the RSS before the first FETCH. */
const MOST_GROWTH_BYTES = 60 * MB

const honest = [folder('INBOX', everydayMessages(2, 25, 900)), folder('Sent', everydayMessages(3, 10, 700))]

/** A mail of so many bytes whose text names its number. */
const big = (name: string, bytes: number) =>
  message(name, Buffer.alloc(bytes, `Subject: ${name}\r\n\r\n${`${name} `.repeat(20)}\r\n`.slice(0, 200)))

interface World extends AsyncDisposable {
  readonly source: SmallImap
  readonly target: SmallImap
  /** One run of the command for a user of the hostile source and one whom nothing happens to. */
  run(tuning?: object): Promise<{
    readonly evil: MigrateUserResult
    readonly good: MigrateUserResult
    readonly result: MigrateResult
    readonly code: number | null
    readonly skipped: string
  }>
  /** A further run for both, in this process, when nothing is hostile any more: must carry what was left. */
  again(): Promise<void>
  differences(user?: string): Promise<string[]>
}

let worlds = 0
/** The faults concern the user `evil` alone; `good` shares the servers and the process. */
async function world(folders: readonly PlannedFolder[], faults: Faults = {}, onTarget: Faults = {}): Promise<World> {
  const users = (mail: readonly PlannedFolder[]) => ({
    evil: { password: 'pass', folders: mail },
    good: { password: 'pass', folders: mail.length > 0 ? honest : [] },
  })
  const source = await startSmallImap({ users: users(folders), faults })
  const target = await startSmallImap({ users: users([]), faults: onTarget })
  const stack = new AsyncDisposableStack()
  stack.use(source)
  stack.use(target)
  const mine = join(at, `${++worlds}`)
  mkdirSync(mine)
  const number = worlds
  const addressOf = (user: string) => `${user}${number}@x.example`
  const rows = ['evil', 'good'].map((user) => [addressOf(user), user, 'pass', user, 'pass'])
  const csv = writeCsv(mine, rows, ['EmailAddress', 'UserName', 'Password', 'TargetUserName', 'TargetPassword'])
  const url = ({ port }: SmallImap) => `imap://127.0.0.1:${port}`
  return {
    source,
    target,
    async run(tuning = {}) {
      const ended = await waybill(
        [
          'migrate',
          csv,
          '--json',
          '--data',
          join(at, 'processes'),
          '--source',
          url(source),
          '--source-security',
          'none',
          '--target',
          url(target),
          '--target-security',
          'none',
        ],
        {
          DATABASE_URL: database.url,
          WAYBILL_TUNING: JSON.stringify({ retryMs: 20, settleMs: 0, mostFaults: 8, ...tuning }),
        },
      )
      const result = resultOf(ended)
      const [evil, good] = result.users
      const grown = result.peakRssBytes - result.baseRssBytes
      assert.ok(grown <= MOST_GROWTH_BYTES, `memory grew by ${Math.round(grown / MB)} MB`)
      assert.equal(good?.status, 'Synced', `the other user goes on: ${JSON.stringify(good?.error)}`)
      const skipped = result.skippedCsv === null ? '' : readFileSync(result.skippedCsv, 'utf8')
      return { evil: evil!, good, result, code: ended.code, skipped }
    },
    async again() {
      const both = ['evil', 'good'].map((user) => ({ address: addressOf(user), user }))
      const { users } = await moving.run(both, source, target)
      for (const { status, error } of users) assert.equal(status, 'Synced', JSON.stringify(error))
    },
    differences: async (user = 'evil') =>
      compare(await snapshot(login(source, user)), await snapshot(login(target, user))),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Lies about one message of the inbox, as long as `lying`. */
function lieAbout(uid: number, lie: Lie): { faults: Faults; stop(): void } {
  let lying = true
  const text = `evil ${uid} `
  return {
    faults: { message: (one) => (lying && one.content.includes(text) ? lie : undefined) },
    stop: () => (lying = false),
  }
}

const inbox = (bytes: number) => [
  folder('INBOX', [...everydayMessages(5, 10, 900), big('evil 11', bytes), ...everydayMessages(6, 10, 900)]),
  folder('Sent', everydayMessages(7, 5, 700)),
]

suite('a source', { timeout: 240_000 }, () => {
  for (const [what, bytes, size] of [
    ['of 30 MB as 100 bytes', 30_000_000, 100],
    ['of 30 MB as 0 bytes', 30_000_000, 0],
    ['of 3 kB as 4 GB', 3_000, 4_294_967_295],
    ['of 3 kB as 5 MB', 3_000, 5_000_000],
    ['of 5 MB as 1 kB', 5_000_000, 1_000],
  ] as const) {
    test(`that announces a mail ${what} (RFC822.SIZE): the bytes that come count`, async () => {
      const { faults } = lieAbout(11, { size })
      await using one = await world(inbox(bytes), faults)
      const { evil, code, skipped } = await one.run()
      assert.equal(code, 0)
      assert.equal(evil.status, 'Synced', JSON.stringify(evil.error))
      if (size > 36_700_160) assert.match(skipped, /,INBOX,11,.*,4294967295,evil 11,large,/)
      else assert.deepEqual(await one.differences(), [])
    })
  }

  for (const [what, lie] of [
    ['answers NIL for a body', { nil: true }],
    ['leaves a message out of every answer', { omit: true }],
    ['announces a longer literal than it sends', { announce: 30_000 }],
    ['announces a shorter literal than it sends', { announce: 500 }],
    ['dies inside a literal', { cutAfterBytes: 700 }],
  ] as const) {
    test(`that ${what}: the other messages arrive, and this one when it can be read`, async () => {
      const lying = lieAbout(11, lie)
      await using one = await world(inbox(2_000), lying.faults)
      const { evil, code, skipped } = await one.run({ silenceMs: 400 })
      assert.equal(code, 0, JSON.stringify(evil.error))
      if ('omit' in lie) assert.match(evil.notes.join(), /INBOX: the source counts 21 messages and lists only 20/)
      else assert.match(skipped, /,INBOX,11,[^,]*,\d+,evil 11,missing,"?the source (?:answered NIL|broke off 5 times)/)
      assert.deepEqual([evil.items, evil.skipped], [25, 'omit' in lie ? 0 : 1])
      lying.stop()
      await one.again()
      assert.deepEqual(await one.differences(), [])
    })
  }

  test('that sends a literal twice, and answers that nobody asked for: each mail once', async () => {
    const mails = everydayMessages(8, 12, 900)
    const twice = mails
      .map(
        ({ content }, index) =>
          `* ${index + 1} FETCH (UID ${index + 1} BODY[] {${content.length}}\r\n${content.toString('latin1')})\r\n`,
      )
      .join('')
    await using one = await world([folder('INBOX', mails)], {
      command: ({ verb, user }) =>
        user === 'evil' && verb === 'UID FETCH'
          ? { flood: [twice, '* 99 FETCH (UID 4000000000 FLAGS () BODY[] {3}\r\nbad)\r\n', '* 3 EXISTS\r\n'] }
          : undefined,
    })
    const { evil } = await one.run()
    assert.equal(evil.status, 'Synced', JSON.stringify(evil.error))
    assert.deepEqual(await one.differences(), [])
  })

  const ENDLESS = 200_000_000
  function* endless(piece: string): Generator<string> {
    for (let bytes = 0; bytes < ENDLESS; bytes += piece.length) yield piece
  }
  const attacks: readonly (readonly [string, () => { raw: string } | { flood: Iterable<string> }])[] = [
    ['floods with answers that nobody asked for', () => ({ flood: endless('* 1 EXISTS\r\n'.repeat(5_000)) })],
    ['sends a line without end', () => ({ flood: endless('x'.repeat(65_536)) })],
    [
      'announces a literal of 4 GB in an answer',
      () => ({ flood: ['* LIST () "/" {4294967295}\r\n', ...endless('y'.repeat(65_536))] }),
    ],
    ['nests parentheses without end', () => ({ flood: endless(`* 1 FETCH ${'('.repeat(60_000)}\r\n`) })],
    ['answers with noise', () => ({ raw: '\u0000\u0001\u0002 nonsense \u00ff\r\n'.repeat(50) })],
    ['answers to a command that nobody sent', () => ({ raw: 'A999 OK done\r\n' })],
  ]
  for (const side of ['source', 'target'] as const) {
    for (const [what, attack] of attacks) {
      test(`or target: a ${side} that ${what} fails that user in one sentence, in bounded memory, and no other`, async () => {
        const verb = side === 'source' ? 'UID FETCH' : 'APPEND'
        const faults: Faults = {
          command: (told) => (told.user === 'evil' && told.verb === verb ? attack() : undefined),
        }
        await using one = await (side === 'source' ? world(inbox(2_000), faults) : world(inbox(2_000), {}, faults))
        const { evil, code } = await one.run({ silenceMs: 1_000, appendMs: 1_000, lingerMs: 200, mostFaults: 3 })
        assert.equal(code, 2)
        assert.equal(evil.status, 'Failed')
        assert.match(
          evil.error?.message ?? '',
          /does not keep to IMAP: |neither in the target nor explained|closed the connection|the connection was lost|no answer for/,
        )
        assert.ok(evil.error?.remedy)
        one.source.faults = {}
        one.target.faults = {}
        await one.again()
        assert.deepEqual(await one.differences(), [])
      })
    }
  }
})
