/**
 * Which names this service answers to. A page of an attacker may make its own name resolve to this machine (DNS
 * rebinding); the browser then sends that name as Host, and it is refused.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { requestFault } from './request-fault.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** An address or a name that never leaves this machine; no name is looked up, for what a name means may change. */
export function isLoopback(host: string): boolean {
  const bare = bareHost(host)
  const family = isIP(bare)
  if (family === 0) return bare === 'localhost'
  return loopback.check(bare, family === 4 ? 'ipv4' : 'ipv6')
}

/** Throws HOST_REFUSED unless the request was meant for one of `names`, for loopback, or for the address it came in on. */
export function checkHost(request: IncomingMessage, names: ReadonlySet<string>): void {
  const given = request.headers.host
  const host = given === undefined ? '' : bareHost(given.replace(/:\d*$/, ''))
  if (host !== '' && (isLoopback(host) || names.has(host) || isOwnAddress(host, request))) return
  throw requestFault(
    'HOST_REFUSED',
    'the service does not answer to this Host',
    'Use its address, or name this host in the configuration of the server.',
  )
}

/** Lower case, without the brackets of IPv6 and the dot of the root. */
export function bareHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

/** No name stands in for an address, so an address as Host is no rebinding; it only has to be this machine's. */
function isOwnAddress(host: string, { socket }: IncomingMessage): boolean {
  return isIP(host) !== 0 && host === socket.localAddress?.replace(/^::ffff:(?=\d+\.)/, '')
}
