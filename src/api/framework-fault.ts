/** What Fastify and Node themselves refuse, as Faults. */
import { Fault } from '#base/fault.ts'
import { requestFault } from './request-fault.ts'

/** Only errors that fastify marked as the caller's are; all else stays what it was. */
export function frameworkFault(thrown: unknown): unknown {
  if (thrown instanceof Fault || !(thrown instanceof Error)) return thrown
  const { code, statusCode } = thrown as Error & { code?: unknown; statusCode?: unknown }
  if (typeof code !== 'string' || !code.startsWith('FST_') || typeof statusCode !== 'number') return thrown
  if (statusCode === 415) return contentTypeUnknown('the Content-Type means nothing', 'application/json')
  return statusCode < 500 ? malformed('the request is malformed') : thrown
}

/** Of a connection on which no request could be read (`clientError` of node:http). */
export function connectionFault(error: Error & { code?: string }): Fault {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return tooSlow()
  return /^HPE_HEADER_OVERFLOW$/.test(error.code ?? '')
    ? requestFault('HEADERS_TOO_LARGE', 'the headers of the request are too large', 'Send at most 16 KB of them.')
    : malformed('this is no HTTP request')
}

export const malformed = (message: string): Fault =>
  requestFault('REQUEST_MALFORMED', message, 'Correct it; /api/v1/openapi.json says what the service takes.')

export const callerGone = (): Fault => malformed('the caller went before all was there')

export const tooSlow = (message = 'the request took too long to arrive'): Fault =>
  requestFault('REQUEST_TOO_SLOW', message, 'Try again over a faster line.')

export const contentTypeUnknown = (message: string, wanted: string): Fault =>
  requestFault('CONTENT_TYPE_UNKNOWN', message, `Send it as ${wanted}.`)
