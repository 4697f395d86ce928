/** Reads what a caller sends: so much and for so long, and no more. */
import type { IncomingMessage } from 'node:http'
import { Fault } from '#base/fault.ts'
import { callerGone, contentTypeUnknown, tooSlow } from './framework-fault.ts'
import { refuseNul } from './nul-check.ts'
import { requestFault } from './request-fault.ts'

export interface BodyBounds {
  readonly bytes: number
  /** From the first byte to the last. */
  readonly ms: number
  tooLarge(): Fault
}

/** Told of bytes that are now in memory; throws where there are too many (body-shares.ts). */
export type Hold = (bytes: number) => void

export interface Reading {
  readonly want: Want
  readonly hold: Hold
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** Throws before a byte is read: for a content type or encoding that is not taken, and for a length over the bounds. */
export function checkBody(request: IncomingMessage, types: readonly string[], { bytes, tooLarge }: BodyBounds): void {
  const { headers } = request
  const type = headers['content-type']?.split(';')[0]!.trim().toLowerCase()
  if (type === undefined || !types.includes(type)) {
    const said = type === undefined ? 'the body has no Content-Type' : 'the Content-Type of the body is not taken here'
    throw contentTypeUnknown(said, types.join(' or '))
  }
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    throw contentTypeUnknown('the body is compressed', `${types[0]} without Content-Encoding`)
  }
  if (Number(headers['content-length'] ?? 0) > bytes) throw tooLarge()
}

/** RFC 9110 §10.1.1: a caller that expects "100 Continue" holds its body back until this is called. */
export type Want = () => void

/** What a chunk costs beside its bytes: a body that comes byte by byte is hundreds of times as large in memory. */
const CHUNK_COST = 256

/**
 * The body, chunk by chunk, as fast as it is asked for. Throws `tooLarge` with the chunk that is too much,
 * REQUEST_TOO_SLOW, what `hold` throws, and REQUEST_MALFORMED when the caller goes in the middle.
 */
export async function* readBody(
  request: IncomingMessage,
  { bytes, ms, tooLarge }: BodyBounds,
  { want, hold }: Reading,
  chunkCost = CHUNK_COST,
): AsyncGenerator<Uint8Array> {
  want()
  // Left early (a bad row in the middle), the connection still has to carry the answer.
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>
  const late = Promise.withResolvers<never>()
  late.promise.catch(() => undefined)
  const timer = setTimeout(() => late.reject(tooSlow()), ms)
  let read = 0
  let waiting = true
  try {
    for (;;) {
      const step = await Promise.race([chunks.next(), late.promise])
      if (step.done === true) return
      read += step.value.length
      if (read > bytes) throw tooLarge()
      hold(step.value.length + chunkCost)
      waiting = false
      yield step.value
      waiting = true
    }
  } catch (thrown) {
    waiting = !(thrown instanceof Fault && thrown.code !== 'REQUEST_TOO_SLOW')
    if (thrown instanceof Fault || !request.destroyed) throw thrown
    throw callerGone()
  } finally {
    clearTimeout(timer)
    // After a stall the iterator waits for a chunk that may never come, and its end with it.
    if (!waiting) await chunks.return?.()
  }
}

/** Undefined when there is none. */
export async function readJson(request: IncomingMessage, bounds: BodyBounds, reading: Reading): Promise<unknown> {
  if (!hasBody(request)) return undefined
  checkBody(request, ['application/json'], bounds)
  const bytes = await gathered(readBody(request, bounds, reading, 0))
  if (bytes.length === 0) return undefined
  const { text, value } = parsed(bytes)
  // Only so can JSON say it (RFC 8259 §7).
  if (text.includes('\\u0000')) refuseNul(value)
  return value
}

function parsed(bytes: Uint8Array): { readonly text: string; readonly value: unknown } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { text, value: JSON.parse(text) as unknown }
  } catch {
    // The parser's own words repeat what was sent, which may be a password.
    throw requestFault('BODY_NOT_JSON', 'the body is not JSON in UTF-8', 'Correct its quotes, commas and encoding.')
  }
}

/** In one piece from the first chunk on, so that small chunks cost no more than large ones. */
async function gathered(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let bytes = new Uint8Array(0)
  let length = 0
  for await (const chunk of chunks) {
    if (length + chunk.length > bytes.length) {
      const larger = new Uint8Array(Math.max(2 * bytes.length, length + chunk.length))
      larger.set(bytes.subarray(0, length))
      bytes = larger
    }
    bytes.set(chunk, length)
    length += chunk.length
  }
  return bytes.subarray(0, length)
}
