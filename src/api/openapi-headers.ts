/** What the OpenAPI document says of header fields: which a request may bring, and which its answer has. */
import { takesKey, type Route } from '#contract/routes/route.ts'

type Json = Record<string, unknown>

/** Without an example: pages that try requests out would send it. */
const optional = (name: string, description: string): Json => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string' },
})

/** Named in the components, where every route refers to them. */
export const PARAMETERS: Readonly<Record<string, Json>> = {
  IdempotencyKey: optional(
    'Idempotency-Key',
    'A text in quotes, 1 to 255 characters, such as a new UUID: the same request with the same key is carried out once, and answered the same for 24 hours.',
  ),
  IfMatch: optional(
    'If-Match',
    'The ETag of the object as it was seen: changed since, it stays as it is, and the answer is 412.',
  ),
  IfNoneMatch: optional(
    'If-None-Match',
    'The ETag of the answer that the caller has: while it is the same, the answer is 304.',
  ),
}

const text = (description: string, example: string): Json => ({ description, schema: { type: 'string' }, example })

export const HEADERS: Readonly<Record<string, Json>> = {
  ETag: text('Changes with the settings of the object, not with its counters.', 'W/"k3jD9aQm1_Zc"'),
  'RateLimit-Policy': text('How many requests a minute may have.', '"requests";q=6000;w=60'),
  RateLimit: text('How many are left, and in how many seconds there are more.', '"requests";r=5999;t=1'),
  'Retry-After': { description: 'Seconds after which to ask again.', schema: { type: 'integer' } },
  'Idempotency-Replayed': {
    description: 'The answer is that of an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
}

const changes = ({ method, tag }: Route): boolean => tag !== null && (method === 'PATCH' || method === 'DELETE')
const tells = ({ method, tag }: Route): boolean => tag?.isWhole === true && method === 'GET'

export function headerParameters(route: Route): Json[] {
  const names = [
    ...(takesKey(route) ? ['IdempotencyKey'] : []),
    ...(changes(route) ? ['IfMatch'] : []),
    ...(tells(route) ? ['IfNoneMatch'] : []),
  ]
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }))
}

/** Of the answer that says yes. */
export function answerHeaders(route: Route): Json {
  const hasTag = route.tag !== null && route.answer.def.type !== 'undefined'
  return headers([
    ...(hasTag ? ['ETag'] : []),
    ...(takesKey(route) ? ['Idempotency-Replayed'] : []),
    ...(route.scope === 'public' ? [] : ['RateLimit-Policy', 'RateLimit']),
  ])
}

export function problemHeaders(route: Route, status: number): Json {
  if (status === 429 || status === 503 || (status === 409 && takesKey(route))) return headers(['Retry-After'])
  return status === 412 ? headers(['ETag']) : {}
}

function headers(names: readonly string[]): Json {
  if (names.length === 0) return {}
  return { headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])) }
}

/** Answers that only some header field brings about. */
export function conditionalStatuses(route: Route): { answers: Json; problems: number[] } {
  return {
    answers: tells(route) ? { 304: { description: 'As If-None-Match has it', ...headers(['ETag']) } } : {},
    problems: [
      ...(changes(route) ? [400, 412] : []),
      ...(tells(route) ? [400] : []),
      ...(takesKey(route) ? [400] : []),
    ],
  }
}

/** Whether a refusal can come of a route: those of keys and tags only where there are any. */
export function canRefuse(route: Route, code: string): boolean {
  if (code.startsWith('IDEMPOTENCY_')) return takesKey(route)
  return code === 'PRECONDITION_FAILED' ? changes(route) : true
}
