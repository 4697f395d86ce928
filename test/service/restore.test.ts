/**
 * A backup that is older than its targets: what was copied after it is recognised, nothing is there twice, and what
 * people did on the target stays (transfer-engine.md §2).
 */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Ended, waybill } from '#test/migrate/run-waybill.ts'
import { type DovecotServer, dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { readMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { PlainImap } from '#test/worlds/plain-imap.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { lastEvent, passesEnd } from './asking.ts'
import { PASSWORD, Served, type ServiceWorld, address, environment, startServiceWorld } from './world.ts'

const USERS = ['m', 'i']
const TWIN = message('twin', 'Subject: twin\r\nMessage-ID: <twin@x.example>\r\n\r\nalike\r\n', ['\\Seen'])
/** Deleted on the target before the restore; the ledger of the backup knows that it was copied. */
const SUBJECT = 'Subject: deleted there'
const DELETED = message('deleted there', `${SUBJECT}\r\n\r\nsomebody deletes it on the target\r\n`)

let world: ServiceWorld
let target: DovecotServer
let restoredTo: string
let backup: string
let service: Served

const run = (args: readonly string[], dataFolder: string): Promise<Ended> => waybill(args, environment({ dataFolder }))
const onTarget = (user: string) => ({ host: '127.0.0.1', port: target.port, user, password: PASSWORD })
const mailOf = (user: string) => join(world.served.dataFolder, 'mail', address(user))
const lookAt = async (user: string) => (user === 'm' ? readMaildir(mailOf('m'), true) : snapshot(onTarget('i')))

async function syncNow(served: Served): Promise<number> {
  let items = 0
  for (const batch of ['Maildir', 'Imap']) {
    const seen = await lastEvent(served)
    await served.must('PATCH', `/batches/${batch}`, { syncNow: true })
    const [ended] = await passesEnd(served, batch, 1, seen)
    assert.equal(ended?.facts['result'], 'Synced', JSON.stringify(ended))
    items += Number(ended.facts['items'])
  }
  return items
}

/** Of both users. `isDeleted`: somebody has deleted on the target what is called so. */
async function differences(isDeleted: boolean): Promise<string[]> {
  const all: string[] = []
  const excluded = ({ head }: { head: string }) => isDeleted && head.startsWith(SUBJECT)
  for (const user of USERS) {
    const found = compare(await snapshot(world.login(user)), await lookAt(user), { subscriptions: false, excluded })
    all.push(...found.map((one) => `${user}: ${one}`))
  }
  return all
}

async function change(login: Parameters<typeof PlainImap.login>[0], ...commands: string[]): Promise<void> {
  await using client = await PlainImap.login(login)
  for (const command of commands) await client.must(command)
}

describe('a backup that is older than its targets', { skip: dovecotMissing() }, () => {
  before(async () => {
    target = await startDovecot({ users: { i: PASSWORD } })
    world = await startServiceWorld('restore', USERS, { messages: 12 })
    const { served } = world
    backup = join(world.folder, 'state.tar.gz')
    restoredTo = join(world.folder, 'restored')
    for (const user of USERS) await fill(world.login(user), [folder('INBOX', [TWIN, TWIN, DELETED])])
    await served.must('POST', '/databases', {
      name: 'New',
      kind: 'Imap',
      server: '127.0.0.1',
      port: target.port,
      security: 'None',
      skipVerification: true,
    })
    await served.newBatch('Maildir', [['m']], { autoStart: true })
    const csv = `EmailAddress,UserName,Password,TargetUserName,TargetPassword\r\n${address('i')},i,${PASSWORD},i,${PASSWORD}\r\n`
    await served.must('POST', '/batches', {
      name: 'Imap',
      sourceEndpoint: 'Source',
      csvFile: await served.upload(csv),
      targetDatabases: ['New'],
      autoStart: true,
    })
    for (const batch of ['Maildir', 'Imap']) await served.reaches(batch, 'Synced')
  })
  after(async () => {
    await service?.[Symbol.asyncDispose]()
    await target?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  test('a backup is taken while the service runs, 0600, and never over another file', async () => {
    const ended = await run(['backup', backup, '--with-key'], world.served.dataFolder)
    assert.equal(ended.code, 0, ended.stderr)
    assert.match(ended.stderr, /It holds the key/)
    assert.equal(statSync(backup).mode & 0o777, 0o600)
    const before = readFileSync(backup)
    const again = await run(['backup', backup], world.served.dataFolder)
    assert.equal(again.code, 3, again.stderr)
    assert.deepEqual(readFileSync(backup), before)
    assert.deepEqual(
      readdirSync(world.folder).filter((name) => name.includes('.part')),
      [],
    )
  })

  test('after the restore nothing is there twice, and what people did on the target stays', async () => {
    // After the backup: new mail, twins of what was copied before and of each other, a new folder, changed flags.
    for (const user of USERS) {
      await fill(world.login(user), [
        folder('INBOX', [...everydayMessages(77, 7), TWIN, TWIN]),
        folder('Projects', [TWIN, TWIN, TWIN]),
        folder('Made later', [...everydayMessages(78, 3), TWIN, TWIN]),
      ])
      await change(world.login(user), 'SELECT INBOX', 'STORE 1:4 +FLAGS (\\Flagged)', 'STORE 2:3 -FLAGS (\\Seen)')
    }
    assert.ok((await syncNow(world.served)) >= 2 * 17)
    assert.deepEqual(await differences(false), [])
    // On the target somebody deletes what the backup's ledger knows.
    await change(onTarget('i'), 'SELECT INBOX', `STORE ${await numberOnTarget()} +FLAGS (\\Deleted)`, 'EXPUNGE')
    for (const { key, head } of readMaildir(mailOf('m'), true).folders.get('INBOX') ?? [])
      if (head.startsWith(SUBJECT)) rmSync(key)
    // And mail comes that the old service never saw.
    for (const user of USERS) await fill(world.login(user), [folder('INBOX', [...everydayMessages(79, 3), TWIN])])
    await world.served[Symbol.asyncDispose]()

    const ended = await run(['restore', backup], restoredTo)
    assert.equal(ended.code, 0, ended.stderr)
    assert.match(ended.stderr, /in epoch 2/)
    service = await Served.start({ dataFolder: restoredTo })
    assert.equal(await syncNow(service), 2 * 4)
    assert.deepEqual(await differences(true), [])
  })

  test('one more pass appends nothing', async () => {
    assert.equal(await syncNow(service), 0)
    assert.deepEqual(await differences(true), [])
  })
})

/** Sequence number of the message that is to be deleted. */
async function numberOnTarget(): Promise<string> {
  await using client = await PlainImap.login(onTarget('i'))
  await client.must('SELECT INBOX')
  const { answers } = await client.must('SEARCH SUBJECT "deleted there"')
  return /SEARCH (\d+)/.exec(answers.map(({ text }) => text).join('\n'))![1]!
}
