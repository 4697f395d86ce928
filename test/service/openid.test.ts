/** Signing in with OpenID Connect: the running service, a real provider on another site, and a browser between them. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Administrator, Session, SignInOptions } from '#contract/administrator.ts'
import type { AdminAuditLogEvent } from '#contract/audit.ts'
import type { OpenIdSetting, OpenIdTest } from '#contract/openid.ts'
import type { Problem } from '#contract/organization.ts'
import { startedBefore } from '#test/data-folder.ts'
import { temporaryFolder } from '#test/migrate/run-waybill.ts'
import { removeFolder } from '#test/remove-folder.ts'
import { freePorts } from '#test/servers/instance.ts'
import { type OidcServer, startOidc } from '#test/servers/oidc.ts'
import { type Page, SiteBrowser } from './site-browser.ts'
import { Served } from './world.ts'

const START = '/api/v1/session/openid'

suite('OpenID Connect', { timeout: 120_000 }, () => {
  const folder = temporaryFolder('openid')
  const dataFolder = join(folder, 'data')
  const undo = new AsyncDisposableStack()
  let publicUrl = ''
  let oidc: OidcServer
  let served: Served

  before(async () => {
    const port = (await freePorts(1))[0]!
    publicUrl = `http://localhost:${port}`
    const person = (name: string, ...groups: string[]) => ({
      preferred_username: name,
      name: `${name} of Contoso`,
      email: `${name}@contoso.example`,
      email_verified: true,
      groups,
    })
    undo.defer(() => removeFolder(folder))
    oidc = await startOidc({
      publicUrl,
      people: {
        's-view': person('vera', 'staff', 'readers'),
        's-move': person('milo', 'movers'),
        's-own': person('olga', 'owners'),
        's-none': person('nora', 'staff'),
        's-lose': person('leo', 'owners'),
        's-off': person('otto', 'movers'),
        's-root': person('root-admin', 'owners'),
        's-link': person('linus', 'staff'),
      },
    })
    undo.use(oidc)
    await startedBefore(dataFolder)
    served = await Served.start({ dataFolder, port, publicUrl, args: ['--concurrency', '0'] })
    undo.use(served)
  })
  after(() => undo.disposeAsync())

  const set = (body: object) => served.ask<OpenIdSetting & Problem>('PATCH', '/openid-settings', body)
  const session = async (browser: SiteBrowser) =>
    (await browser.ask<Session & Problem>(publicUrl, 'GET', '/session')).body
  async function signIn(who: string | null, browser = new SiteBrowser(), query = ''): Promise<[Page, SiteBrowser]> {
    oidc.who = who
    return [await browser.open(publicUrl + START + query, 'http://localhost'), browser]
  }
  /** Up to the provider's answer, which nobody has taken yet. */
  async function answerFor(who: string): Promise<[URL, SiteBrowser]> {
    const [page, browser] = await signIn(who, new SiteBrowser((url) => url.pathname.endsWith('/callback')))
    return [page.url, browser]
  }

  test('nobody can sign in with it before it is set up, and it is set up with all that it needs', async () => {
    const options = async () => (await served.must<SignInOptions>('GET', '/sign-in-options')).oidc
    assert.equal(await options(), null)
    const [page] = await signIn('s-view')
    assert.equal(page.status, 404)
    assert.match(page.text, /not set up here/)
    const refused = async (body: object, field: string) => {
      const answer = await set(body)
      assert.deepEqual([answer.status, answer.body.errors?.[0]?.field], [422, field], JSON.stringify(answer.body))
    }
    await refused({ enabled: true }, 'issuer')
    await refused({ issuer: 'http://id.contoso.example' }, 'issuer')
    await refused({ issuer: 'https://id.contoso.example/.well-known/openid-configuration' }, 'issuer')
    const { issuer, clientId, clientSecret } = oidc
    await refused({ enabled: true, issuer }, 'clientId')
    const mapping = { ViewOnly: ['readers'], Migration: ['movers'], OrganizationManagement: ['owners'] }
    const { status, body } = await set({
      enabled: true,
      displayName: 'Contoso',
      issuer,
      clientId,
      clientSecret,
      scopes: ['profile', 'email', 'groups'],
      roleMapping: mapping,
    })
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual(body.scopes, ['openid', 'profile', 'email', 'groups'])
    assert.deepEqual([body.hasClientSecret, body.redirectUri], [true, `${publicUrl}${START}/callback`])
    assert.deepEqual(await options(), { name: 'Contoso', startPath: START })
    const tested = await served.must<OpenIdTest>('POST', '/openid-settings/test')
    assert.deepEqual([tested.result, tested.warnings], ['Success', []], JSON.stringify(tested))
  })

  test('who signs in there is somebody here, with the roles of their groups and no more', async () => {
    const [page, browser] = await signIn('s-view', new SiteBrowser(), '?returnTo=%2Fbatches%3Fa%3D1%26b')
    // The page is the admin center's; what counts is that the cookie came along to it.
    assert.equal(page.url.href, `${publicUrl}/batches?a=1&b`)
    assert.equal(page.status, 404, page.text)
    assert.equal(browser.cookie('localhost', 'waybill')?.sameSite, 'Strict')
    assert.equal(browser.cookie('localhost', 'waybill-openid'), undefined)
    const { identity, scopes, administrator, expiresAt } = await session(browser)
    assert.deepEqual([identity, scopes, administrator?.source], ['vera', ['view'], 'OpenIdConnect'])
    assert.ok(Date.parse(expiresAt!) - Date.now() <= 4 * 3_600_000, 'it ends sooner than with a password')
    assert.equal((await browser.ask(publicUrl, 'GET', '/batches')).status, 200)
    const forbidden = await browser.ask<Problem>(publicUrl, 'POST', '/endpoints')
    assert.deepEqual([forbidden.status, forbidden.body.code], [403, 'FORBIDDEN'])
    assert.equal((await browser.ask(publicUrl, 'GET', '/openid-settings')).status, 403)
    const vera = await served.must<Administrator>('GET', '/administrators/vera')
    assert.deepEqual(
      [vera.oidcSubject, vera.hasPassword, vera.displayName, vera.mailAddress, vera.roles],
      ['s-view', false, 'vera of Contoso', 'vera@contoso.example', ['ViewOnly']],
    )
    const [, milo] = await signIn('s-move')
    assert.deepEqual((await session(milo)).scopes, ['migration'])
    const [, olga] = await signIn('s-own')
    assert.deepEqual((await session(olga)).scopes, ['organization'])
  })

  test('a sign-in in a browser that has a session ends that one, though its cookie does not come back from the provider', async () => {
    const [, browser] = await signIn('s-view')
    const before = browser.cookie('localhost', 'waybill')!
    oidc.who = 's-move'
    browser.jar.delete(new URL(oidc.issuer).hostname)
    // From our own sign-in page.
    await browser.open(publicUrl + START, 'http://localhost')
    assert.equal((await session(browser)).identity, 'milo')
    const old = new SiteBrowser()
    old.jar.set('localhost', new Map([['waybill', before]]))
    assert.equal((await session(old)).code, 'AUTH_REQUIRED')
  })

  test('a session that the provider began is told where the provider ends its own', async () => {
    const [, browser] = await signIn('s-own')
    const { status, body } = await browser.ask<{ providerSignOutUrl: string }>(publicUrl, 'DELETE', '/session')
    assert.equal(status, 200)
    const url = new URL(body.providerSignOutUrl)
    assert.equal(url.origin, oidc.issuer)
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      client_id: oidc.clientId,
      post_logout_redirect_uri: `${publicUrl}/`,
    })
    assert.equal((await browser.open(url.href)).status, 200)
    assert.equal((await browser.ask(publicUrl, 'GET', '/session')).status, 401)
  })

  test('whoever has no group that counts is told which claim gives the role, and is nobody here', async () => {
    const [page, browser] = await signIn('s-none')
    assert.equal(page.status, 403)
    assert.match(page.text, /&quot;nora&quot;.*none of the values of the claim groups gives a role/)
    assert.match(page.text, /Your subject \(sub\) is &quot;s-none&quot;/)
    assert.match(page.text, /<a href="\/\?error=OPENID_ROLE_MISSING">/)
    assert.equal(browser.cookie('localhost', 'waybill'), undefined)
    assert.equal((await served.ask('GET', '/administrators/nora')).status, 404)
    const [denied] = await signIn(null)
    assert.equal(denied.status, 401)
    assert.match(denied.text, /The provider did not sign you in: access_denied/)
  })

  test('a role that is lost at the provider is lost here at the next sign-in, with every session that had it', async () => {
    const [, browser] = await signIn('s-lose')
    assert.deepEqual((await session(browser)).scopes, ['organization'])
    oidc.people.set('s-lose', { ...oidc.people.get('s-lose'), groups: ['readers'] })
    const [, second] = await signIn('s-lose')
    assert.deepEqual((await session(second)).scopes, ['view'])
    assert.equal((await session(browser)).code, 'AUTH_REQUIRED')
    oidc.people.set('s-lose', { ...oidc.people.get('s-lose'), groups: [] })
    const [refused] = await signIn('s-lose')
    assert.equal(refused.status, 403)
    assert.equal((await session(second)).code, 'AUTH_REQUIRED')
    assert.deepEqual((await served.must<Administrator>('GET', '/administrators/leo')).roles, [])
  })

  test('an answer of the provider is good once, in the browser that asked for it, with the state that it was given', async () => {
    const lost = (page: Page) => assert.match(page.text, /OPENID_SIGN_IN_LOST/, page.text)
    const [url, browser] = await answerFor('s-move')
    lost(await new SiteBrowser().open(url.href, oidc.issuer))
    const [, other] = await answerFor('s-view')
    lost(await other.open(url.href, oidc.issuer))
    const forged = new URL(url)
    forged.searchParams.set('state', 'x'.repeat(43))
    lost(await browser.open(forged.href, oidc.issuer))
    const pending = browser.cookie('localhost', 'waybill-openid')!
    assert.equal((await new SiteBrowser().open(url.href)).status, 401)
    const own = new SiteBrowser()
    own.jar.set('localhost', new Map([['waybill-openid', pending]]))
    await own.open(url.href, oidc.issuer)
    assert.equal((await session(own)).identity, 'milo')
    own.jar.get('localhost')!.set('waybill-openid', pending)
    lost(await own.open(url.href, oidc.issuer))
  })

  test('what was begun under other settings is not finished', async () => {
    const [url, browser] = await answerFor('s-move')
    await set({ clientId: 'another', clientSecret: 'another secret' })
    const ended = new SiteBrowser()
    ended.jar.set('localhost', browser.jar.get('localhost')!)
    const page = await ended.open(url.href, oidc.issuer)
    assert.match(page.text, /the settings have been changed since/)
    const tested = await served.must<OpenIdTest>('POST', '/openid-settings/test')
    assert.deepEqual([tested.result, /refuses this client/.test(tested.message)], ['Failed', true], tested.message)
    const moved = await set({ clientId: oidc.clientId })
    assert.deepEqual([moved.status, moved.body.errors?.[0]?.field], [422, 'clientSecret'])
    await set({ clientId: oidc.clientId, clientSecret: oidc.clientSecret })
  })

  test('a local administrator of the same name is not taken over, until somebody connects the two', async () => {
    const local = { userName: 'root-admin', roles: ['Migration'], password: 'four quiet owls sing' }
    await served.must('POST', '/administrators', { ...local, mustChangePassword: false })
    const [page] = await signIn('s-root')
    assert.equal(page.status, 401)
    assert.match(page.text, /another administrator &quot;root-admin&quot;/)
    await served.must('PATCH', '/administrators/root-admin', { oidcSubject: 's-root' })
    const [, browser] = await signIn('s-root')
    const { identity, scopes, administrator } = await session(browser)
    assert.deepEqual([identity, scopes, administrator?.source], ['root-admin', ['migration'], 'Local'])
    await served.must('PATCH', '/administrators/root-admin', { oidcSubject: null })
    assert.equal((await session(browser)).code, 'AUTH_REQUIRED')
  })

  test('somebody with a subject and no password comes in without any group; roles of the provider are not set by hand', async () => {
    const made = { userName: 'linus', roles: ['ViewOnly'], oidcSubject: 's-link' }
    await served.must('POST', '/administrators', made)
    const [, browser] = await signIn('s-link')
    assert.deepEqual((await session(browser)).scopes, ['view'])
    for (const body of [{ roles: ['OrganizationManagement'] }, { password: 'four quiet owls sing' }]) {
      const { status, body: problem } = await served.ask<Problem>('PATCH', '/administrators/vera', body)
      assert.deepEqual([status, problem.code], [409, 'STATE_FORBIDS'])
    }
    assert.equal((await served.ask('POST', '/administrator-reset', { identity: 'vera' })).status, 409)
  })

  test('who is disabled stays disabled, whatever the provider says', async () => {
    const [, browser] = await signIn('s-off')
    assert.equal((await session(browser)).identity, 'otto')
    await served.must('PATCH', '/administrators/otto', { enabled: false })
    assert.equal((await session(browser)).code, 'AUTH_REQUIRED')
    const [page] = await signIn('s-off')
    assert.equal(page.status, 401)
    assert.match(page.text, /&quot;otto&quot; is disabled/)
    assert.equal((await served.must<Administrator>('GET', '/administrators/otto')).enabled, false)
  })

  test('the last administrator with a password stays, for the day on which the provider is away', async () => {
    const local = { userName: 'keeper', roles: ['OrganizationManagement'], password: 'four quiet owls sing' }
    await served.must('POST', '/administrators', { ...local, mustChangePassword: false })
    const [, olga] = await signIn('s-own')
    const { status, body } = await olga.ask<Problem>(publicUrl, 'DELETE', '/administrators/keeper')
    assert.deepEqual([status, body.code], [409, 'STATE_FORBIDS'])
    assert.match(body.detail, /when the provider of OpenID Connect is away/)
    await served.must('DELETE', '/administrators/keeper')
  })

  test('after the sign-in the browser goes to a page of this service, and nowhere else', async () => {
    const elsewhere = ['https://evil.example/', '//evil.example', '/\\evil.example', '/\t/evil.example', 'batches']
    for (const returnTo of [...elsewhere, '/api/v1/session/openid']) {
      const [page] = await signIn('s-view', new SiteBrowser(), `?returnTo=${encodeURIComponent(returnTo)}`)
      assert.equal(page.status, 422, returnTo)
    }
  })

  test('a provider that is away is told as such, to programs and to people, and holds nobody else up', async () => {
    await set({ displayName: 'Contoso away' })
    await oidc.goAway()
    const [page] = await signIn('s-view')
    assert.equal(page.status, 503)
    assert.match(page.text, /cannot be asked now: nothing listens there/)
    const asked = await new SiteBrowser().ask<Problem>(publicUrl, 'GET', '/session/openid')
    assert.deepEqual([asked.status, asked.body.code], [503, 'OPENID_PROVIDER_AWAY'])
    const tested = await served.must<OpenIdTest>('POST', '/openid-settings/test')
    assert.equal(tested.result, 'Failed')
    assert.equal((await served.ask('GET', '/batches')).status, 200)
    await oidc.comeBack()
    await set({ displayName: 'Contoso' })
    const [, browser] = await signIn('s-view')
    assert.equal((await session(browser)).identity, 'vera')
  })

  test('whom the provider makes an administrator, and every change of their roles, stands in the audit log, once', async () => {
    const told = async (name: string) => {
      const { items } = await served.must<{ items: AdminAuditLogEvent[] }>(
        'GET',
        `/audit-log?cmdlets=New-Administrator,Set-Administrator&objectIds=${name}&limit=1000`,
      )
      return items.reverse().map(({ cmdletName, caller, via, clientAddress, modifiedProperties }) => {
        const roles = modifiedProperties.find((one) => one.name === 'Roles')
        return [cmdletName, caller, via, clientAddress, roles && [roles.oldValue, roles.newValue]]
      })
    }
    const by = (name: string) => [name, 'Session', '127.0.0.1']
    assert.deepEqual(await told('leo'), [
      ['New-Administrator', ...by('leo'), [null, 'OrganizationManagement']],
      ['Set-Administrator', ...by('leo'), ['OrganizationManagement', 'ViewOnly']],
      ['Set-Administrator', ...by('leo'), ['ViewOnly', null]],
    ])
    assert.deepEqual(await told('milo'), [['New-Administrator', ...by('milo'), [null, 'Migration']]])
    // Roles that were given by hand stay as they are.
    assert.deepEqual(await told('linus'), [
      ['New-Administrator', 'Local administrator', 'Socket', null, [null, 'ViewOnly']],
    ])
  })

  test('sign-ins stand in the audit log, and the client secret, codes and tokens nowhere', async () => {
    const { body } = await served.ask('GET', '/audit-log?limit=1000')
    const shown = JSON.stringify([body, (await served.ask('GET', '/openid-settings')).body])
    assert.match(shown, /Set-OpenIdSetting/)
    assert.match(shown, /none of the values of the claim groups/)
    const signIns = await served.must<{ items: AdminAuditLogEvent[] }>('GET', '/audit-log?cmdlets=Sign-In&limit=1000')
    assert.ok(signIns.items.some(({ caller, succeeded }) => caller === 'vera' && succeeded))
    const logs = readdirSync(join(dataFolder, 'logs')).map((file) =>
      readFileSync(join(dataFolder, 'logs', file), 'utf8'),
    )
    for (const text of [shown, ...logs]) {
      assert.ok(!text.includes(oidc.clientSecret))
      assert.doesNotMatch(text, /eyJ[\w-]{20}|[?&]code=/)
    }
  })
})
