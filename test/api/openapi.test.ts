/** The OpenAPI document says what the service does: it is read here as a client would read it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
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

test('it is a document of OpenAPI 3.1, by the schema of its makers', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)) as Record<string, unknown>)
  assert.equal(valid, true, JSON.stringify(errors, null, 2))
  assert.equal(validator.version, '3.1')
})

test('it says which routes take a key or a tag, what they answer with it, and when to ask again', () => {
  const header = (name: string) => ({ $ref: `#/components/parameters/${name}` })
  const of = (id: string) => operations.find(({ operation }) => operation['operationId'] === id)!.operation as never
  for (const { operation } of operations) {
    const { operationId, parameters, responses } = operation as never as {
      operationId: keyof typeof ROUTES
      parameters: object[]
      responses: Record<string, { description: string; headers?: object }>
    }
    const { method, status, tag, scope }: Route = ROUTES[operationId]
    const has = (name: string) => parameters.some((one) => JSON.stringify(one) === JSON.stringify(header(name)))
    const isPublic = ['public', 'local', 'session', 'signed-in'].includes(scope)
    assert.equal(has('IdempotencyKey'), method === 'POST' && status > 200 && status < 204 && !isPublic, operationId)
    assert.equal(has('IfMatch'), tag !== null && (method === 'PATCH' || method === 'DELETE'), operationId)
    assert.equal('412' in responses, has('IfMatch'), operationId)
    assert.equal('304' in responses, has('IfNoneMatch'), operationId)
    assert.equal('RateLimit' in (responses[status]!.headers ?? {}), scope !== 'public', operationId)
    assert.ok('Retry-After' in responses['429']!.headers!, operationId)
    assert.equal(/IDEMPOTENCY_KEY_REUSED/.test(responses['422']!.description), has('IdempotencyKey'), operationId)
  }
  const { responses } = of('updateBatch') as { responses: Record<string, { headers: object }> }
  assert.ok('ETag' in responses['200']!.headers && 'ETag' in responses['412']!.headers)
  assert.deepEqual(Object.keys(document.components.securitySchemes), ['bearer', 'session'])
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
