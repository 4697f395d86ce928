/** The OpenAPI 3.1 document of the service, out of the declared routes: nothing in it is written twice. */
import { z } from 'zod'
import * as administrator from '#contract/administrator.ts'
import * as audit from '#contract/audit.ts'
import * as batch from '#contract/batch.ts'
import * as database from '#contract/database.ts'
import * as endpoint from '#contract/endpoint.ts'
import * as openid from '#contract/openid.ts'
import * as organization from '#contract/organization.ts'
import { ROUTES } from '#contract/routes/all.ts'
import type { Route } from '#contract/routes/route.ts'
import * as user from '#contract/user.ts'
import * as values from '#contract/values.ts'
import {
  HEADERS,
  PARAMETERS,
  answerHeaders,
  canRefuse,
  conditionalStatuses,
  headerParameters,
  problemHeaders,
} from './openapi-headers.ts'
import { STATUS_OF } from './problem.ts'
import { strictSchema } from './strict-schema.ts'

type Json = Record<string, unknown>

/** Exported schemas keep their names; all others stand where they are used. */
const NAMES = new Map<unknown, string>(
  [values, endpoint, database, batch, user, organization, administrator, audit, openid]
    .flatMap((module) => Object.entries(module))
    .filter(([, value]) => value instanceof z.ZodType)
    .map(([name, schema]) => [schema, name]),
)

export function openApiDocument(version: string): Json {
  const schemas = new Map<string, Json>()
  schemas.set('Problem', toJson(organization.Problem, 'output', schemas))
  const paths: Record<string, Json> = {}
  for (const route of Object.values<Route>(ROUTES)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][route.method.toLowerCase()] = operation(route, schemas)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Waybill', version, description: 'Moves mailboxes, each message exactly once.' },
    servers: [{ url: '/api/v1' }],
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token of this service: wb_…' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-waybill',
          description: 'Of who signed in with a browser; called waybill where the service is not reached by TLS',
        },
      },
      parameters: PARAMETERS,
      headers: HEADERS,
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  }
}

function operation(route: Route, schemas: Map<string, Json>): Json {
  const body = requestBody(route, schemas)
  return {
    operationId: route.name,
    summary: route.summary,
    tags: [route.path.split('/')[1]],
    'x-scope': route.scope,
    ...SECURITY[route.scope],
    parameters: [
      ...parameters(route.params, 'path', schemas),
      ...parameters(strictSchema(route.query), 'query', schemas),
      ...headerParameters(route),
    ],
    ...(body && { requestBody: body }),
    responses: {
      [route.status]: { ...answer(route, schemas), ...answerHeaders(route) },
      ...conditionalStatuses(route).answers,
      ...problems(route, body !== null),
    },
  }
}

/** Where it is another than the document's. Of the socket OpenAPI has no word. */
const SECURITY: Readonly<Partial<Record<Route['scope'], Json>>> = {
  public: { security: [] },
  session: { security: [{ session: [] }] },
}

function parameters(schema: z.ZodType, where: 'path' | 'query', schemas: Map<string, Json>): Json[] {
  const { properties = {}, required = [] } = toJson(schema, 'input', schemas) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: required.includes(name),
    schema: property,
  }))
}

function requestBody(route: Route, schemas: Map<string, Json>): Json | null {
  if (route.bodyType === 'csv') return { required: true, content: { 'text/csv': { schema: { type: 'string' } } } }
  if (route.body.def.type === 'undefined') return null
  return { required: true, content: { 'application/json': { schema: inlineOrNamed(route.body, 'input', schemas) } } }
}

function answer(route: Route, schemas: Map<string, Json>): Json {
  const content = (type: string, schema: Json) => ({ description: route.summary, content: { [type]: { schema } } })
  switch (route.answerType) {
    case 'csv':
      return content('text/csv', { type: 'string' })
    case 'text':
      return content('text/plain', { type: 'string' })
    case 'eml':
      return content('message/rfc822', { type: 'string' })
    case 'events':
      return content('text/event-stream', { type: 'string', description: 'data: ServiceEvent as JSON' })
    case 'page':
      return route.status === 302
        ? { description: 'To the provider', headers: { location: { schema: { type: 'string' } } } }
        : content('text/html', { type: 'string', description: 'A page that goes on by itself' })
    case 'json':
    default:
      if (route.answer.def.type === 'undefined') return { description: 'Done' }
      return content('application/json', inlineOrNamed(route.answer, 'output', schemas))
  }
}

/** What each route may be refused with, by what it takes. */
function problems(route: Route, takesBody: boolean): Json {
  const statuses = new Set([401, 403, 421, 422, 429, 500, 503])
  const add = (...more: number[]) => more.forEach((status) => statuses.add(status))
  if (route.path.includes(':') || route.answerType === 'page') add(404)
  if (route.path.startsWith('/users/:')) add(409)
  if (route.method !== 'GET') add(400, 404, 409)
  if (takesBody) add(408, 413, 415)
  add(...conditionalStatuses(route).problems)
  const described = (status: number) =>
    Object.entries(STATUS_OF)
      .filter(([code, known]) => known === status && canRefuse(route, code))
      .map(([code]) => code)
      .join(', ')
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      {
        description: described(status) || 'See code',
        content: { 'application/problem+json': { schema: reference('Problem') } },
        ...problemHeaders(route, status),
      },
    ]),
  )
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })

function inlineOrNamed(schema: z.ZodType, io: 'input' | 'output', schemas: Map<string, Json>): Json {
  const name = NAMES.get(schema)
  const json = toJson(io === 'input' ? strictSchema(schema) : schema, io, schemas)
  if (name === undefined) return json
  schemas.set(name, json)
  return reference(name)
}

/** One schema as JSON; the named ones within it go to the components. */
function toJson(schema: z.ZodType, io: 'input' | 'output', schemas: Map<string, Json>): Json {
  const registry = z.registry<{ id?: string; description?: string }>()
  registry.get = ((inner: z.ZodType) => {
    const name = inner === schema ? undefined : NAMES.get(inner)
    return { ...z.globalRegistry.get(inner), ...(name !== undefined && { id: name }) }
  }) as typeof registry.get
  // Answers may get more fields with time; requests are refused with more.
  const override = ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
    if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
  }
  const {
    $schema: _,
    $defs = {},
    ...json
  } = z.toJSONSchema(schema, { io, metadata: registry, override }) as Json & { $defs?: Record<string, Json> }
  for (const [name, definition] of Object.entries($defs)) schemas.set(name, moved(definition))
  return moved(json)
}

/** zod collects in `$defs`, OpenAPI in its components. */
function moved(json: Json): Json {
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json
}
