/** Who may call what: walked over every route there is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SCOPE_RANK } from '#contract/calls.ts'
import { SCOPES } from '#contract/organization.ts'
import { ROUTES } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { ask, sample, temporaryFolder, world } from './api-world.ts'

const routes: readonly Route[] = Object.values(ROUTES)

test('without a token every route is refused with 401, and nothing is called', async (t) => {
  const { url, called } = await world(t)
  for (const route of routes) {
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
      const may = SCOPE_RANK[scope] >= SCOPE_RANK[route.scope]
      assert.equal(answer.status, may ? route.status : 403, `${route.name}: ${answer.text}`)
      assert.deepEqual(
        called.map(({ name, call }) => [name, call.principal.name]),
        may ? [[route.name, scope]] : [],
      )
      if (!may)
        assert.match(answer.headers['www-authenticate'] ?? '', new RegExp(`insufficient_scope.*"${route.scope}"`))
    }
    assert.equal((await ask(`${url}/api/v1/openapi.json`, { token: `wb_${scope}` })).status, 200)
  })
}

test('over the socket every route is called as the local administrator, without a token', async (t) => {
  const socketPath = `${temporaryFolder(t)}/api.sock`
  const { called } = await world(t, {}, { socketPath, listen: null })
  for (const route of routes) {
    const { path, asked } = sample(route)
    const answer = await ask(`http://waybill/api/v1${path}`, { ...asked, socketPath })
    assert.equal(answer.status, route.status, `${route.name}: ${answer.text}`)
  }
  assert.deepEqual(
    called.map(({ name, call }) => [name, call.principal]),
    routes.map(({ name }) => [
      name,
      { name: 'Local administrator', scopes: ['organization'], via: 'Socket', address: null },
    ]),
  )
})

test('/healthz answers without a token, and says nothing else', async (t) => {
  const { url } = await world(t)
  const answer = await ask(`${url}/healthz`)
  assert.deepEqual([answer.status, answer.json], [200, { status: 'ok' }])
})
