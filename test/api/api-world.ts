/** The service with use cases that only remember how they were called, and callers that see everything of an answer. */
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { silentLog, type Log, type LogFacts } from '#base/log.ts'
import type { Account, Call, UseCases } from '#contract/calls.ts'
import { SCOPES } from '#contract/organization.ts'
import { ROUTES, type RouteName } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import { startApi, type Api, type ApiOptions } from '#api/start-api.ts'

export type FakeUseCase = (call: Call<Route>) => Promise<unknown>

/** By token: `wb_view`, `wb_migration`, `wb_organization`. */
export async function authenticate(token: string): Promise<Account | null> {
  const scope = token.replace('wb_', '')
  return scope === 'view' || scope === 'migration' || scope === 'organization'
    ? { name: scope, scopes: [scope], via: 'Token', administratorId: null }
    : null
}

/** By the first letter of the session's id; see `sessionId`. */
export const authenticateSession = async (id: string): Promise<Account | null> => {
  const scope = SCOPES.find((one) => id.startsWith(one))
  if (id.startsWith('must')) return { ...signedIn, scopes: [], mustChangePassword: true }
  return scope ? { ...signedIn, name: scope, scopes: [scope] } : null
}
const signedIn = { name: 'ann', via: 'Session', administratorId: crypto.randomUUID() } as const

/** Of `view`, `migration`, `organization`, or `must`: who must change the password. */
export const sessionId = (who: string): string => who.padEnd(43, 'x')

export interface World {
  readonly api: Api
  readonly url: string
  /** What was called, in order. */
  readonly called: { name: RouteName; call: Call<Route> }[]
}

/** Over TCP on a free port of loopback, unless `options` says otherwise. Closed when the test ends. */
export async function world(
  t: TestContext,
  fakes: Partial<Record<RouteName, FakeUseCase>> = {},
  options: Partial<ApiOptions> = {},
): Promise<World> {
  const called: World['called'] = []
  const useCases = Object.fromEntries(
    (Object.keys(ROUTES) as RouteName[]).map((name) => [
      name,
      async (call: Call<Route>) => {
        called.push({ name, call })
        return (fakes[name] ?? plainAnswer(name))(call)
      },
    ]),
  ) as unknown as UseCases
  const api = await startApi({
    useCases,
    authenticate,
    authenticateSession,
    socketPath: null,
    listen: { host: '127.0.0.1', port: 0 },
    allowPlainHttp: false,
    log: silentLog,
    version: '1.2.3',
    ...options,
    limits: { closeMs: 2_000, lingerMs: 200, ...options.limits },
  })
  t.after(() => api.close())
  return { api, url: api.address?.url ?? '', called }
}

function plainAnswer(name: RouteName): FakeUseCase {
  const route: Route = ROUTES[name]
  return async ({ body }) => {
    if (route.bodyType === 'csv') for await (const _ of body as AsyncIterable<Uint8Array>);
    if (route.answerType === 'eml') return { fileName: 'm.eml', bytes: Buffer.from('Subject: x\r\n\r\n') }
    if (route.answerType === 'text') return { fileName: 'r.txt', text: asyncList(['a\n']) }
    if (route.answerType === 'csv') return asyncList(['a,b\r\n'])
    if (route.answerType === 'events') return asyncList([])
    if (route.answerType === 'page') return { to: '/there', by: route.status === 302 ? 'redirect' : 'step' }
    return route.status === 204 ? undefined : { of: name }
  }
}

export async function* asyncList<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

export interface Line {
  readonly level: keyof Log
  readonly message: string
  readonly facts: LogFacts
}

/** Remembers its lines; `seen` resolves when there are so many. */
export function recordingLog(): Log & { readonly lines: Line[]; seen(count: number): Promise<void> } {
  const lines: Line[] = []
  const written = new EventEmitter()
  const at =
    (level: keyof Log) =>
    (message: string, facts: LogFacts = {}) => {
      lines.push({ level, message, facts })
      written.emit('line')
    }
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    async seen(count) {
      while (lines.length < count) await once(written, 'line')
    },
  }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any
}

export interface Asked extends RequestOptions {
  readonly token?: string
  readonly send?: string | Uint8Array
  readonly json?: unknown
}

/** One request on a connection of its own. */
export async function ask(url: string, asked: Asked = {}): Promise<Answer> {
  const response = await open(url, asked)
  const body = await text(response)
  const isJson = /[/+]json/.test(response.headers['content-type'] ?? '')
  return { status: response.statusCode!, headers: response.headers, text: body, json: isJson ? JSON.parse(body) : null }
}

/** Resolves with the headers. */
export function open(url: string, { token, send, json, ...options }: Asked = {}): Promise<IncomingMessage> {
  const content = json === undefined ? send : JSON.stringify(json)
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...(options.headers as Record<string, string> | undefined),
  }
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent: false, ...options, headers }, resolve)
    request.on('error', reject)
    request.end(content)
  })
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'wb-api-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A request that its route takes: the least that its schemas let through. */
export function sample(route: Route): { path: string; asked: Asked } {
  const given: Readonly<Record<string, string>> = {
    id: crypto.randomUUID(),
    csvFile: crypto.randomUUID(),
    number: '1',
  }
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => given[name] ?? 'one') + (QUERIES[route.name] ?? '')
  const asked: Asked = { method: route.method }
  if (route.bodyType === 'csv')
    return { path, asked: { ...asked, send: 'a\n', headers: { 'content-type': 'text/csv' } } }
  const json = BODIES[route.name]
  return { path, asked: json === undefined ? asked : { ...asked, json } }
}

/** What cannot be left out. */
const QUERIES: Record<string, string> = { checkCsvFile: '?sourceEndpoint=e', listReportUsers: '?batch=one' }

const BODIES: Record<string, unknown> = {
  updateOwnAccount: { displayName: 'Ann' },
  createEndpoint: { name: 'e', remoteServer: 'imap.example.net' },
  updateEndpoint: { port: 143 },
  testConnection: { endpoint: 'e' },
  createDatabase: { name: 'd', kind: 'Imap' },
  updateDatabase: { port: 143 },
  testDatabase: {},
  createBatch: { name: 'b', sourceEndpoint: 'e' },
  updateBatch: { syncNow: true },
  updateUser: { syncNow: true },
  updateConfig: { maxNumberOfBatches: 5 },
  updateOpenIdSettings: { enabled: false },
  createAdministrator: { userName: 'ann', roles: ['ViewOnly'] },
  updateAdministrator: { enabled: false },
  resetAdministrator: {},
  signIn: { userName: 'ann', password: 'p' },
  createFirstAdministrator: { firstPassword: 'f', userName: 'ann', password: 'p' },
  changePassword: { currentPassword: 'p', newPassword: 'q' },
  createToken: { name: 't', scopes: ['view'], expiresAt: '2099-01-01T00:00:00Z' },
}
