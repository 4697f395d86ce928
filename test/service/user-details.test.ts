/** What a helpdesk asks of one user: its folders, a report to hand on, and the proof of what was carried. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import type { MigrationUser, UserFolder, UserWaybill } from '#contract/user.ts'
import { type Store, openStore } from '#store/open.ts'
import { until } from '#test/crash/until.ts'
import { waybill } from '#test/migrate/run-waybill.ts'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { type Relay, startRelay } from '#test/servers/relay.ts'
import { fill } from '#test/worlds/fill.ts'
import { everydayMessages, folder, message } from '#test/worlds/messages.ts'
import { refused } from './asking.ts'
import { type ServiceWorld, address, startServiceWorld } from './world.ts'

interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
  readonly total: number
}

const LARGE = Buffer.concat([Buffer.from('Subject: much\x1b[2J\r\n\r\n'), Buffer.alloc(36 * 1_048_576, 'x\r\n')])
const ann = `/users/${address('ann')}`

describe('one user', { skip: dovecotMissing() }, () => {
  let world: ServiceWorld
  let store: Store
  let relay: Relay
  before(async () => {
    world = await startServiceWorld('details', ['ann', 'bob'])
    relay = await startRelay({ port: world.source.port, delayMs: 0 })
    store = await openStore({ dataFolder: world.served.dataFolder, joins: true, log: silentLog })
    await fill(world.login('ann'), [
      folder('INBOX', [message('large', LARGE), message('gone', 'Subject: gone\r\n\r\nx\r\n', ['\\Deleted'])]),
      folder(['Projects', 'Zürich'], everydayMessages(77, 3)),
      folder('Archive', []),
    ])
  })
  after(async () => {
    await store?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
    await relay?.[Symbol.asyncDispose]()
  })

  const folders = async (user: string, query = '') =>
    await world.served.must<Page<UserFolder>>('GET', `/users/${user}/folders${query}`)
  const waybills = async () => (await world.served.must<Page<UserWaybill>>('GET', `${ann}/waybills`)).items

  test('folders tell before, during and after the first pass what is in the source, carried, skipped, left out and left', async () => {
    const { served } = world
    await served.newEndpoint('Slow', relay)
    await served.newBatch('First', [['ann']], { sourceEndpoint: 'Slow' })
    assert.deepEqual(await folders(address('ann')), { items: [], nextCursor: null, total: 0 })
    assert.deepEqual(await waybills(), [])

    // The source falls silent when the first message is asked for.
    relay.onClientBytes = (chunk) => {
      if (/BODY/.test(chunk.toString('latin1'))) relay.freeze()
      return false
    }
    await served.must('POST', '/batches/First/start')
    let during: readonly UserFolder[] = []
    const left = () => during.reduce((sum, { remainingItemCount }) => sum + (remainingItemCount ?? 0), 0)
    await until('the folders are planned', async () => {
      during = (await folders(address('ann'))).items
      return during.length > 0
    })
    const [archive, inbox, projects, zurich] = during
    assert.deepEqual(
      during.map(({ sourceFolder }) => sourceFolder),
      ['Archive', 'INBOX', 'Projects', 'Projects/Zürich'],
    )
    assert.deepEqual(
      [archive, inbox, projects, zurich].map((each) => each?.sourceItemCount),
      [0, 7, 5, 3],
    )
    assert.ok(left() > 0, JSON.stringify(during))
    relay.onClientBytes = null
    relay.thaw()
    await served.reaches('First', 'Synced')

    const { items, total } = await folders(address('ann'))
    assert.equal(total, 4)
    for (const each of items) {
      const { syncedItemCount, skippedItemCount, excludedItemCount, remainingItemCount, sourceItemCount } = each
      assert.equal(syncedItemCount + skippedItemCount + excludedItemCount, sourceItemCount, JSON.stringify(each))
      assert.equal(remainingItemCount, 0)
    }
    assert.deepEqual(
      items.map((each) => [each.sourceFolder, each.skippedItemCount, each.excludedItemCount]),
      [
        ['Archive', 0, 0],
        ['INBOX', 1, 1],
        ['Projects', 0, 0],
        ['Projects/Zürich', 0, 0],
      ],
    )
    const user = await served.statistics(address('ann'))
    const sum = (of: (each: UserFolder) => number) => items.reduce((all, each) => all + of(each), 0)
    assert.equal(
      sum((each) => each.syncedItemCount),
      user.syncedItemCount,
    )
    assert.equal(
      sum((each) => each.syncedBytes),
      user.bytesTransferred,
    )

    const pages: UserFolder[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page<UserFolder> = await folders(address('ann'), `?limit=1${cursor && `&cursor=${cursor}`}`)
      pages.push(...page.items)
      cursor = page.nextCursor
    }
    assert.deepEqual(pages, items)
    await refused(served, 'GET', `${ann}/folders?cursor=WyJ4IiwieCJd`, undefined, 422, 'VALUE_INVALID')
  })

  test('a report tells facts, passes, skipped items, folders and waybills, and no sign in it steers a terminal', async () => {
    const text = await world.served.must<string>('GET', `${ann}/report`)
    for (const line of [
      /^Migration user +ann@contoso\.example$/m,
      /^Status +Synced$/m,
      /^Initial Synced +\d{4}-\d\d-\d\dT.* to .*Z$/m,
      /^LargeItem /m,
      /^ {2}Subject +much\\u\{1b\}\[2J$/m,
      /^Source +Projects\/Zürich$/m,
      /^ {2}Items +3 in the source, 3 synced \(\d+ bytes\), 0 skipped, 0 left out by choice, 0 to go$/m,
      /^ann@contoso\.example\.1\.waybill\.jsonl +\d{4}-/m,
      /^ {2}Sealed by +SHA256:/m,
    ])
      assert.match(text, line)
    const nobody = await world.served.ask('GET', '/users/nobody/report')
    assert.equal(nobody.status, 404)
  })

  test('waybills come as they were sealed, the last one first, and "waybill verify" takes them', async () => {
    const { served } = world
    await fill(world.login('ann'), [folder('Archive', [message('late', 'Subject: late\r\n\r\nx\r\n')])])
    await served.must('PATCH', ann, { syncNow: true })
    await until('a second one is sealed', async () => (await waybills()).length === 2)
    const [second, first] = await waybills()
    assert.deepEqual([second?.number, first?.number], [2, 1])
    assert.deepEqual([first?.host, first?.isHere], [hostname(), true])
    const [passFirst] = (await served.statistics(address('ann'), '?includeReport=true')).report!.slice(-1)
    assert.equal(first?.path, passFirst?.waybill)
    const page = await served.must<Page<UserWaybill>>('GET', `${ann}/waybills?limit=1`)
    assert.deepEqual([page.items, page.total], [[second], 2])
    const next = await served.must<Page<UserWaybill>>('GET', `${ann}/waybills?limit=1&cursor=${page.nextCursor}`)
    assert.deepEqual([next.items, next.nextCursor], [[first], null])

    for (const { number, fileName, sha256, sealedBy, path } of [first!, second!]) {
      const text = await served.must<string>('GET', `${ann}/waybills/${number}`)
      assert.equal(text, readFileSync(path, 'utf8'))
      assert.equal(createHash('sha256').update(text).digest('hex'), sha256)
      const file = join(world.folder, fileName)
      writeFileSync(file, text)
      const verified = await waybill(['verify', file, '--fingerprint', sealedBy])
      assert.equal(verified.code, 0, verified.stderr + verified.stdout)
    }
    await refused(served, 'GET', `${ann}/waybills/3`, undefined, 404, 'OBJECT_NOT_FOUND')
  })

  test('no other file comes in the place of a waybill, whatever the database says; one of another machine is told to lie there', async () => {
    const { served, folder: outside } = world
    const [, first] = await waybills()
    const { path, fileName } = first!
    const reports = join(served.dataFolder, 'reports')
    const change = async (to: { path: string | null; name?: string; host?: string }) =>
      await store.pool.query('UPDATE waybill SET path = $1, name = $2, host = $3 WHERE number = 1', [
        to.path,
        to.name ?? fileName,
        to.host ?? hostname(),
      ])
    const link = join(reports, 'a.1.waybill.jsonl')
    symlinkSync(path, link)
    const [secret, planted] = [join(reports, 'b.1.waybill.jsonl'), join(outside, 'c.1.waybill.jsonl')]
    symlinkSync('/etc/hostname', secret)
    writeFileSync(planted, readFileSync(path))
    for (const elsewhere of [
      { path: '/etc/hostname', name: 'hostname' },
      { path: join(served.dataFolder, 'keys', 'secrets.key') },
      { path: join(dirname(path), '..', '..', '..', 'first-password') },
      { path: secret, name: 'b.1.waybill.jsonl' },
      { path: planted, name: 'c.1.waybill.jsonl' },
      { path: dirname(path) },
      { path: null },
    ]) {
      await change(elsewhere)
      await refused(served, 'GET', `${ann}/waybills/1`, undefined, 409, 'WAYBILL_ELSEWHERE')
      assert.equal((await waybills())[1]?.isHere, false)
    }
    await change({ path: '/var/lib/waybill/reports/a.1.waybill.jsonl', name: 'a.1.waybill.jsonl', host: 'worker7' })
    const told = await refused(served, 'GET', `${ann}/waybills/1`, undefined, 409, 'WAYBILL_ELSEWHERE')
    assert.match(told.detail, /on the machine worker7 as \/var\/lib\/waybill\/reports\/a\.1\.waybill\.jsonl/)

    // In its place, under its name, and not what was sealed.
    await change({ path })
    assert.equal((await served.ask('GET', `${ann}/waybills/1`)).status, 200)
    appendFileSync(path, 'x')
    await refused(served, 'GET', `${ann}/waybills/1`, undefined, 409, 'WAYBILL_CHANGED')
  })

  test('users are sorted by rate and by error, page by page', async () => {
    const { served } = world
    await served.newBatch('Second', [['bob'], ['cid', 'x'], ['dan', 'x']], { autoStart: true })
    await served.reaches('Second', 'SyncedWithErrors')
    for (const [sort, of] of [
      ['bytesTransferredPerMinute', (user: MigrationUser) => user.bytesTransferredPerMinute],
      ['errorSummary', (user: MigrationUser) => user.errorSummary],
    ] as const) {
      const found: MigrationUser[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const path = `/users?limit=1&sort=-${sort}${cursor && `&cursor=${cursor}`}`
        const page: Page<MigrationUser> = await served.must('GET', path)
        found.push(...page.items)
        cursor = page.nextCursor
      }
      assert.equal(new Set(found.map(({ guid }) => guid)).size, 4)
      const values: readonly (number | string)[] = found.map((user) => of(user))
      assert.deepEqual(
        values,
        [...values].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0)),
      )
      assert.notEqual(values[0], values[3])
    }
  })
})
