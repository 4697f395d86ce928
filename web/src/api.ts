/** Asks the service by its contract. The session is a cookie, which no script sees. */
import { routes } from 'virtual:routes'
import type { Answer, Ask } from '#contract/calls.ts'
import type { Problem } from '#contract/organization.ts'
import type { ROUTES, RouteName } from '#contract/routes/all.ts'

type RouteOf<Name extends RouteName> = (typeof ROUTES)[Name]
/** A file is sent as it is. */
export type Asked<Name extends RouteName> = Omit<Ask<RouteOf<Name>>, 'body'> & {
  readonly body?: RouteOf<Name>['bodyType'] extends 'csv' ? Blob : Ask<RouteOf<Name>>['body']
  readonly signal?: AbortSignal
  /** The tag of what was seen: whoever has changed it meanwhile is not undone, the answer is PRECONDITION_FAILED. */
  readonly ifMatch?: string
  /** The same one asks for the same thing once, however often it is sent. */
  readonly idempotencyKey?: string
}

/** An object as it was seen, with the tag that a change of it names. */
export interface Tagged<Value> {
  readonly value: Value
  readonly etag: string
}

/** What the service refused, in its own words; or that it could not be reached. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly remedy: string | null
  readonly fields: NonNullable<Problem['errors']>

  constructor(
    status: number,
    { code, detail, remedy, errors = [] }: Pick<Problem, 'code' | 'detail' | 'remedy' | 'errors'>,
  ) {
    super(detail)
    this.status = status
    this.code = code
    this.remedy = remedy
    this.fields = errors
  }
}

export const urlOf = (name: RouteName, params: Readonly<Record<string, string>> = {}): string =>
  `/api/v1${routes[name][1].replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ''))}`

/** @throws Refusal */
export const ask = async <Name extends RouteName>(
  name: Name,
  asked: Asked<Name> = {},
): Promise<Answer<RouteOf<Name>>> => (await askTagged(name, asked)).value

/**
 * For what will be changed: what a form shows and the tag that it sends are of one answer.
 * @throws Refusal
 */
export async function askTagged<Name extends RouteName>(
  name: Name,
  { params, query, body, signal, ifMatch, idempotencyKey }: Asked<Name> = {},
): Promise<Tagged<Answer<RouteOf<Name>>>> {
  const [method, , takesKey] = routes[name]
  const given = Object.entries((query ?? {}) as Readonly<Record<string, unknown>>).filter(([, value]) => value != null)
  const search = new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)])).toString()
  const isFile = body instanceof Blob
  const response = await send(`${urlOf(name, params)}${search && `?${search}`}`, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': isFile ? 'text/csv' : 'application/json' }),
      ...(takesKey && { 'idempotency-key': idempotencyKey ?? crypto.randomUUID() }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    },
    ...(body !== undefined && { body: isFile ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const text = await response.text()
  if (!response.ok) throw refusalOf(response.status, response.statusText, text)
  const value = (text === '' ? undefined : JSON.parse(text)) as Answer<RouteOf<Name>>
  // `*`: where a proxy has taken the tag away, a change is made all the same.
  return { value, etag: response.headers.get('etag') ?? '*' }
}

/**
 * A file, under the name that the service gives it.
 * @throws Refusal
 */
export async function askFile(
  name: RouteName,
  params: Readonly<Record<string, string>>,
): Promise<{ readonly file: Blob; readonly fileName: string }> {
  const response = await send(urlOf(name, params), {})
  if (!response.ok) throw refusalOf(response.status, response.statusText, await response.text())
  const [, encoded = name] = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '') ?? []
  return { file: await response.blob(), fileName: decodeURIComponent(encoded) }
}

/** What was asked about has been removed, or never was. */
export const isNotThere = (thrown: unknown): thrown is Refusal =>
  thrown instanceof Refusal && thrown.code === 'OBJECT_NOT_FOUND'

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (thrown) {
    if (init.signal?.aborted) throw thrown
    throw notReached()
  }
}

export const notReached = () => new Refusal(0, { code: 'SERVER_NOT_REACHED', detail: '', remedy: null })

export function refusalOf(status: number, statusText: string, text: string): Refusal {
  try {
    return new Refusal(status, JSON.parse(text) as Problem)
  } catch {
    // A proxy's own page.
    return new Refusal(status, { detail: `${status} ${statusText}`, code: 'ANSWER_UNKNOWN', remedy: null })
  }
}
