/** Over TCP with tokens, on the running service: what the OpenAPI document lists, and nobody gets further than they may. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Problem } from '#contract/organization.ts'
import { temporaryFolder, waybill } from '#test/migrate/run-waybill.ts'
import { freePorts } from '#test/servers/instance.ts'
import { Served, environment } from './world.ts'
import { removeFolder } from '#test/remove-folder.ts'

const SCOPES = ['view', 'migration', 'organization'] as const
type Scope = (typeof SCOPES)[number]

interface Document {
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly 'x-scope'?: Scope; readonly operationId: string }>>>
  >
}

describe('access over TCP', () => {
  const folder = temporaryFolder('access')
  const tokens = new Map<Scope, string>()
  let port = 0
  let served: Served
  let operations: { method: string; path: string; scope: Scope; name: string }[]

  const call = (method: string, path: string, token: string | null) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    })

  before(async () => {
    port = (await freePorts(1))[0]!
    const dataFolder = join(folder, 'data')
    served = await Served.start({ dataFolder, port, args: ['--concurrency', '0'] })
    for (const scope of SCOPES) {
      const { stdout, code, stderr } = await waybill(
        ['token', 'create', '--name', scope, '--scope', scope, '--days', '1'],
        environment({ dataFolder }),
      )
      assert.equal(code, 0, stderr)
      tokens.set(scope, stdout.trim())
    }
    const document = (await (await call('GET', '/api/v1/openapi.json', tokens.get('view')!)).json()) as Document
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: document.servers[0]!.url + path.replaceAll(/\{[^}]+\}/g, '00000000-0000-4000-8000-000000000000'),
        scope: operation['x-scope'] ?? 'view',
        name: operation.operationId,
      })),
    )
  })
  after(async () => {
    await served[Symbol.asyncDispose]()
    removeFolder(folder)
  })

  test('every route of the OpenAPI document answers 401 without a token, and with one that is not ours', async () => {
    assert.ok(operations.length > 30, String(operations.length))
    const paths = new Set(operations.map(({ path }) => path))
    assert.ok(paths.has('/api/v1/batches'), [...paths].join())
    for (const { method, path, name } of operations) {
      assert.equal((await call(method, path, null)).status, 401, name)
    }
    assert.equal((await call('GET', '/api/v1/batches', `wb_${'x'.repeat(43)}`)).status, 401)
  })

  test('a token gets 403 on every route that needs more than it has, and is let through on every other', async () => {
    for (const [rank, held] of SCOPES.entries()) {
      for (const { method, path, scope, name } of operations) {
        // An event stream has no end, and one token would end itself.
        if (name === 'streamEvents') continue
        const { status } = await call(method, path, tokens.get(held)!)
        if (SCOPES.indexOf(scope) > rank) assert.equal(status, 403, `${held}: ${name}`)
        else assert.ok(status !== 401 && status !== 403 && status < 500, `${held}: ${name}: ${status}`)
      }
    }
  })

  test('a token that was revoked is refused at once, and none stands in a log', async () => {
    const secret = tokens.get('migration')!
    const { items } = (await (await call('GET', '/api/v1/tokens', tokens.get('organization')!)).json()) as {
      items: { id: string; name: string }[]
    }
    const { id } = items.find(({ name }) => name === 'migration')!
    assert.equal((await call('DELETE', `/api/v1/tokens/${id}`, tokens.get('organization')!)).status, 204)
    const answer = await call('GET', '/api/v1/batches', secret)
    assert.equal(answer.status, 401)
    assert.equal(((await answer.json()) as Problem).code, 'AUTH_REQUIRED')
    const logs = join(folder, 'data', 'logs')
    for (const file of readdirSync(logs)) {
      const text = readFileSync(join(logs, file), 'utf8')
      for (const token of tokens.values()) assert.ok(!text.includes(token), file)
    }
  })
})
