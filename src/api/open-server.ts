/** The HTTP server under Fastify, with the bounds that keep slow and huge requests from holding it. */
import { STATUS_CODES, type RequestListener, type Server } from 'node:http'
import { UNSENT_BYTES, type ApiLimits } from './api-limits.ts'
import { boundConnections } from './bound-connections.ts'
import type { Proxies } from './caller-address.ts'
import { connectionFault } from './framework-fault.ts'
import { PROBLEM_TYPE, toProblem } from './problem.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { createServer, type TlsMaterial } from './tls.ts'

export function openServer(
  handler: RequestListener,
  limits: ApiLimits,
  tls: TlsMaterial | null,
  proxies: Proxies,
): Server {
  const server = createServer(
    tls,
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      // The outer bound; that of JSON bodies is shorter and kept while reading.
      requestTimeout: Math.max(limits.csvMs, limits.requestMs) + limits.headersMs,
      connectionsCheckingInterval: Math.min(5_000, limits.headersMs),
      // Longer than proxies keep theirs: one that asks on a connection that we have just closed answers 502.
      keepAliveTimeout: 65_000,
      highWaterMark: UNSENT_BYTES,
      // A caller whose machine has gone sends no end of its event stream.
      keepAlive: true,
    },
    handler,
  )
  boundConnections(server, limits, proxies.isTrusted)
  // Who asks before sending its body is answered when the body is wanted (build-app.ts), not before it may come in.
  server.on('checkContinue', handler)
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const { status, problem } = toProblem(connectionFault(error), null)
    const body = JSON.stringify(problem)
    const headers = { ...SECURITY_HEADERS, 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(body) }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}connection: close\r\n\r\n${body}`)
  })
  return server
}
