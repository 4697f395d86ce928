/** Who may call what: walked over every route there is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayCall } from '#contract/calls.ts'
import { SCOPES } from '#contract/organization.ts'
import { ROUTES } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { ask, authenticate, authenticateSession, sample, sessionId, temporaryFolder, world } from './api-world.ts'

const routes: readonly Route[] = Object.values(ROUTES)
const PUBLIC = ['beginOpenIdSignIn', 'createFirstAdministrator', 'finishOpenIdSignIn', 'getSignInOptions', 'signIn']

test('without a token or a session every route but those of the sign-in is refused with 401, and nothing is called', async (t) => {
  const { url, called } = await world(t)
  assert.deepEqual(
    routes
      .filter(({ scope }) => scope === 'public')
      .map(({ name }) => name)
      .toSorted(),
    PUBLIC,
  )
  for (const route of routes) {
    if (route.scope === 'public') continue
    const { path, asked } = sample(route)
    const answer = await ask(`${url}/api/v1${path}`, asked)
    assert.equal(answer.status, 401, route.name)
    assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer/)
    assert.equal(answer.json.code, 'AUTH_REQUIRED')
  }
  assert.equal((await ask(`${url}/api/v1/openapi.json`)).status, 401)
  assert.equal((await ask(`${url}/nowhere`)).status, 401)
  assert.deepEqual(called, [])
})

for (const scope of SCOPES) {
  test(`a token with the scope ${scope} calls what needs no more, and is refused the rest with 403`, async (t) => {
    const { url, called } = await world(t)
    for (const route of routes) {
      const { path, asked } = sample(route)
      called.length = 0
      const answer = await ask(`${url}/api/v1${path}`, { ...asked, token: `wb_${scope}` })
      const may = mayCall((await authenticate(`wb_${scope}`))!, route)
      assert.equal(answer.status, may ? route.status : 403, `${route.name}: ${answer.text}`)
      assert.deepEqual(
        called.map(({ name, call }) => [name, call.principal.name]),
        may ? [[route.name, route.scope === 'public' ? 'anonymous' : scope]] : [],
      )
      if (!may && SCOPES.some((one) => one === route.scope))
        assert.match(answer.headers['www-authenticate'] ?? '', new RegExp(`insufficient_scope.*"${route.scope}"`))
    }
    assert.equal((await ask(`${url}/api/v1/openapi.json`, { token: `wb_${scope}` })).status, 200)
  })
}

test('a session calls what its roles give and what is for sessions; with a password to change only the latter', async (t) => {
  const { url, called } = await world(t)
  const origin = { 'sec-fetch-site': 'same-origin' }
  for (const who of [...SCOPES, 'must']) {
    const account = (await authenticateSession(sessionId(who)))!
    for (const route of routes) {
      const { path, asked } = sample(route)
      const headers = { ...(asked.headers as object), ...origin, cookie: `a=b; waybill=${sessionId(who)}; c=d` }
      called.length = 0
      const answer = await ask(`${url}/api/v1${path}`, { ...asked, headers })
      const may = mayCall(account, route)
      const expected = who !== 'must' || route.scope === 'local' ? 'FORBIDDEN' : 'PASSWORD_MUST_BE_CHANGED'
      assert.equal(answer.status, may ? route.status : 403, `${who}: ${route.name}: ${answer.text}`)
      if (!may) assert.equal(answer.json.code, expected)
      assert.equal(called.length, may ? 1 : 0)
      if (may) assert.equal(called[0]!.call.session.id, sessionId(who))
    }
  }
  const names = routes.filter((route) => mayCall({ scopes: [], via: 'Session' }, route)).map(({ name }) => name)
  assert.deepEqual(
    names.toSorted(),
    [...PUBLIC, 'changePassword', 'getSession', 'signOut', 'updateOwnAccount'].toSorted(),
  )
})

test('over the socket every route but those of a session is called as the local administrator, without a token', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  const { called } = await world(t, {}, { socketPath, listen: null })
  for (const route of routes) {
    const { path, asked } = sample(route)
    const answer = await ask(`http://waybill/api/v1${path}`, { ...asked, socketPath })
    assert.equal(answer.status, route.scope === 'session' ? 403 : route.status, `${route.name}: ${answer.text}`)
  }
  const principal = { name: 'Local administrator', scopes: ['organization'], via: 'Socket', address: null }
  assert.deepEqual(
    called.map(({ name, call }) => [name, call.principal]),
    routes
      .filter(({ scope }) => scope !== 'session')
      .map(({ name }) => [name, { ...principal, administratorId: null }]),
  )
})

test('/healthz answers without a token, and says nothing else', async (t) => {
  const { url } = await world(t)
  const answer = await ask(`${url}/healthz`)
  assert.deepEqual([answer.status, answer.json], [200, { status: 'ok' }])
})
