/** Over TCP, on the running service: what the OpenAPI document lists, and nobody gets further than they may. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Problem } from '#contract/organization.ts'
import { startedBefore } from '#test/data-folder.ts'
import { temporaryFolder, waybill } from '#test/migrate/run-waybill.ts'
import { freePorts } from '#test/servers/instance.ts'
import { makeAdministrator, PASSWORD } from './administrators-world.ts'
import { Browser } from './browser.ts'
import { Served, environment } from './world.ts'
import { removeFolder } from '#test/remove-folder.ts'

const SCOPES = ['view', 'migration', 'organization'] as const
type Scope = (typeof SCOPES)[number]
type Access = Scope | 'public' | 'signed-in' | 'session' | 'local'
const ROLES = { ViewOnly: 'view', Migration: 'migration', OrganizationManagement: 'organization' } as const

/** Who calls: with which scope, by which way. */
interface Caller {
  readonly who: string
  readonly scope: Scope | null
  readonly by: 'token' | 'session'
  ask(method: string, path: string): Promise<{ status: number; code: string }>
}

/** Written down here once more, beside the code that decides. */
function mayCall({ scope, by }: Pick<Caller, 'scope' | 'by'>, access: Access): boolean {
  switch (access) {
    case 'public':
    case 'signed-in':
      return true
    case 'session':
      return by === 'session'
    case 'local':
      return false
    case 'view':
    case 'migration':
    case 'organization':
    default:
      return scope !== null && SCOPES.indexOf(scope) >= SCOPES.indexOf(access)
  }
}

interface Document {
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly 'x-scope'?: Access; readonly operationId: string }>>>
  >
}

describe('access over TCP', () => {
  const folder = temporaryFolder('access')
  const tokens = new Map<Scope, string>()
  let port = 0
  let served: Served
  let operations: { method: string; path: string; scope: Access; name: string }[]

  const call = (method: string, path: string, token: string | null) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    })

  const byToken = (who: string, scope: Scope | null, token: string): Caller => ({
    who,
    scope,
    by: 'token',
    async ask(method, path) {
      const answer = await call(method, path, token)
      return { status: answer.status, code: await codeOf(answer) }
    },
  })
  const bySession = async (who: string, scope: Scope | null): Promise<Caller> => {
    const browser = new Browser(port)
    assert.equal((await browser.signIn(who, PASSWORD)).status, 201)
    return {
      who,
      scope,
      by: 'session',
      async ask(method, path) {
        const { status, body } = await browser.ask<Problem>(method, path.replace('/api/v1', ''))
        return { status, code: body?.code ?? '' }
      },
    }
  }
  const newAdministrator = (userName: string, role: string, mustChangePassword: boolean) =>
    makeAdministrator(served, userName, [role], { mustChangePassword })

  before(async () => {
    port = (await freePorts(1))[0]!
    const dataFolder = join(folder, 'data')
    await startedBefore(dataFolder)
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
    for (const { method, path, name, scope } of operations) {
      const { status } = await call(method, path, null)
      if (scope === 'public') assert.ok([200, 404, 422].includes(status), `${name}: ${status}`)
      else assert.equal(status, 401, name)
    }
    assert.equal((await call('GET', '/api/v1/batches', `wb_${'x'.repeat(43)}`)).status, 401)
  })

  async function walk(caller: Caller, refusal = 'FORBIDDEN'): Promise<void> {
    const last = operations.filter(({ name }) => name === 'signOut')
    for (const { method, path, scope, name } of [...operations.filter((one) => !last.includes(one)), ...last]) {
      // An event stream has no end.
      if (name === 'streamEvents') continue
      const { status, code } = await caller.ask(method, path)
      const said = `${caller.who} by ${caller.by}: ${name}: ${status} ${code}`
      if (mayCall(caller, scope)) assert.ok(status !== 401 && status !== 403 && status < 500, said)
      else assert.deepEqual([status, code], [403, scope === 'local' ? 'FORBIDDEN' : refusal], said)
    }
  }

  test('a token is let through on every route that its scope is for, and gets 403 on every other', async () => {
    for (const scope of SCOPES) await walk(byToken(scope, scope, tokens.get(scope)!))
  })

  for (const [role, scope] of Object.entries(ROLES)) {
    test(`${role}, signed in, is let through on every route that the role is for, and gets 403 on every other`, async () => {
      await newAdministrator(role, role, false)
      await walk(await bySession(role, scope))
    })

    test(`a token for everything may no more than ${role} does, when that is its owner's role`, async () => {
      await newAdministrator(`${role}-owner`, 'OrganizationManagement', false)
      const owner = new Browser(port)
      await owner.signIn(`${role}-owner`, PASSWORD)
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
      const asked = { name: `of ${role}`, scopes: ['organization'], expiresAt }
      const { body } = await owner.ask<{ token: string }>('POST', '/tokens', asked)
      await served.must('PATCH', `/administrators/${role}-owner`, { roles: [role] })
      await walk(byToken(`of ${role}`, scope, body.token))
    })
  }

  test('who must change the password may that, look at the session and sign out, and nothing else', async () => {
    await newAdministrator('new', 'OrganizationManagement', true)
    await walk(await bySession('new', null), 'PASSWORD_MUST_BE_CHANGED')
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

const codeOf = async (answer: Response): Promise<string> =>
  /problem/.test(answer.headers.get('content-type') ?? '') ? ((await answer.json()) as Problem).code : ''
