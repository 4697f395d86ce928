/** The cmdlets for administrators and `waybill admin`: above all, where passwords come from. */
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import type { Administrator } from '#contract/administrator.ts'
import { guid } from './objects.ts'
import { onTerminal, typed } from './shell.ts'
import { type Replies, StubService, page } from './stub-service.ts'

const listening = (replies: Replies) => new StubService(replies).listen()

const administrator = (identity: string, more: Partial<Administrator> = {}): Administrator => ({
  identity,
  guid: guid(identity.length),
  displayName: `${identity} Brown`,
  mailAddress: null,
  language: null,
  roles: ['ViewOnly'],
  enabled: true,
  hasPassword: true,
  mustChangePassword: false,
  oidcSubject: null,
  source: 'Local',
  lastSignInTime: null,
  creationDateTime: '2026-12-01T00:00:00Z',
  lastModifiedDateTime: '2026-12-01T00:00:00Z',
  ...more,
})
const reset = { administrator: 'ann', enabled: true, password: 'one-time', expiresAt: '2026-12-02T00:00:00Z' }

suite('Administrators', () => {
  test('are made with a password from standard input, never from the command line', async () => {
    await using service = await listening({ createAdministrator: () => administrator('ann') })
    writeFileSync(join(service.data, 'secret'), 'pässword of ann\nmore\n')
    const line = 'New-Administrator ann -Roles Migration,ViewOnly -Language fr -MustChangePassword $false'
    const refused = await typed(`${line} -Password x`, { folder: service.data })
    assert.equal(refused.code, 3)
    assert.match(refused.stderr, /-Password is not taken from the command line/)
    const none = await typed(line, { folder: service.data })
    assert.equal(none.code, 3)
    assert.match(none.stderr, /No password came through standard input/)
    assert.equal(service.asked.length, 0)
    const { code, stderr } = await typed(`${line} < secret`, { folder: service.data })
    assert.equal(code, 0, stderr)
    assert.deepEqual(service.asked[0]?.body, {
      userName: 'ann',
      roles: ['Migration', 'ViewOnly'],
      language: 'fr',
      password: 'pässword of ann',
      mustChangePassword: false,
    })
  })

  test('without a password are asked for none', async () => {
    await using service = await listening({ createAdministrator: () => administrator('bob') })
    const line = 'New-Administrator bob -Roles ViewOnly -NoPassword -OidcSubject 2482'
    const { code, stderr } = await typed(line, { folder: service.data })
    assert.equal(code, 0, stderr)
    assert.deepEqual(service.asked[0]?.body, { userName: 'bob', roles: ['ViewOnly'], oidcSubject: '2482' })
  })

  test('are changed through a pipe; what comes through it is no password', async () => {
    await using service = await listening({
      listAdministrators: () => page([administrator('ann'), administrator('robert')]),
      updateAdministrator: () => administrator('ann'),
    })
    const { code, stderr } = await typed('Get-Administrator | Set-Administrator -Enabled $false', {
      folder: service.data,
    })
    assert.equal(code, 0, stderr)
    assert.deepEqual(
      service.of('updateAdministrator').map(({ params, body }) => [params['identity'], body]),
      [
        [guid(3), { enabled: false }],
        [guid(6), { enabled: false }],
      ],
    )
    const refused = await typed('Get-Administrator | Set-Administrator -ResetPassword', { folder: service.data })
    assert.notEqual(refused.code, 0)
    assert.match(refused.stderr, /no terminal to ask for the password on/)
    assert.equal(service.of('updateAdministrator').length, 2)
  })

  test(
    'on a terminal type a new password twice, without showing it',
    { skip: !existsSync('/usr/bin/script') },
    async () => {
      await using service = await listening({ updateAdministrator: () => administrator('ann') })
      const answers = (second: string) =>
        [
          ['New password of ann: ', 'geheim geheim\r'],
          ['Once more: ', `${second}\r`],
        ] as const
      const line = 'Set-Administrator ann -ResetPassword'
      const wrong = await onTerminal(line, answers('geheim gehein'), { folder: service.data })
      assert.equal(wrong.code, 3, wrong.shown)
      assert.equal(service.asked.length, 0)
      const { shown, code } = await onTerminal(line, answers('geheim geheim'), { folder: service.data })
      assert.equal(code, 0, shown)
      assert.doesNotMatch(shown, /geheim/)
      assert.deepEqual(service.asked[0]?.body, { password: 'geheim geheim' })
    },
  )

  test('are removed after a question', async () => {
    await using service = await listening({
      getAdministrator: () => administrator('ann'),
      removeAdministrator: () => undefined,
    })
    const refused = await typed('Remove-Administrator ann', { folder: service.data })
    assert.match(refused.stderr, /CONFIRMATION_NEEDED|asks before it goes on/)
    assert.equal(service.of('removeAdministrator').length, 0)
    assert.equal((await typed('Remove-Administrator ann -Confirm:$false', { folder: service.data })).code, 0)
    assert.equal(service.of('removeAdministrator').length, 1)
  })
})

suite('waybill admin', () => {
  test('prints the password and nothing else on standard output, of this machine whatever it is connected to', async () => {
    await using service = await listening({
      getAdministrator: () => administrator('ann'),
      resetAdministrator: () => reset,
      listAdministrators: () => page([administrator('ann', { roles: ['Migration', 'ViewOnly'], enabled: false })]),
    })
    const env = { WAYBILL_SERVER: 'https://elsewhere.example', WAYBILL_TOKEN: 'wb_x' }
    const { stdout, stderr, code } = await typed('waybill admin reset ann --yes', { folder: service.data, env })
    assert.deepEqual([stdout, code], ['one-time\n', 0], stderr)
    assert.match(stderr, /"ann" may sign in until 2026-12-02 00:00:00Z, and must change it/)
    const listed = await typed('waybill admin list', { folder: service.data, env })
    assert.match(listed.stdout, /^ann +ann Brown +Migration, ViewOnly +no +never$/m)
  })

  test('asks first, and only a yes is one', { skip: !existsSync('/usr/bin/script') }, async () => {
    await using service = await listening({
      listAdministrators: () => page([administrator('ann')]),
      resetAdministrator: () => reset,
    })
    const answered = (answer: string) =>
      onTerminal('waybill admin reset', [['Go on? [y/N] ', `${answer}\n`]], { folder: service.data })
    assert.doesNotMatch((await answered('')).shown, /one-time/)
    assert.equal(service.of('resetAdministrator').length, 0)
    assert.match((await answered('y')).shown, /one-time/)
    const silent = await typed('waybill admin reset', { folder: service.data })
    assert.equal(silent.code, 3)
    assert.match(silent.stderr, /--yes/)
  })

  test('without an administrator shows the first password unasked; of several one must be named', async () => {
    await using service = await listening({
      listAdministrators: () => page([]),
      resetAdministrator: () => ({ ...reset, administrator: null }),
    })
    const first = await typed('waybill admin reset', { folder: service.data })
    assert.deepEqual([first.stdout, first.code], ['one-time\n', 0], first.stderr)
    assert.match(first.stderr, /no administrator yet/)
    service.replies.listAdministrators = () => page([administrator('ann'), administrator('robert')])
    const several = await typed('waybill admin reset', { folder: service.data })
    assert.equal(several.code, 3)
    assert.match(several.stderr, /ann and robert/)
  })
})
