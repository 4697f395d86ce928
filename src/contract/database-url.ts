/**
 * The URL of a PostgreSQL in its parts, and as people may see it. A password that is written without percent-encoding makes
 * parsers disagree about where it ends: what can be read in two ways is no URL here, and nothing of it is shown.
 */

export interface DatabaseUrl {
  /** `postgresql://` */
  readonly scheme: string
  /** As written; null: none. */
  readonly user: string | null
  readonly password: string | null
  /** Host and port as written, then path and query. */
  readonly rest: string
  readonly url: URL
}

/** Null: it is none that can be read in one way only. */
export function readDatabaseUrl(text: string): DatabaseUrl | null {
  const match = /^(postgres(?:ql)?:\/\/)([^/?#]*)([^#@]*)$/i.exec(text)
  if (!match) return null
  const [, scheme = '', authority = '', tail = ''] = match
  // `user@/database?host=/socket` is PostgreSQL's own form, and to a URL parser a log-in without a host.
  const isHostless = authority.endsWith('@') && tail.startsWith('/')
  const url = URL.parse(`${scheme}${authority}${isHostless ? 'localhost' : ''}${tail}`)
  if (url === null) return null
  const at = authority.lastIndexOf('@')
  const login = authority.slice(0, Math.max(at, 0))
  const user = login.split(/[:@]/, 1)[0] ?? ''
  const password = user === login ? null : login.slice(user.length + 1)
  return { scheme, user: at < 0 ? null : user, password, rest: authority.slice(at + 1) + tail, url }
}

const SECRET = /(?:pass|secret|key|token)[^=]*=/i
/** Names of files, of libpq: hidden as all of their kind, but no secrets that a file of settings would give away. */
const FILES = /^(?:sslkey|passfile)=/i

/** With passwords as `***`; only that when it is no URL of PostgreSQL. */
export function withoutPassword(text: string): string {
  const read = readDatabaseUrl(text)
  if (read === null) return '***'
  const { scheme, user, password, rest } = read
  const [address = '', ...query] = rest.split('?')
  const parameters = query.join('?').split('&').map(withoutSecret).join('&')
  const login = user === null ? '' : `${user}${password === null ? '' : ':***'}@`
  return `${scheme}${login}${address}${query.length === 0 ? '' : `?${parameters}`}`
}

/** Whether who reads it could learn a password. Of what is no URL nobody can tell, so yes. */
export function holdsPassword(text: string): boolean {
  const read = readDatabaseUrl(text)
  if (read === null || read.password !== null) return true
  const [, ...query] = read.rest.split('?')
  return query
    .join('?')
    .split('&')
    .some((one) => !FILES.test(one) && withoutSecret(one) !== one)
}

/** `name=value`; a value may have such pairs in it (`options=-c …`), and both may be percent-encoded. */
function withoutSecret(parameter: string): string {
  const [decoded] = new URLSearchParams(parameter)
  if (decoded === undefined || !SECRET.test(decoded.join('='))) return parameter
  return `${parameter.split('=', 1)[0]}=***`
}
