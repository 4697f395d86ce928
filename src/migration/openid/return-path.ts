/** Where the browser goes after the sign-in: a page of this service, whatever the link said. */
import { badValue } from '#base/request-faults.ts'

/** @throws Fault VALUE_INVALID */
export function returnPath(asked: string | undefined, publicUrl: string): string {
  const base = new URL(publicUrl)
  if (asked === undefined) return `${base.pathname.replace(/\/$/, '')}/`
  // A second slash, or what browsers take for one, begins a host; a tab or line break within is left out by them.
  const isPath = /^\/(?![/\\])[\x21-\x7e]*$/.test(asked) && !asked.includes('\\')
  const url = isPath ? URL.parse(asked, base.origin) : null
  if (url?.origin !== base.origin || url.pathname.startsWith('//') || /^\/api(?:\/|$)/i.test(url.pathname))
    throw badValue('returnTo', 'is not a page of this service', 'Give a path such as /batches.')
  return url.pathname + url.search + url.hash
}
