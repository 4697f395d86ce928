/**
 * HTTP to where an administrator has said: a hook, a provider (architecture.md §6.4). A name was looked up once and its
 * address checked; the connection goes there, whatever the name server says now. Redirects are not followed: they would
 * lead past the rules of where we may connect.
 */
import { type IncomingMessage, type OutgoingHttpHeaders, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP } from 'node:net'
import { version } from '#base/version.ts'

/** Without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

export const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80)

export interface CheckedRequest {
  readonly method: string
  readonly headers: OutgoingHttpHeaders
  readonly body: string | Buffer | null
  readonly signal: AbortSignal
}

/** The answer, its body unread. Rejects with a TimeoutError when `signal` aborts. */
export function checkedRequest(
  url: URL,
  address: string,
  { method, headers, body, signal }: CheckedRequest,
): Promise<IncomingMessage> {
  const family = isIP(address)
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? requestTls : requestPlain)(
      url,
      {
        method,
        agent: false,
        signal,
        lookup: (_, { all }, found) => (all ? found(null, [{ address, family }]) : found(null, address, family)),
        minVersion: 'TLSv1.2',
        headers: {
          ...headers,
          'user-agent': `Waybill/${version}`,
          ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
      },
      resolve,
    )
    // An aborted request tells the abort, and not its reason.
    sent.on('error', (error) => reject(error.name === 'AbortError' ? new DOMException('', 'TimeoutError') : error))
    sent.end(body ?? undefined)
  })
}
