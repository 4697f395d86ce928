/** TLS of our own (RFC 8446, RFC 5246): 1.2 or newer, and a certificate that can be renewed without a stop. */
import { createServer as createHttp, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createHttps, type Server as HttpsServer } from 'node:https'

/** PEM. */
export interface TlsMaterial {
  readonly certificate: string
  readonly key: string
}

const OLDEST = 'TLSv1.2'

const context = ({ certificate, key }: TlsMaterial) => ({ cert: certificate, key, minVersion: OLDEST }) as const

export function createServer(
  tls: TlsMaterial | null,
  options: ServerOptions & { readonly headersTimeout: number },
  handler: RequestListener,
): Server {
  if (tls === null) return createHttp(options, handler)
  return createHttps({ ...options, ...context(tls), handshakeTimeout: options.headersTimeout }, handler)
}

/** For connections that come from now on. Throws what OpenSSL does not take. */
export const renewTls = (server: Server, material: TlsMaterial): void =>
  (server as unknown as HttpsServer).setSecureContext(context(material))
