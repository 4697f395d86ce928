/** How a route is declared: once, here; server, client, OpenAPI document and cmdlets follow from it. */
import { z } from 'zod'
import type { Tag } from '../tags.ts'
import { SCOPES, type Scope } from '../organization.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
/** `csv` is a stream, its limit enforced while it is read. */
export type BodyType = 'json' | 'csv'
/**
 * Who may call it: the least scope; or `public` anybody, `signed-in` whoever has any way in, `session` who signed in with
 * a browser, `local` the local administrator alone. The local administrator has every scope.
 */
export type Access = Scope | 'public' | 'signed-in' | 'session' | 'local'
/** `text`: a file of its own name. `page`: for a browser that follows a link; it is sent on, and what goes wrong is shown as a page, too. */
export type AnswerType = 'json' | 'csv' | 'text' | 'eml' | 'events' | 'page'

export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
  In extends BodyType = BodyType,
  Out extends AnswerType = AnswerType,
> {
  readonly method: Method
  /** Below /api/v1, with `:name` for parameters. */
  readonly path: string
  /** operationId of the OpenAPI document. */
  readonly name: string
  readonly summary: string
  readonly scope: Access
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly answer: Answer
  readonly status: 200 | 201 | 202 | 204 | 302
  readonly bodyType: In
  readonly answerType: Out
  /** GET answers it as ETag, PATCH and DELETE take it as If-Match; null: there is none. */
  readonly tag: Tag | null
}

/**
 * Whether an Idempotency-Key counts: where something is created, and for commands, so that a late repetition of a Start
 * does not undo the Stop that came between.
 */
export function takesKey({ method, status, scope }: Pick<Route, 'method' | 'status' | 'scope'>): boolean {
  return method === 'POST' && (status === 201 || status === 202) && SCOPES.some((known) => known === scope)
}

const NoParams = z.object({})
const Nothing = z.undefined()

export function route<
  P extends z.ZodType = typeof NoParams,
  Q extends z.ZodType = typeof NoParams,
  B extends z.ZodType = typeof Nothing,
  A extends z.ZodType = typeof Nothing,
  In extends BodyType = 'json',
  Out extends AnswerType = 'json',
>(given: {
  method: Method
  path: string
  name: string
  summary: string
  scope: Access
  params?: P
  query?: Q
  body?: B
  answer?: A
  status?: 200 | 201 | 202 | 204 | 302
  bodyType?: In
  answerType?: Out
  tag?: Tag
}): Route<P, Q, B, A, In, Out> {
  // The defaults are the types' own defaults: a caller that names a type gives the value, too.
  const defaults = {
    params: NoParams,
    query: NoParams,
    body: Nothing,
    answer: Nothing,
    status: given.answer || given.answerType ? 200 : 204,
    bodyType: 'json',
    answerType: 'json',
    tag: null,
  }
  return { ...defaults, ...given } as unknown as Route<P, Q, B, A, In, Out>
}
