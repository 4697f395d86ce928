/** The way in over TCP. */
import { Fault } from '#base/fault.ts'
import { isLoopback } from './host-check.ts'

export interface Listen {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
}

/** Tokens and mail would cross the network in clear text: throws PLAIN_HTTP_REFUSED unless that is what was asked for. */
export function checkPlainHttp({ host }: Listen, allowPlainHttp: boolean): void {
  if (allowPlainHttp || isLoopback(host)) return
  throw instanceFault(
    'PLAIN_HTTP_REFUSED',
    `the service would listen on ${host} without encryption`,
    'Listen on 127.0.0.1 behind a proxy that speaks HTTPS, or allow plain HTTP.',
  )
}

/** What kept the server from listening, as a Fault. */
export function listenFault({ host, port }: Listen, thrown: unknown): Fault {
  const { code, message } = thrown as NodeJS.ErrnoException
  return code === 'EADDRINUSE'
    ? instanceFault(
        'PORT_IN_USE',
        `port ${port} of ${host} is in use by another process`,
        'End that process, or choose another port.',
        thrown,
      )
    : instanceFault(
        'LISTEN_FAILED',
        `the service cannot listen on ${host} port ${port}: ${message}`,
        'Choose an address of this machine and a port that this user may use (1024 or higher).',
        thrown,
      )
}

function instanceFault(code: string, message: string, remedy: string, cause?: unknown): Fault {
  return new Fault({ code, scope: 'instance', transient: false, message, remedy, cause })
}
