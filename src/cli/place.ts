/** Which Waybill is spoken to: --server, else `waybill connect`'s, else the one of the data folder on this machine. */
import { Fault } from '#base/fault.ts'
import { readConnection } from './connection-file.ts'

export type Place =
  | { readonly kind: 'socket'; readonly socket: string; readonly dataFolder: string }
  | { readonly kind: 'url'; readonly url: string; readonly token: string }

export interface PlaceOptions {
  /** --server */
  readonly server: string | undefined
  /** Whether --data was given: who names a folder means it. */
  readonly namesDataFolder: boolean
  readonly dataFolder: string
  readonly socket: string
}

export function choosePlace(options: PlaceOptions, env: NodeJS.ProcessEnv = process.env): Place {
  const { server, namesDataFolder, dataFolder, socket } = options
  const local: Place = { kind: 'socket', socket, dataFolder }
  if (server !== undefined && namesDataFolder) {
    throw serverFault('--server and --data exclude each other: the one is on another machine, the other on this one')
  }
  if (namesDataFolder) return local
  const named = server ?? env['WAYBILL_SERVER']
  if (named === undefined || named === '') {
    const stored = readConnection(env)
    return stored ? { kind: 'url', ...stored } : local
  }
  const url = serverUrl(named)
  const token = env['WAYBILL_TOKEN']
  if (token !== undefined && token !== '') return { kind: 'url', url, token }
  const stored = readConnection(env)
  if (stored?.url === url) return { kind: 'url', ...stored }
  throw serverFault(
    `No token for ${url}`,
    `Run "waybill connect ${url}", or put the token into the environment variable WAYBILL_TOKEN.`,
  )
}

/** `https://host[:port]`; without TLS only on this machine, for the token would pass readable. */
export function serverUrl(text: string): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw serverFault(
      `${JSON.stringify(text)} is not the address of a server`,
      'Give one such as https://waybill.example.com.',
    )
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw serverFault(
      'The address of the server may hold neither a log-in nor a query',
      'The token is asked for by "waybill connect", or taken from WAYBILL_TOKEN.',
    )
  }
  if (url.protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)) {
    throw serverFault(
      `Over ${url.protocol}//${url.host} the token would pass unencrypted`,
      `Use https, or a tunnel: ssh -L 8383:127.0.0.1:8383 ${url.hostname}, and then http://127.0.0.1:8383.`,
    )
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

const serverFault = (message: string, remedy?: string): Fault =>
  new Fault({
    code: 'SERVER_ADDRESS',
    scope: 'request',
    transient: false,
    message,
    ...(remedy === undefined ? {} : { remedy }),
  })
