/** The only place that knows HTTP statuses: whatever was thrown, as a problem document (RFC 9457). */
import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { Fault } from '#base/fault.ts'
import { safeText } from '#base/safe-text.ts'
import { sentence } from '#base/sentence.ts'
import { type Principal, mayCall } from '#contract/calls.ts'
import type { Problem } from '#contract/organization.ts'
import { FieldFault } from './request-fault.ts'

export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly problem: Problem
  /** Stands in the answer and, with the stack, in the log; null where the caller alone is at fault. */
  readonly logId: string | null
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** Every other fault of the request is 422. */
export const STATUS_OF: Readonly<Record<string, number>> = {
  REQUEST_MALFORMED: 400,
  BODY_NOT_JSON: 400,
  IDEMPOTENCY_KEY_INVALID: 400,
  AUTH_REQUIRED: 401,
  SIGN_IN_REFUSED: 401,
  OPENID_SIGN_IN_LOST: 401,
  OPENID_REFUSED: 401,
  FORBIDDEN: 403,
  ORIGIN_REFUSED: 403,
  PASSWORD_MUST_BE_CHANGED: 403,
  OPENID_ROLE_MISSING: 403,
  OBJECT_NOT_FOUND: 404,
  ROUTE_UNKNOWN: 404,
  OPENID_NOT_SET_UP: 404,
  METHOD_UNKNOWN: 405,
  REQUEST_TOO_SLOW: 408,
  STATE_FORBIDS: 409,
  NAME_TAKEN: 409,
  LIMIT_REACHED: 409,
  OBJECT_IN_USE: 409,
  OBJECT_AMBIGUOUS: 409,
  IDEMPOTENCY_KEY_IN_USE: 409,
  WAYBILL_ELSEWHERE: 409,
  WAYBILL_CHANGED: 409,
  PRECONDITION_FAILED: 412,
  CSV_TOO_LARGE: 413,
  BODY_TOO_LARGE: 413,
  CONTENT_TYPE_UNKNOWN: 415,
  HOST_REFUSED: 421,
  VALUE_INVALID: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  TOO_MANY_REQUESTS: 429,
  RATE_LIMITED: 429,
  HEADERS_TOO_LARGE: 431,
  OPENID_PROVIDER_WRONG: 502,
  OPENID_PROVIDER_AWAY: 503,
  SERVICE_BUSY: 503,
  SHUTTING_DOWN: 503,
}

/** Nothing that the log has to tell of. */
const IN_PASSING: ReadonlySet<string> = new Set(['SHUTTING_DOWN', 'SERVICE_BUSY'])

/** Seconds, where nobody said how long to wait. */
const RETRY_AFTER = 5

/** @param principal to whom it is told; null: nobody was let in */
export function toProblem(thrown: unknown, principal: Principal | null): Told {
  if (!(thrown instanceof Fault) || thrown.scope === 'bug') return bugProblem()
  const status = statusOf(thrown)
  const headers = headersOf(thrown, status)
  if (thrown.scope === 'instance' && !(principal && mayCall(principal, { scope: 'organization' })))
    return ownProblem(thrown, status, headers)
  const logId = status >= 500 && !IN_PASSING.has(thrown.code) ? randomUUID() : null
  const errors = errorsOf(thrown)
  const problem: Problem = {
    type: `urn:waybill:error:${thrown.code}`,
    title: title(thrown.code),
    status,
    // A sentence that begins with the name of a field keeps its letters.
    detail: safeText(errors === null ? sentence(thrown.message) : thrown.message.replace(/\.?$/, '.')),
    code: thrown.code,
    remedy: thrown.remedy === null ? null : safeText(sentence(thrown.remedy)),
    ...(errors !== null && { errors }),
  }
  return { status, headers, problem, logId }
}

/** Of the request itself, or of the one value that a use case could not take (base/request-faults.ts). */
function errorsOf(fault: Fault): Problem['errors'] | null {
  if (fault instanceof FieldFault) return [...fault.errors]
  const { field, why } = fault.facts
  return typeof field === 'string' && typeof why === 'string'
    ? [{ field: safeText(field), message: safeText(why) }]
    : null
}

function statusOf({ code, scope, transient }: Fault): number {
  const known = STATUS_OF[code]
  if (known !== undefined) return known
  if (scope === 'instance') return transient ? 503 : 500
  return 422
}

function headersOf(fault: Fault, status: number): Record<string, string> {
  const headers: Record<string, string> = {}
  // RFC 6750 §3: what was wrong with the token, and what it would take.
  if (status === 401) headers['www-authenticate'] = 'Bearer realm="waybill"'
  if (status === 403 && typeof fault.facts['needs'] === 'string') {
    headers['www-authenticate'] = `Bearer realm="waybill", error="insufficient_scope", scope="${fault.facts['needs']}"`
  }
  if (status === 412 && typeof fault.facts['etag'] === 'string') headers['etag'] = fault.facts['etag']
  if (status === 405 && typeof fault.facts['allow'] === 'string') headers['allow'] = fault.facts['allow']
  if (status === 429 || status === 503 || fault.code === 'IDEMPOTENCY_KEY_IN_USE') {
    headers['retry-after'] = String(fault.waitMs === null ? RETRY_AFTER : Math.max(1, Math.ceil(fault.waitMs / 1000)))
  }
  // What was not read stands in the way of the next request.
  if (status === 408 || fault.code === 'SHUTTING_DOWN') headers['connection'] = 'close'
  return headers
}

/** Addresses, roles and paths of this machine are for those who run it; all others learn what they can do. */
function ownProblem({ code, transient }: Fault, status: number, headers: Told['headers']): Told {
  const logId = randomUUID()
  const problem: Problem = {
    type: `urn:waybill:error:${code}`,
    title: title(code),
    status,
    detail: `The service cannot do this; its log has why as ${logId}.`,
    code,
    remedy: transient ? 'Try again in a moment.' : 'Tell this whoever runs the service.',
  }
  return { status, headers, problem, logId }
}

/** Nothing of what happened inside leaves the service but the id under which the log has it. */
function bugProblem(): Told {
  const logId = randomUUID()
  const problem: Problem = {
    type: 'urn:waybill:error:BUG',
    title: STATUS_CODES[500]!,
    status: 500,
    detail: `Something went wrong inside; the log of the service has it as ${logId}.`,
    code: 'BUG',
    remedy: 'Report this with the log of the service.',
  }
  return { status: 500, headers: {}, problem, logId }
}

/** `OBJECT_NOT_FOUND`: "Object not found"; the same for each problem of its type. */
function title(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
