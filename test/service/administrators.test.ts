/** Administrators over TCP on the running service: who may be what, and that somebody is always left in charge. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Administrator, Session } from '#contract/administrator.ts'
import type { ApiToken, Problem } from '#contract/organization.ts'
import { type AdministratorsWorld, PASSWORD, administratorsWorld } from './administrators-world.ts'
import { Browser } from './browser.ts'

const OTHER = 'nine green boats sleep'
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

suite('administrators', { timeout: 120_000 }, () => {
  let world: AdministratorsWorld
  let chief: Browser

  before(async () => {
    world = await administratorsWorld('administrators')
    await world.make('chief')
    chief = await world.signedIn('chief')
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
  })

  const change = (who: string, body: object) =>
    chief.ask<Administrator & Problem>('PATCH', `/administrators/${who}`, body)
  const status = async (browser: Browser, path = '/batches') => (await browser.ask('GET', path)).status
  const refusal = ({ status: code, body }: { status: number; body: Problem }) => [code, body.code]

  test('one is created, shown, changed and removed; no answer and no table has the password', async () => {
    const body = { userName: 'Bob', roles: ['ViewOnly'], password: PASSWORD, mailAddress: 'bob@contoso.example' }
    const made = await chief.ask<Administrator>('POST', '/administrators', body)
    assert.equal(made.status, 201, JSON.stringify(made.body))
    assert.deepEqual(
      [made.body.identity, made.body.displayName, made.body.mustChangePassword, made.body.hasPassword],
      ['Bob', 'Bob', true, true],
    )
    assert.deepEqual((await chief.ask('GET', '/administrators/BOB')).body, made.body)
    const { body: list } = await chief.ask<{ items: Administrator[]; total: number }>('GET', '/administrators?limit=1')
    assert.deepEqual([list.items[0]!.identity, list.total], ['Bob', 2])
    const changed = await change('Bob', { displayName: 'Robert', language: 'fr', mailAddress: null })
    assert.deepEqual(
      [changed.body.displayName, changed.body.language, changed.body.mailAddress],
      ['Robert', 'fr', null],
    )
    assert.deepEqual(refusal(await chief.ask<Problem>('POST', '/administrators', { ...body, userName: 'BOB' })), [
      409,
      'NAME_TAKEN',
    ])
    assert.equal((await chief.ask('DELETE', '/administrators/bob')).status, 204)
    assert.equal((await chief.ask('GET', '/administrators/bob')).status, 404)
    assert.equal((await chief.ask('DELETE', '/administrators/bob')).status, 404)
  })

  test('whoever is signed in changes how they are called and written to, and nothing else of themselves', async () => {
    await world.make('Looker', ['ViewOnly'])
    const looker = await world.signedIn('looker')
    const body = { displayName: 'Lou', mailAddress: 'lou@contoso.example', language: 'fr' }
    const { body: session } = await looker.ask<Session>('PATCH', '/session', body)
    const { displayName, mailAddress, language, roles } = session.administrator!
    assert.deepEqual({ displayName, mailAddress, language }, body)
    assert.deepEqual([roles, session.scopes], [['ViewOnly'], ['view']])
    const asked = await looker.ask<Problem>('PATCH', '/session', { roles: ['OrganizationManagement'] })
    assert.deepEqual(refusal(asked), [422, 'VALUE_INVALID'])
    // Neither with a token, nor before a password that somebody else has set is changed.
    const token = { name: 'of looker', scopes: ['view'], expiresAt: inAnHour() }
    const { body: made } = await chief.ask<{ token: string }>('POST', '/tokens', token)
    const byToken = await new Browser(world.port).ask<Problem>('PATCH', '/session', body, {
      authorization: `Bearer ${made.token}`,
    })
    assert.deepEqual(refusal(byToken), [403, 'FORBIDDEN'])
    await world.make('fresh', ['ViewOnly'], { mustChangePassword: true })
    const fresh = await world.signedIn('fresh')
    assert.deepEqual(refusal(await fresh.ask<Problem>('PATCH', '/session', body)), [409, 'STATE_FORBIDS'])
    for (const name of ['looker', 'fresh']) await chief.ask('DELETE', `/administrators/${name}`)
  })

  test('they are searched by either name, and sorted by what lists of them show', async () => {
    await world.make('zed', ['ViewOnly'], { displayName: 'Alma' })
    const listed = async (query: string) =>
      (await chief.ask<{ items: Administrator[] }>('GET', `/administrators?${query}`)).body.items.map(
        ({ identity }) => identity,
      )
    assert.deepEqual(await listed('search=ALM'), ['zed'])
    assert.deepEqual((await listed('sort=displayName'))[0], 'zed')
    assert.deepEqual((await listed('sort=-identity'))[0], 'zed')
    assert.deepEqual((await listed('sort=-lastSignInTime'))[0], 'chief')
    await chief.ask('DELETE', '/administrators/zed')
  })

  test('a password that everybody tries first, or that is short, is refused without being repeated', async () => {
    for (const password of ['short', 'Password12345', 'charlie-charlie']) {
      const { body, status: code } = await chief.ask<Problem>('POST', '/administrators', {
        userName: 'charlie',
        roles: ['ViewOnly'],
        password,
      })
      assert.deepEqual([code, body.code, body.errors?.[0]?.field], [422, 'VALUE_INVALID', 'password'])
      assert.ok(!JSON.stringify(body).includes(password))
    }
  })

  test('the last one in charge can be neither removed, disabled, demoted nor left without a sign-in', async () => {
    await world.make('viewer', ['ViewOnly'])
    await world.make('nobody', ['OrganizationManagement'], { password: undefined })
    // Nobody signs in with a provider that is not set up, nor with a one-time password that has ended.
    await world.make('ghost', ['OrganizationManagement'], { password: undefined, oidcSubject: '248289761001' })
    const refused = [409, 'STATE_FORBIDS']
    assert.deepEqual(refusal(await chief.ask<Problem>('DELETE', '/administrators/chief')), refused)
    assert.deepEqual(refusal(await change('chief', { enabled: false })), refused)
    assert.deepEqual(refusal(await change('chief', { roles: ['Migration', 'ViewOnly'] })), refused)
    assert.equal((await change('chief', { roles: ['OrganizationManagement', 'ViewOnly'] })).status, 200)
    assert.equal((await change('viewer', { enabled: false })).status, 200)
    assert.equal(await status(chief), 200)
  })

  test('of two in charge who take each other away at once, one is left', async () => {
    for (let round = 0; round < 5; round++) {
      await world.make('rival')
      const rival = await world.signedIn('rival')
      const [one, other] = await Promise.all([
        chief.ask('PATCH', '/administrators/rival', { roles: ['ViewOnly'] }),
        rival.ask('PATCH', '/administrators/chief', { roles: ['ViewOnly'] }),
      ])
      const { items } = await world.served.must<{ items: Administrator[] }>('GET', '/administrators')
      const inCharge = items.filter(
        ({ enabled, roles, hasPassword }) => enabled && hasPassword && roles.includes('OrganizationManagement'),
      )
      assert.equal(inCharge.length, 1, `${one.status} ${other.status}`)
      await world.served.must('PATCH', '/administrators/chief', { roles: ['OrganizationManagement'] })
      await world.served.must('DELETE', '/administrators/rival')
      if ((await status(chief)) !== 200) chief = await world.signedIn('chief')
    }
  })

  test('whoever opens the socket may take even the last one away: they can make another', async () => {
    await world.served.must('PATCH', '/administrators/chief', { enabled: false })
    assert.equal(await status(chief), 401)
    await world.served.must('PATCH', '/administrators/chief', { enabled: true })
    chief = await world.signedIn('chief')
  })

  for (const [what, body] of Object.entries({
    'a password that somebody else sets': { password: OTHER },
    'a lost role': { roles: ['ViewOnly'] },
    disabling: { enabled: false },
  })) {
    test(`${what} ends the sessions of that person at once, and of nobody else`, async () => {
      await world.make('dora', ['ViewOnly', 'Migration'])
      const [one, other] = [await world.signedIn('dora'), await world.signedIn('dora')]
      assert.equal((await change('dora', { displayName: 'Dora' })).status, 200)
      assert.equal(await status(one), 200)
      assert.equal((await change('dora', body)).status, 200)
      assert.deepEqual([await status(one), await status(other), await status(chief)], [401, 401, 200])
      // What has ended stays so.
      await change('dora', { enabled: true, roles: ['ViewOnly', 'Migration'] })
      assert.equal(await status(one), 401)
      await world.served.must('DELETE', '/administrators/dora')
    })
  }

  test('removing ends the sessions at once', async () => {
    await world.make('emil')
    const emil = await world.signedIn('emil')
    assert.equal((await chief.ask('DELETE', '/administrators/emil')).status, 204)
    assert.equal(await status(emil), 401)
  })

  test('who is disabled does not get in, and reads the same as a wrong password', async () => {
    await world.make('fay', ['ViewOnly'], { enabled: false })
    const answer = async (name: string, password: string) => {
      const { status: code, body } = await new Browser(world.port).signIn<Problem>(name, password)
      return [code, body.detail, body.remedy]
    }
    const disabled = await answer('fay', PASSWORD)
    assert.equal(disabled[0], 401)
    assert.deepEqual(disabled, await answer('fay', OTHER))
    assert.deepEqual(disabled, await answer('never-heard-of', PASSWORD))
    assert.deepEqual(disabled, await answer('nobody', PASSWORD))
  })

  test('a password of somebody else must be changed first; then everything is open that the role gives', async () => {
    await chief.ask('POST', '/administrators', { userName: 'gil', roles: ['Migration'], password: PASSWORD })
    const gil = await world.signedIn('gil')
    const other = await world.signedIn('gil')
    const { body } = await gil.ask<Session>('GET', '/session')
    assert.deepEqual([body.mustChangePassword, body.scopes], [true, []])
    assert.deepEqual(refusal(await gil.ask<Problem>('GET', '/batches')), [403, 'PASSWORD_MUST_BE_CHANGED'])
    const asked = (currentPassword: string, newPassword: string) =>
      gil.ask<Problem>('POST', '/session/password', { currentPassword, newPassword })
    assert.deepEqual(refusal(await asked(OTHER, OTHER)), [422, 'VALUE_INVALID'])
    assert.deepEqual(refusal(await asked(PASSWORD, 'short')), [422, 'VALUE_INVALID'])
    assert.deepEqual(refusal(await asked(PASSWORD, PASSWORD)), [422, 'VALUE_INVALID'])
    assert.equal((await asked(PASSWORD, OTHER)).status, 204)
    // This session goes on, the person's others end.
    assert.deepEqual([await status(gil), await status(other, '/session')], [200, 401])
    assert.equal((await new Browser(world.port).signIn('gil', PASSWORD)).status, 401)
    await world.signedIn('gil', OTHER)
  })

  test('the own password is changed only with the old one, also by whoever may change all others', async () => {
    assert.deepEqual(refusal(await change('chief', { password: OTHER })), [409, 'STATE_FORBIDS'])
    assert.equal(await status(chief), 200)
  })

  test('nobody names themselves the account of the provider that signs in as them; another one does, or the machine', async () => {
    assert.deepEqual(refusal(await change('chief', { oidcSubject: 'thief' })), [409, 'STATE_FORBIDS'])
    assert.equal((await change('chief', { oidcSubject: null, displayName: 'Chief' })).status, 200)
    await world.served.must('PATCH', '/administrators/chief', { oidcSubject: 'chief-there' })
    chief = await world.signedIn('chief')
    assert.deepEqual(refusal(await change('chief', { oidcSubject: null })), [409, 'STATE_FORBIDS'])
    await world.make('deputy')
    const deputy = await world.signedIn('deputy')
    assert.equal((await deputy.ask('PATCH', '/administrators/chief', { oidcSubject: null })).status, 200)
    chief = await world.signedIn('chief')
    await world.served.must('DELETE', '/administrators/deputy')
  })

  test('a token is its creator’s: shown as such, and refused while they are disabled, or when they are gone', async () => {
    await world.make('hal')
    const hal = await world.signedIn('hal')
    const token = { name: 'of hal', scopes: ['organization'], expiresAt: inAnHour() }
    const { body: created } = await hal.ask<ApiToken & { token: string }>('POST', '/tokens', token)
    assert.equal(created.owner, 'hal')
    const { items } = await world.served.must<{ items: ApiToken[] }>('GET', '/tokens')
    assert.equal(items.find(({ id }) => id === created.id)!.owner, 'hal')
    const bearer = { authorization: `Bearer ${created.token}` }
    const use = async (path = '/tokens') => (await new Browser(world.port).ask('GET', path, undefined, bearer)).status
    const { body: own } = await new Browser(world.port).ask<Session>('GET', '/session', undefined, bearer)
    assert.deepEqual([own.identity, own.via, own.administrator?.identity], ['token of hal', 'Token', 'hal'])
    assert.equal(await use(), 200)
    await change('hal', { roles: ['ViewOnly'] })
    assert.deepEqual([await use(), await use('/batches')], [403, 200])
    await change('hal', { roles: ['OrganizationManagement'] })
    assert.equal(await use(), 200)
    await change('hal', { password: OTHER })
    assert.equal(await use(), 403)
    await change('hal', { mustChangePassword: false })
    assert.equal(await use(), 200)
    await change('hal', { enabled: false })
    assert.equal(await use(), 401)
    await change('hal', { enabled: true })
    assert.equal(await use(), 200)
    // What a token of hers makes is hers, too.
    const asked = { ...token, name: 'by token' }
    const { body: second } = await new Browser(world.port).ask<ApiToken>('POST', '/tokens', asked, bearer)
    assert.equal(second.owner, 'hal')
    await chief.ask('DELETE', '/administrators/hal')
    assert.equal(await use(), 401)
    const { items: left } = await world.served.must<{ items: ApiToken[] }>('GET', '/tokens')
    assert.deepEqual(
      left.filter(({ id }) => id === created.id || id === second.id),
      [],
    )
  })

  test('waybill admin reset gives a password for once, and ends the sessions; over TCP it is refused', async () => {
    await world.make('ida')
    const ida = await world.signedIn('ida')
    const tcp = await chief.ask<Problem>('POST', '/administrator-reset', { identity: 'ida' })
    assert.deepEqual(refusal(tcp), [403, 'FORBIDDEN'])
    const several = await world.command('admin', 'reset', '--yes')
    assert.equal(several.code, 1)
    assert.match(several.stderr, /which of the administrators[^]*chief[^]*ida/)
    const { stdout, stderr, code } = await world.command('admin', 'reset', 'ida', '--yes')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^([a-z2-7]{5}-){5}[a-z2-7]\n$/)
    assert.ok(!stderr.includes(stdout.trim()))
    assert.equal(await status(ida), 401)
    assert.equal((await new Browser(world.port).signIn('ida', PASSWORD)).status, 401)
    const again = await world.signedIn('ida', stdout.trim())
    assert.equal((await again.ask<Session>('GET', '/session')).body.mustChangePassword, true)
    const listed = await world.command('admin', 'list')
    assert.match(listed.stdout, /^ida +ida +OrganizationManagement +yes +\d{4}-/m)
  })

  test('waybill admin reset does nothing before it was agreed to', async () => {
    const { code, stdout, stderr } = await world.command('admin', 'reset', 'chief')
    assert.deepEqual([code, stdout], [3, ''])
    assert.match(stderr, /--yes/)
    assert.equal(await status(chief), 200)
  })
})
