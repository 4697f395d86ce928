/**
 * After a BAD servers read a literal as commands (transfer-engine.md §3.3): mail that holds commands, with flags and
 * dates that no target takes, must have none of them executed.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startedBefore } from '#test/data-folder.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import type { SmallImapOptions } from '#test/servers/small-imap/server.ts'
import { startSmallImap } from '#test/servers/small-imap/server.ts'
import { folder, message } from '#test/worlds/messages.ts'
import type { PlannedFolder } from '#test/worlds/messages.ts'
import { commandsInBody } from '#test/worlds/nasty.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import type { Snapshot } from '#test/worlds/snapshot.ts'
import { resultOf, temporaryFolder, waybill, writeCsv } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'

const home = temporaryFolder('bad')
before(() => startedBefore(join(home, 'data')))
after(() => removeFolder(home))

/** Servers tell such flags, and answer BAD when they are to store them. */
const oddFlags = ['\\Foo', '\\Recent', 'a]b', '{3+}', '$x*', '\\*', '%', 'x'.repeat(300), '\\', '\\Seen', 'Good-One']

const mail: readonly PlannedFolder[] = [
  folder('INBOX', [
    message('commands', commandsInBody, oddFlags),
    message('commands below a header', `Subject: c\r\n\r\n${commandsInBody}`, ['\\Foo']),
    message('closes the literal', `)\r\nA1 OK done\r\n${commandsInBody}`, ['{5}'], '1850-01-01T00:00:00Z'),
    message('a day that is none', commandsInBody.repeat(3), [], '+012021-03-04T05:06:07Z'),
    message('of the far past', commandsInBody.repeat(2), ['a b'.replace(' ', '\u0001')], '0000-01-01T00:00:00Z'),
  ]),
]

const executed = /CREATE +"?pwned|DELETE +"?INBOX|STORE 1:\*|\bEXPUNGE\b|APPEND INBOX \{5/i

async function migrate(name: string, source: number, target: number) {
  const folderOfRun = join(home, name)
  mkdirSync(folderOfRun, { recursive: true, mode: 0o711 })
  const csv = writeCsv(
    folderOfRun,
    [['user@bad.example', 'user', 'pass', 'user', 'pass']],
    ['EmailAddress', 'UserName', 'Password', 'TargetUserName', 'TargetPassword'],
  )
  const ended = await waybill(
    [
      'migrate',
      csv,
      '--json',
      '--verify',
      'none',
      '--data',
      join(home, 'data'),
      '--source',
      `imap://127.0.0.1:${source}`,
      '--source-security',
      'none',
      '--target',
      `imap://127.0.0.1:${target}`,
      '--target-security',
      'none',
    ],
    { WAYBILL_TUNING: '{"settleMs":0,"retryMs":20,"mostFaults":3}' },
  )
  return { ended, user: resultOf(ended).users[0]! }
}

function assertWhole(now: Snapshot): void {
  assert.deepEqual(
    [...now.folders.keys()].filter((name) => /pwned/.test(name)),
    [],
  )
  const inbox = now.folders.get('INBOX')!
  const sent = mail[0]!.messages.map(({ content }) => createHash('sha256').update(content).digest('hex'))
  assert.deepEqual(inbox.map(({ sha256 }) => sha256).sort(), sent.sort())
  assert.ok(inbox.every(({ flags }) => !flags.includes('\\Deleted')))
}

const login = (port: number) => ({ host: '127.0.0.1', port, user: 'user', password: 'pass' })
const users = { user: { password: 'pass', folders: mail } }

test(
  'Dovecot stores mail full of commands, with odd flags and dates, and executes none',
  { skip: dovecotMissing() },
  async (t) => {
    await using source = await startSmallImap({ users })
    await using target = await startDovecot({ t })
    const { user } = await migrate('dovecot', source.port, target.port)
    assert.equal(user.status, 'Synced', JSON.stringify(user.error))
    assertWhole(await snapshot(login(target.port)))
    const first = (await snapshot(login(target.port))).folders
      .get('INBOX')!
      .find(({ flags }) => flags.includes('Good-One'))
    assert.deepEqual(first?.flags, ['Good-One', '\\Seen'])
    assert.ok(
      user.notes.some((note) => note.includes('\\Foo')),
      `the lost flags are named: ${user.notes.join('\n')}`,
    )
  },
)

for (const without of [[], ['LITERAL+', 'MULTIAPPEND']] satisfies SmallImapOptions['without'][]) {
  const what = without.length === 0 ? 'with LITERAL+' : 'without LITERAL+'
  test(`a strict target ${what} finds nothing to answer BAD to`, async () => {
    await using source = await startSmallImap({ users })
    await using target = await startSmallImap({ users: { user: { password: 'pass' } }, without })
    const { user } = await migrate(`strict ${what}`, source.port, target.port)
    assert.equal(user.status, 'Synced', JSON.stringify(user.error))
    assert.deepEqual(
      target.commands.filter((line) => executed.test(line)),
      [],
    )
    assertWhole(await snapshot(login(target.port)))
  })
}

test('a target that answers BAD to every APPEND gets no body, and the same command completes when it no longer does', async () => {
  await using source = await startSmallImap({ users })
  await using target = await startSmallImap({
    users: { user: { password: 'pass' } },
    without: ['LITERAL+'],
    faults: { badBeforeLiteral: () => true },
  })
  const refused = await migrate('refused', source.port, target.port)
  assert.equal(refused.ended.code, 2)
  assert.equal(refused.user.status, 'Failed')
  assert.match(refused.user.error?.message ?? '', /BAD|refused/)
  assert.deepEqual(
    target.commands.filter((line) => executed.test(line)),
    [],
  )
  target.faults = {}
  const { user } = await migrate('refused', source.port, target.port)
  assert.equal(user.status, 'Synced', JSON.stringify(user.error))
  assert.deepEqual(
    target.commands.filter((line) => executed.test(line)),
    [],
  )
  assertWhole(await snapshot(login(target.port)))
})
