/** The OpenAPI document says what the service does: it is read here as a client would read it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROUTES } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { openApiDocument } from '#api/openapi.ts'
import { ask, world } from './api-world.ts'

// oxlint-disable-next-line typescript/no-explicit-any
const document: any = openApiDocument('1.2.3')

const operations = Object.entries<Record<string, Record<string, never>>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method,
    operation: operation as Record<string, unknown>,
  })),
)

test('every route of the contract stands in it with its scope, its answer and its refusals, and no other', () => {
  assert.deepEqual(operations.map(({ operation }) => operation['operationId']).sort(), Object.keys(ROUTES).sort())
  for (const { path, method, operation } of operations) {
    const route: Route = ROUTES[operation['operationId'] as keyof typeof ROUTES]
    assert.equal(method.toUpperCase(), route.method)
    assert.equal(path, route.path.replaceAll(/:(\w+)/g, '{$1}'))
    assert.equal(operation['x-scope'], route.scope)
    const statuses = Object.keys(operation['responses'] as object).map(Number)
    const expected = [route.status, 401, 403, 422, 429, 500, 503]
    if (route.bodyType === 'csv' || route.body.def.type !== 'undefined') expected.push(400, 408, 413, 415)
    if (route.params.def.type === 'object' && path.includes('{')) expected.push(404)
    for (const status of expected) assert.ok(statuses.includes(status), `${route.name} ${status}`)
    const named = (operation['parameters'] as { in: string; name: string }[]).filter((one) => one.in === 'path')
    assert.deepEqual(
      named.map(({ name }) => name),
      [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name),
    )
  }
})

test('every reference in it leads somewhere', () => {
  const references = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to!))
  assert.ok(references.size > 20)
  for (const reference of references) {
    const target = reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
    assert.ok(target, reference)
  }
})

test('what both sides share has a name; what a caller may send is closed, what it gets is open', () => {
  const { schemas } = document.components
  for (const name of ['MigrationBatch', 'MigrationUser', 'NewBatch', 'SetUser', 'Problem', 'DateTime', 'Slots']) {
    assert.ok(schemas[name], name)
  }
  assert.deepEqual(document.paths['/batches/{identity}'].get.responses['200'].content['application/json'].schema, {
    $ref: '#/components/schemas/MigrationBatch',
  })
  assert.equal(schemas.NewBatch.additionalProperties, false)
  assert.equal('additionalProperties' in schemas.MigrationBatch, false)
  // Defaults may be left out of what is sent.
  assert.deepEqual(schemas.NewEndpoint.required.toSorted(), ['name', 'remoteServer'])
})

test('whoever may look gets it, with the version of the service', async (t) => {
  const { url } = await world(t)
  const { status, json } = await ask(`${url}/api/v1/openapi.json`, { token: 'wb_view' })
  assert.deepEqual([status, json], [200, JSON.parse(JSON.stringify(document))])
  assert.deepEqual([json.openapi, json.info.version], ['3.1.0', '1.2.3'])
})
