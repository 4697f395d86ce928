/** `waybill migrate` on the state of a backup that is older than the targets: nothing is there twice (transfer-engine.md §2). */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { environment } from '#test/service/world.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { readMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { PASSWORD, login, pool } from '#test/migrate/moving.ts'
import { resultOf, temporaryFolder, waybill, writeCsv } from '#test/migrate/run-waybill.ts'

const skip = dovecotMissing()
const path = temporaryFolder('restored')
const TWIN = message('twin', 'Subject: twin\r\n\r\nalike\r\n')
let source: DovecotServer
let target: DovecotServer
before(async () => {
  if (skip) return
  ;[source, target] = await Promise.all([startDovecot({ users: pool(4) }), startDovecot({ users: pool(4) })])
})
after(async () => {
  await source?.[Symbol.asyncDispose]()
  await target?.[Symbol.asyncDispose]()
  removeFolder(path)
})

const TARGETS = [
  {
    kind: 'an IMAP target',
    user: 'u1',
    args: () => ['--target', `imap://127.0.0.1:${target.port}`, '--target-security', 'none'],
    look: (user: string) => snapshot(login(target, user)),
  },
  {
    kind: 'a Maildir',
    user: 'u2',
    args: () => ['--target', `maildir:${join(path, 'mail')}`],
    look: async (user: string) => readMaildir(join(path, 'mail', `${user}@contoso.example`), true),
  },
]

for (const { kind, user, args, look } of TARGETS) {
  test(`${kind}: a backup of a run that was killed, then restored after it went on`, { skip }, async () => {
    const [dataFolder, restored] = [join(path, `data-${user}`), join(path, `restored-${user}`)]
    const backup = join(path, `${user}.tar.gz`)
    const csv = writeCsv(
      path,
      [[`${user}@contoso.example`, user, PASSWORD, user, PASSWORD]],
      ['EmailAddress', 'UserName', 'Password', 'TargetUserName', 'TargetPassword'],
    )
    const from = ['--source', `imap://127.0.0.1:${source.port}`, '--source-security', 'none']
    const run = (folderOfData: string, crash?: string) =>
      waybill(['migrate', csv, ...from, ...args(), '--json', '--data', folderOfData], {
        ...environment({ dataFolder: folderOfData, tuning: { groupMessages: 5 } }),
        ...(crash === undefined ? {} : { WAYBILL_CRASH: crash }),
      })
    const migrate = async (folderOfData: string) => {
      const result = resultOf(await run(folderOfData)).users[0]!
      assert.equal(result.status, 'Synced', JSON.stringify(result))
      return result.carried
    }
    const command = async (...words: string[]) => {
      const ended = await waybill(words, environment({ dataFolder }))
      assert.equal(ended.code, 0, ended.stderr)
    }
    const differences = async () =>
      compare(await snapshot(login(source, user)), await look(user), { subscriptions: false })

    await fill(login(source, user), [folder('INBOX', [...everydayMessages(1, 14), TWIN, TWIN]), folder('A', [TWIN])])
    // Groups are on their way whose answers this state has not seen.
    assert.equal((await run(dataFolder, 'land.before:2')).signal, 'SIGKILL')
    await command('backup', backup)
    await migrate(dataFolder)
    await fill(login(source, user), [
      folder('INBOX', [...everydayMessages(2, 6), TWIN, TWIN]),
      folder('B', [TWIN, TWIN]),
    ])
    assert.equal(await migrate(dataFolder), 10)
    assert.deepEqual(await differences(), [])

    await command('restore', backup, '--data', restored)
    await fill(login(source, user), [folder('INBOX', [...everydayMessages(3, 2), TWIN])])
    assert.equal(await migrate(restored), 3)
    assert.deepEqual(await differences(), [])
    assert.equal(await migrate(restored), 0)
    assert.deepEqual(await differences(), [])
  })
}

test('a database that went back by other means: waybill new-epoch', { skip }, async () => {
  const { args, look } = TARGETS[0]!
  const user = 'u3'
  const dataFolder = join(path, 'data-hand')
  const csv = writeCsv(
    path,
    [[`${user}@contoso.example`, user, PASSWORD, user, PASSWORD]],
    ['EmailAddress', 'UserName', 'Password', 'TargetUserName', 'TargetPassword'],
  )
  const from = ['--source', `imap://127.0.0.1:${source.port}`, '--source-security', 'none']
  const migrate = async () =>
    resultOf(await waybill(['migrate', csv, ...from, ...args(), '--json'], environment({ dataFolder }))).users[0]!
      .carried
  await fill(login(source, user), [folder('INBOX', everydayMessages(4, 6))])
  assert.equal(await migrate(), 6)
  const older = copyOfDatabase(dataFolder)
  await fill(login(source, user), [folder('INBOX', [...everydayMessages(5, 4), TWIN, TWIN])])
  assert.equal(await migrate(), 6)
  older.putBack()
  const ended = await waybill(['new-epoch'], environment({ dataFolder }))
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(await migrate(), 0)
  assert.deepEqual(compare(await snapshot(login(source, user)), await look(user), { subscriptions: false }), [])
})

/** As a snapshot of its disk would be: nobody runs it. With owners and modes, which PostgreSQL looks at. */
function copyOfDatabase(dataFolder: string): { putBack(): void } {
  const [place, copy] = [join(dataFolder, 'postgres'), join(path, 'older-postgres')]
  execFileSync('cp', ['-a', place, copy])
  return {
    putBack() {
      rmSync(place, { recursive: true })
      execFileSync('cp', ['-a', copy, place])
    },
  }
}
