/** Who came in, who was refused, and passwords: in the audit log of a running service, and under a flood. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { silentLog } from '#base/log.ts'
import type { AdminAuditLogEvent } from '#contract/audit.ts'
import { recordSignIns } from '#migration/audit/record-sign-ins.ts'
import { until } from '#test/crash/until.ts'
import { type AuditWorld, startAuditWorld, valueOf } from './audit-world.ts'
import { Browser } from './browser.ts'

const PASSWORD = 'four quiet owls sing'
const NEXT = 'five louder owls dance'
const WRONG = 'Wr0ng-and-planted'

suite('sign-ins in the audit log', () => {
  let world: AuditWorld
  let firstPassword = ''
  before(async () => {
    world = await startAuditWorld('audit-sign-ins')
    firstPassword = readFileSync(join(world.dataFolder, 'first-password'), 'utf8').trim()
  })
  after(() => world?.[Symbol.asyncDispose]())

  /** Of these cmdlets, once there are so many since the last time; entries of sign-ins follow their answers. */
  async function entries(count: number): Promise<AdminAuditLogEvent[]> {
    const found: AdminAuditLogEvent[] = []
    await until(`${count} entries`, async () => {
      found.push(...(await world.fresh()))
      return found.length >= count
    })
    assert.equal(found.length, count, JSON.stringify(found))
    return found
  }
  const told = ({ cmdletName, caller, objectModified, via, clientAddress, succeeded }: AdminAuditLogEvent) =>
    ({ cmdletName, caller, objectModified, via, clientAddress, succeeded }) as const

  test('the first password is made by the service', async () => {
    const [made] = (await world.search()).filter(({ cmdletName }) => cmdletName === 'New-FirstPassword')
    assert.deepEqual([made?.caller, made?.via, made?.succeeded], ['Waybill', 'Service', true])
  })

  test('the first administrator is made by whoever has it, and is then in', async () => {
    const browser = new Browser(world.port)
    const first = { firstPassword: WRONG, userName: 'ann', password: PASSWORD }
    assert.equal((await browser.ask('POST', '/first-administrator', first)).status, 401)
    const common = { via: 'Session', clientAddress: '127.0.0.1' }
    assert.deepEqual((await entries(1)).map(told), [
      { ...common, cmdletName: 'Sign-In', caller: 'anonymous', objectModified: '', succeeded: false },
    ])
    assert.equal((await browser.ask('POST', '/first-administrator', { ...first, firstPassword })).status, 201)
    assert.deepEqual((await entries(2)).map(told), [
      { ...common, cmdletName: 'New-Administrator', caller: 'ann', objectModified: 'ann', succeeded: true },
      { ...common, cmdletName: 'Sign-In', caller: 'ann', objectModified: 'ann', succeeded: true },
    ])
  })

  test('a wrong password names whom it was meant for, and not who came; what is no name is not told', async () => {
    const browser = new Browser(world.port)
    assert.equal((await browser.signIn('ann', WRONG)).status, 401)
    // A password typed into the wrong field.
    assert.equal((await browser.signIn(WRONG, WRONG)).status, 401)
    const [known, unknown] = await entries(2)
    const common = {
      cmdletName: 'Sign-In',
      caller: 'anonymous',
      via: 'Session',
      clientAddress: '127.0.0.1',
      succeeded: false,
    }
    assert.deepEqual(told(known!), { ...common, objectModified: 'ann' })
    assert.deepEqual(told(unknown!), { ...common, objectModified: '' })
    assert.match(known!.error, /^SIGN_IN_REFUSED: /)
  })

  test('a session, its change of the password and its end', async () => {
    const browser = new Browser(world.port)
    await browser.signIn('ann', PASSWORD)
    const [signedIn] = await entries(1)
    assert.equal(valueOf(signedIn!, 'Means'), 'Password')
    const body = { currentPassword: PASSWORD, newPassword: NEXT }
    assert.ok((await browser.ask('POST', '/session/password', body)).status < 300)
    const [changed] = await entries(1)
    assert.deepEqual([changed!.cmdletName, changed!.caller, changed!.objectModified], ['Set-OwnPassword', 'ann', 'ann'])
    assert.deepEqual(changed!.modifiedProperties, [{ name: 'NewPassword', oldValue: null, newValue: 'changed' }])
    await browser.ask('DELETE', '/session')
    const [out] = await entries(1)
    assert.deepEqual([out!.cmdletName, out!.caller, out!.via], ['Sign-Out', 'ann', 'Session'])
  })

  test('administrators: a new one, one with other rights, a reset, one removed', async () => {
    const bob = { userName: 'bob', password: PASSWORD, roles: ['ViewOnly'] }
    await world.served.must('POST', '/administrators', bob)
    await world.served.must('PATCH', '/administrators/bob', { password: NEXT, enabled: false })
    await world.served.must('POST', '/administrator-reset', { identity: 'bob' })
    await world.served.must('DELETE', '/administrators/bob')
    await world.served.must('POST', '/administrator-reset', {})
    const found = await entries(5)
    assert.deepEqual(
      found.map(({ cmdletName, objectModified }) => `${cmdletName} ${objectModified}`),
      [
        'New-Administrator bob',
        'Set-Administrator bob',
        'Reset-Administrator bob',
        'Remove-Administrator bob',
        'Reset-Administrator ann',
      ],
    )
    const names = found[1]!.modifiedProperties.map(({ name, newValue }) => `${name} ${newValue}`)
    assert.ok(names.includes('Password changed') && names.includes('Enabled false'), names.join())
  })

  test('a flood of wrong passwords makes few entries, and the last tells how many there were', async () => {
    {
      await using signIns = recordSignIns({ store: world.store, log: silentLog }, { mostRefused: 10 })
      for (let n = 0; n < 5_000; n++) {
        const address = `192.0.2.${n % 50}`
        signIns.told({ outcome: 'Refused', means: 'Password', administrator: null, address })
      }
    }
    const found = await entries(11)
    const sum = found.at(-1)!
    assert.equal(valueOf(sum, 'RefusedSignIns'), '4990')
    assert.match(valueOf(sum, 'Addresses') ?? '', /192\.0\.2\.\d+.* \(50 in all\)$/)
    assert.equal(sum.succeeded, false)
  })

  test('a flood that ends is told of without the service being stopped', async () => {
    await using signIns = recordSignIns({ store: world.store, log: silentLog }, { mostRefused: 1, windowMs: 20 })
    for (let n = 0; n < 3; n++) {
      signIns.told({ outcome: 'Refused', means: 'Password', administrator: null, address: '192.0.2.1' })
    }
    assert.equal(valueOf((await entries(2)).at(-1)!, 'RefusedSignIns'), '2')
  })

  test('no password is in any row', async () => {
    const { rows } = await world.store.pool.query<{ text: string }>(
      'SELECT row_to_json(a)::text AS text FROM admin_audit a',
    )
    assert.ok(rows.length > 15)
    for (const secret of [PASSWORD, NEXT, WRONG, firstPassword]) {
      assert.ok(secret.length > 10)
      for (const { text } of rows) assert.ok(!text.includes(secret), text)
    }
  })
})
