/**
 * How openid-client reaches the provider: the same rules as for mail servers (architecture.md §6.4). A name is looked up
 * once, the connection goes to the address that was checked, and an answer is bounded.
 */
import type { IncomingMessage } from 'node:http'
import type { CustomFetch } from 'openid-client'
import { Fault } from '#base/fault.ts'
import { type OutgoingRules, Peer, checkedAddresses, isLoopbackAddress } from '#mailbox/imap/reach.ts'
import { checkedRequest, hostOf, portOf } from '../checked-request.ts'

export const DEADLINE_MS = 10_000
/** Metadata and keys of large providers have some ten kB. */
const MOST_BYTES = 1_048_576

export function guardedFetch(outgoing: OutgoingRules): CustomFetch {
  return async (text, { method, headers, body, signal }) => {
    const url = new URL(text)
    const peer = new Peer({ host: hostOf(url), port: portOf(url), username: '', secrets: [] })
    const found = await checkedAddresses(peer, outgoing, DEADLINE_MS)
    const address = found[0]!
    // The whole of a provider is checked here, not the issuer alone: its metadata name further addresses.
    if (url.protocol !== 'https:' && !isLoopbackAddress(address)) throw plainRefused(url)
    const answer = await checkedRequest(url, address, {
      method,
      headers,
      body: body === undefined || body === null ? null : String(body as URLSearchParams | string),
      signal: signal ?? AbortSignal.timeout(DEADLINE_MS),
    })
    const status = answer.statusCode ?? 0
    const type = answer.headers['content-type']
    const whole = await bounded(answer)
    const isEmpty = status === 204 || status === 304 || status < 200
    return new Response(isEmpty ? null : whole, {
      status: status < 200 ? 500 : status,
      headers: type === undefined ? {} : { 'content-type': type },
    })
  }
}

async function bounded(answer: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      parts.push(part)
      bytes += part.length
      if (bytes > MOST_BYTES) throw new Error(`it answered more than ${MOST_BYTES / 1_048_576} MB`)
    }
  } catch (thrown) {
    // As while it was being asked.
    throw thrown instanceof Error && thrown.name === 'AbortError' ? new DOMException('', 'TimeoutError') : thrown
  }
  return Buffer.concat(parts)
}

const plainRefused = ({ origin }: URL): Fault =>
  new Fault({
    code: 'OPENID_PROVIDER_WRONG',
    scope: 'endpoint',
    transient: false,
    message: `The provider of OpenID Connect is at ${origin}, where nothing is encrypted.`,
    remedy: 'Use an issuer that is reached by https.',
  })
