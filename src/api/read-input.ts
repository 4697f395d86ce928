/** What a use case is called with: path, query and body, parsed by the contract's schemas. */
import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { Fault } from '#base/fault.ts'
import type { Route } from '#contract/routes/route.ts'
import type { ApiLimits } from './api-limits.ts'
import { nulFault } from './nul-check.ts'
import { checkBody, readBody, readJson, type BodyBounds, type Reading } from './read-body.ts'
import { requestFault, ValueFault } from './request-fault.ts'
import { strictSchema } from './strict-schema.ts'
import { valueFault, wording } from './value-errors.ts'

const CSV_TYPES = ['text/csv', 'text/plain', 'application/octet-stream']

export interface Input {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/** Throws a Fault that names what is wrong; nothing of the body is read while the path or the query is. */
export type ReadInput = (request: IncomingMessage, params: unknown, reading: Reading) => Promise<Input>

/** Prepares the schemas of a route once. */
export function readInput(route: Route, limits: ApiLimits): ReadInput {
  const [query, body] = [strictSchema(route.query), strictSchema(route.body)]
  const bodiless = route.body.def.type === 'undefined'
  const [bytes, ms] =
    route.scope === 'public' ? [limits.publicBytes, limits.publicMs] : [limits.jsonBytes, limits.requestMs]
  const json: BodyBounds = { bytes, ms, tooLarge: () => bodyTooLarge(bytes) }
  const csv: BodyBounds = { bytes: limits.csvBytes, ms: limits.csvMs, tooLarge: () => csvTooLarge(limits.csvBytes) }

  return async (request, params, reading) => {
    const asked = queryOf(request, route)
    for (const [field, value] of Object.entries({ ...(params as Record<string, string>), ...asked })) {
      if (value.includes('\0')) throw nulFault(field)
    }
    const parsed = { params: parse(route.params, params, 'the path'), query: parse(query, asked, 'the query') }
    if (route.bodyType === 'csv') {
      checkBody(request, CSV_TYPES, csv)
      return { ...parsed, body: readBody(request, csv, reading) }
    }
    // Nothing sent is nothing chosen: what is compulsory is then named as missing.
    const given = parse(body, (await readJson(request, json, reading)) ?? {}, 'the body')
    return { ...parsed, body: bodiless ? undefined : given }
  }
}

function parse(schema: z.ZodType, value: unknown, whole: string): unknown {
  const result = schema.safeParse(value, { error: wording })
  if (result.success) return result.data
  throw valueFault(result.error.issues, whole)
}

function queryOf({ url = '', headers }: IncomingMessage, route: Route): Record<string, string> {
  const mark = url.indexOf('?')
  const given = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  const query = Object.create(null) as Record<string, string>
  for (const [field, value] of given) {
    if (Object.hasOwn(query, field))
      throw new ValueFault(`${field} is given twice`, [{ field, message: 'is given twice' }])
    query[field] = value
  }
  // What a browser asks for when its stream broke is newer than what the page was opened with.
  const last = headers['last-event-id']
  if (route.answerType === 'events' && typeof last === 'string' && last !== '') query['after'] = last
  return query
}

const bodyTooLarge = (bytes: number): Fault =>
  requestFault('BODY_TOO_LARGE', `the body is larger than ${inUnits(bytes)}`, 'Send less of it at once.')

const csvTooLarge = (bytes: number): Fault =>
  requestFault('CSV_TOO_LARGE', `the CSV file is larger than ${inUnits(bytes)}`, 'Split it into several files.')

const inUnits = (bytes: number) => {
  if (bytes >= 1_048_576) return `${bytes / 1_048_576} MB`
  return bytes >= 16_384 ? `${bytes / 1_024} KB` : `${bytes} bytes`
}
