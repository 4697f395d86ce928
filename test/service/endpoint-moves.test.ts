import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '#test/crash/until.ts'
import { dovecotMissing, startDovecot } from '#test/servers/dovecot.ts'
import { compare } from '#test/worlds/compare.ts'
import { fill } from '#test/worlds/fill.ts'
import { folder, message } from '#test/worlds/messages.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { address, startServiceWorld } from './world.ts'

test(
  'another address of the same source doubles nothing: what is there is recognised, and syncs go on',
  { skip: dovecotMissing() },
  async () => {
    await using world = await startServiceWorld('moves', ['a', 'b'])
    await using target = await startDovecot({ users: { b: 'x' }, masters: { admin: 'secret' } })
    await world.served.must('POST', '/databases', {
      name: 'Imap',
      kind: 'Imap',
      server: '127.0.0.1',
      port: target.port,
      security: 'None',
      loginTemplate: '{local}*{admin}',
      adminUserName: 'admin',
      adminPassword: 'secret',
    })
    await world.served.newBatch('ToMaildir', [['a']], { autoStart: true })
    await world.served.newBatch('ToImap', [['b']], { autoStart: true, targetDatabases: ['Imap'] })
    for (const name of ['ToMaildir', 'ToImap']) await world.served.reaches(name, 'Synced')

    await world.served.must('PATCH', '/endpoints/Source', { remoteServer: 'localhost' })
    for (const user of ['a', 'b'])
      await fill(world.login(user), [folder('INBOX', [message('late', 'Subject: late\r\n\r\nx\r\n')])])
    for (const name of ['ToMaildir', 'ToImap']) await world.served.must('PATCH', `/batches/${name}`, { syncNow: true })
    for (const user of ['a', 'b']) {
      // What is there and what was sent are told one after the other.
      await until(`${user} has the new message, and it is counted`, async () => {
        const { syncedItemCount, transferredItemCount } = await world.served.statistics(address(user))
        return syncedItemCount === 11 && transferredItemCount >= 11
      })
      assert.equal(
        (await world.served.statistics(address(user))).transferredItemCount,
        11,
        'only the new message was sent',
      )
    }
    assert.deepEqual(await world.differences('a'), [])
    const there = await snapshot({ host: '127.0.0.1', port: target.port, user: 'b*admin', password: 'secret' })
    assert.deepEqual(compare(await snapshot(world.login('b')), there, { subscriptions: false }), [])
  },
)
