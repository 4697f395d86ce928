import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { resultOf, waybill, writeCsv } from '#test/migrate/run-waybill.ts'
import { dovecotMissing } from '#test/servers/dovecot.ts'
import { compare } from '#test/worlds/compare.ts'
import { readMaildir } from '#test/worlds/maildir-files.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { address, environment, startServiceWorld } from './world.ts'

test(
  'waybill migrate works beside the service of its data folder, and the two share one ledger',
  { skip: dovecotMissing() },
  async () => {
    await using world = await startServiceWorld('beside', ['a', 'b'])
    const { dataFolder } = world.served
    const csv = writeCsv(world.folder, [[address('a'), 'a', 'pass']])
    const migrate = async (root: string) =>
      resultOf(
        await waybill(
          [
            'migrate',
            csv,
            '--source',
            `imap://127.0.0.1:${world.source.port}`,
            '--source-security',
            'none',
            '--target',
            `maildir:${root}`,
            '--json',
          ],
          environment({ dataFolder }),
        ),
      )
    const apart = join(world.folder, 'apart')
    const first = await migrate(apart)
    assert.equal(first.users[0]?.status, 'Synced', JSON.stringify(first))
    assert.equal(first.users[0].carried, 10)
    const there = readMaildir(join(apart, address('a')), true)
    assert.deepEqual(compare(await snapshot(world.login('a')), there, { subscriptions: false }), [])

    // Into the service's own database: what the command carried is in its ledger, and the batch carries nothing again.
    await migrate(join(dataFolder, 'mail'))
    await world.served.newBatch('Beside', [['a'], ['b']], { autoStart: true })
    await world.served.reaches('Beside', 'Synced')
    assert.equal((await world.served.statistics(address('a'))).transferredItemCount, 0)
    assert.equal((await world.served.statistics(address('a'))).syncedItemCount, 10)
    assert.equal((await world.served.statistics(address('b'))).transferredItemCount, 10)
    for (const user of ['a', 'b']) assert.deepEqual(await world.differences(user), [])
  },
)
