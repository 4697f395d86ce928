/**
 * How openid-client reaches the provider: the same rules as for mail servers (architecture.md §6.4). A name is looked up
 * once, the connection goes to the address that was checked, redirects are not followed, and an answer is bounded.
 */
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { isIP } from 'node:net'
import type { CustomFetch } from 'openid-client'
import { Fault } from '#base/fault.ts'
import { version } from '#base/version.ts'
import { type OutgoingRules, Peer, checkedAddresses, isLoopbackAddress } from '#mailbox/imap/reach.ts'

export const DEADLINE_MS = 10_000
/** Metadata and keys of large providers have some ten kB. */
const MOST_BYTES = 1_048_576

export function guardedFetch(outgoing: OutgoingRules): CustomFetch {
  return async (text, { method, headers, body, signal }) => {
    const url = new URL(text)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const isTls = url.protocol === 'https:'
    const peer = new Peer({ host, port: Number(url.port) || (isTls ? 443 : 80), username: '', secrets: [] })
    const found = await checkedAddresses(peer, outgoing, DEADLINE_MS)
    const address = found[0]!
    // The whole of a provider is checked here, not the issuer alone: its metadata name further addresses.
    if (!isTls && !isLoopbackAddress(address)) throw plainRefused(url)
    const family = isIP(address)
    const payload = body === undefined || body === null ? null : Buffer.from(String(body as URLSearchParams | string))
    return await new Promise<Response>((resolve, reject) => {
      const sent = (isTls ? requestTls : requestPlain)(
        url,
        {
          method,
          agent: false,
          signal: signal ?? AbortSignal.timeout(DEADLINE_MS),
          lookup: (_, { all }, done) => (all ? done(null, [{ address, family }]) : done(null, address, family)),
          minVersion: 'TLSv1.2',
          headers: {
            ...headers,
            'user-agent': `Waybill/${version}`,
            ...(payload === null ? {} : { 'content-length': payload.length }),
          },
        },
        (response) => {
          const parts: Buffer[] = []
          let bytes = 0
          response.on('error', reject)
          response.on('data', (part: Buffer) => {
            parts.push(part)
            bytes += part.length
            if (bytes > MOST_BYTES) response.destroy(new Error(`it answered more than ${MOST_BYTES / 1_048_576} MB`))
          })
          response.on('end', () => {
            const status = response.statusCode ?? 0
            const type = response.headers['content-type']
            const isEmpty = status === 204 || status === 304 || status < 200
            resolve(
              new Response(isEmpty ? null : Buffer.concat(parts), {
                status: status < 200 ? 500 : status,
                headers: type === undefined ? {} : { 'content-type': type },
              }),
            )
          })
        },
      )
      // An aborted request tells the abort, and not its reason.
      sent.on('error', (error) => reject(error.name === 'AbortError' ? new DOMException('', 'TimeoutError') : error))
      sent.end(payload ?? undefined)
    })
  }
}

const plainRefused = ({ origin }: URL): Fault =>
  new Fault({
    code: 'OPENID_PROVIDER_WRONG',
    scope: 'endpoint',
    transient: false,
    message: `The provider of OpenID Connect is at ${origin}, where nothing is encrypted.`,
    remedy: 'Use an issuer that is reached by https.',
  })
