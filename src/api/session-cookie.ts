/** The cookie of a session (architecture.md §6.3; RFC 6265bis §4.1.3.2 for the prefix `__Host-`). */
import type { IncomingMessage } from 'node:http'

export interface SessionCookie {
  readonly name: string
  /** Null when there is none, or what is there is no id. */
  read(request: IncomingMessage): string | null
  /** Values of Set-Cookie. Without a lifetime: it ends with the browser, and the session when the service says so. */
  set(id: string): string
  clear(): string
}

/**
 * Of a browser that is on its way to the provider of OpenID Connect: Lax, for the way back is begun by the provider's page.
 * It lets nobody in.
 */
export const openIdCookie = (secure: boolean): SessionCookie =>
  cookieNamed(secure ? '__Host-waybill-openid' : 'waybill-openid', secure, 'SameSite=Lax; Max-Age=600')

/** @param secure the service is reached by TLS: then the cookie goes over nothing else, and no other host sets it */
export const sessionCookie = (secure: boolean): SessionCookie =>
  cookieNamed(secure ? '__Host-waybill' : 'waybill', secure, 'SameSite=Strict')

function cookieNamed(name: string, secure: boolean, bounds: string): SessionCookie {
  const attributes = `Path=/; HttpOnly; ${bounds}${secure ? '; Secure' : ''}`
  return {
    name,
    read({ headers }) {
      for (const pair of (headers.cookie ?? '').split(';')) {
        const [, key, value] = /^\s*([^=\s]+)=([\w-]{43})\s*$/.exec(pair) ?? []
        if (key === name) return value!
      }
      return null
    },
    set: (id) => `${name}=${id}; ${attributes}`,
    clear: () => `${name}=; Max-Age=0; ${attributes.replace(/; Max-Age=\d+/, '')}`,
  }
}
