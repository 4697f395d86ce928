/**
 * Whether a request comes from a page of ours. SameSite=Strict keeps the cookie from foreign sites; a page on another port
 * of this host, or on a sister domain, is of the same site.
 */
import type { IncomingMessage } from 'node:http'
import { requestFault } from './request-fault.ts'

const READS = new Set(['GET', 'HEAD'])

export interface OwnPages {
  readonly secure: boolean
  /** Where people reach the service, when that is not what it is called by (a proxy that changes Host). */
  readonly publicUrl: string | null
}

/**
 * Throws ORIGIN_REFUSED. Sec-Fetch-Site (W3C Fetch Metadata) is set by the browser alone and decides; browsers that have
 * none send Origin (RFC 6454 §7). What has neither is no browser: it may go on without a cookie, and with none of ours.
 */
export function checkOwnPage(request: IncomingMessage, pages: OwnPages, byCookie: boolean): void {
  if (READS.has(request.method ?? '')) return
  const { 'sec-fetch-site': site, origin, host } = request.headers
  if (site !== undefined ? site === 'same-origin' : origin !== undefined ? isOwn(origin, host, pages) : !byCookie)
    return
  throw requestFault(
    'ORIGIN_REFUSED',
    'the request does not come from a page of this service',
    'Use the page of the service itself; programs use a token instead of a cookie.',
  )
}

function isOwn(origin: string, host: string | undefined, { secure, publicUrl }: OwnPages): boolean {
  if (publicUrl !== null && origin === URL.parse(publicUrl)?.origin) return true
  return host !== undefined && origin === `${secure ? 'https' : 'http'}://${host.toLowerCase()}`
}
