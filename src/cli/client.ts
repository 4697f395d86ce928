/** Asks the service by its contract, over the socket of the data folder or over HTTP with a token. */
import { randomUUID } from 'node:crypto'
import type { Answer, Ask } from '#contract/calls.ts'
import { takesKey, type Route } from '#contract/routes/route.ts'
import type { Page } from '#contract/values.ts'
import { bug } from '#base/fault.ts'
import { Courier, type Sent } from './courier.ts'
import { exchange } from './exchange.ts'
import type { Place } from './place.ts'

/** The type of what a list holds. */
export type ItemOf<R extends Route> = Answer<R> extends { items: readonly (infer T)[] } ? T : never

export interface Client {
  /** @throws Fault with the server's own code when it refuses; SERVER_NOT_RUNNING and the like when it is not there. */
  ask<R extends Route>(route: R, request?: Ask<R>): Promise<Answer<R>>
  /** Every item of a list, read in pages while they are wanted. */
  list<R extends Route>(route: R, request?: Ask<R>, pageSize?: number): AsyncGenerator<ItemOf<R>, void, undefined>
  close(): void
}

export function openClient(place: Place, tell: (line: string) => void = () => {}): Client {
  const courier = new Courier(place)

  async function ask<R extends Route>(route: R, request: Ask<R> = {}): Promise<Answer<R>> {
    const sent = sentFor(route, request)
    tell(`${sent.method} ${sent.path}`)
    const { body, text } = await exchange(courier, sent, tell)
    if (route.answerType === 'csv') return body.setEncoding('utf8') as unknown as Answer<R>
    if (route.answerType !== 'json') throw bug('CLIENT_ANSWER_TYPE', `${route.name} answers ${route.answerType}`)
    const said = await text()
    return (said === '' ? undefined : JSON.parse(said)) as Answer<R>
  }

  async function* list<R extends Route>(route: R, request: Ask<R> = {}, pageSize = 1000) {
    let cursor: string | null = null
    do {
      const query = {
        ...(request.query as object | undefined),
        limit: pageSize,
        ...(cursor === null ? {} : { cursor }),
      }
      const page = (await ask(route, { ...request, query } as Ask<R>)) as unknown as Page<ItemOf<R>>
      yield* page.items
      cursor = page.nextCursor
    } while (cursor !== null)
  }

  return { ask, list, close: () => courier.close() }
}

function sentFor<R extends Route>(route: R, { params, query, body }: Ask<R>): Sent {
  const given = (params ?? {}) as Readonly<Record<string, string>>
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(given[name] ?? ''))
  const search = new URLSearchParams(
    Object.entries((query ?? {}) as Record<string, unknown>)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]): [string, string] => [name, String(value as string | number | boolean)]),
  ).toString()
  const sent = {
    method: route.method,
    path: `/api/v1${path}${search === '' ? '' : `?${search}`}`,
    ...(takesKey(route) ? { key: randomUUID() } : {}),
  }
  if (body === undefined) return sent
  return route.bodyType === 'csv'
    ? { ...sent, body: body as Uint8Array | AsyncIterable<Uint8Array>, type: 'text/csv' }
    : { ...sent, body: Buffer.from(JSON.stringify(body)), type: 'application/json' }
}
