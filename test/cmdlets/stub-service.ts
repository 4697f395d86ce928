/**
 * The service as cmdlets see it: every route of the contract on a unix socket, answering what a test lays down. What is
 * asked is checked by the contract's own schemas, so that a cmdlet that sends another shape fails.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { z } from 'zod'
import { ROUTES, type RouteName } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'

export interface Asked {
  readonly name: RouteName
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: unknown
  readonly authorization: string | undefined
}

/** An object is a JSON answer, a text CSV; a `problem` a refusal. */
export type Reply = (asked: Asked) => unknown
export type Replies = Partial<Record<RouteName, Reply>>

export const problem = (status: number, code: string, detail: string, remedy: string | null = null) => ({
  problem: { type: `/errors/${code}`, title: code, status, detail, code, remedy },
})

export class StubService {
  readonly asked: Asked[] = []
  readonly replies: Replies
  /** The data folder: WAYBILL_DATA of whoever asks. */
  readonly data = mkdtempSync(join(tmpdir(), 'waybill-cmdlets-'))
  readonly #server: http.Server
  readonly #onPort: boolean

  constructor(replies: Replies, onPort = false) {
    this.replies = replies
    this.#onPort = onPort
    this.#server = http.createServer((request, response) => {
      this.#answer(request, response).catch((thrown: unknown) => {
        response.writeHead(500).end(String(thrown))
      })
    })
  }

  async listen(): Promise<this> {
    mkdirSync(join(this.data, 'run'))
    await new Promise<void>((resolve) => {
      if (this.#onPort) this.#server.listen(0, '127.0.0.1', resolve)
      else this.#server.listen(join(this.data, 'run', 'api.sock'), resolve)
    })
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Of one route; in the order they came. */
  of(name: RouteName): Asked[] {
    return this.asked.filter((one) => one.name === name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    rmSync(this.data, { recursive: true, force: true })
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stub')
    const found = matching(request.method ?? '', url.pathname)
    assert.ok(found, `no route for ${request.method} ${url.pathname}`)
    const { name, params } = found
    const route: Route = ROUTES[name]
    const said = await text(request)
    const query = Object.fromEntries(url.searchParams)
    const body: unknown = said === '' || route.bodyType === 'csv' ? said || undefined : JSON.parse(said)
    assert.equal(
      request.headers['content-type'],
      said === '' ? undefined : route.bodyType === 'csv' ? 'text/csv' : 'application/json',
    )
    check(route.query, query)
    if (route.bodyType === 'json') check(route.body, body)
    const asked = { name, params, query, body, authorization: request.headers.authorization }
    this.asked.push(asked)
    const reply = this.replies[name]
    const answer = reply ? await reply(asked) : problem(500, 'STUB', `the stub has no answer for ${name}`)
    if (isProblem(answer)) {
      response.writeHead(answer.problem.status, { 'content-type': 'application/problem+json' })
      response.end(JSON.stringify(answer.problem))
      return
    }
    response.writeHead(route.status, { 'content-type': route.answerType === 'csv' ? 'text/csv' : 'application/json' })
    response.end(typeof answer === 'string' ? answer : answer === undefined ? '' : JSON.stringify(answer))
  }
}

const isProblem = (answer: unknown): answer is ReturnType<typeof problem> =>
  typeof answer === 'object' && answer !== null && 'problem' in answer

function check(schema: z.ZodType, value: unknown): void {
  const { error } = schema.safeParse(value)
  assert.equal(error?.message, undefined, `not what the contract wants: ${JSON.stringify(value)}`)
}

function matching(method: string, path: string): { name: RouteName; params: Record<string, string> } | null {
  for (const [name, route] of Object.entries(ROUTES)) {
    const pattern = route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')
    const match = route.method === method ? new RegExp(`^/api/v1${pattern}$`).exec(path) : null
    if (!match) continue
    const params = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
    )
    return { name: name as RouteName, params }
  }
  return null
}

export const page = (items: readonly unknown[], nextCursor: string | null = null, total = items.length) => ({
  items,
  nextCursor,
  total,
})
