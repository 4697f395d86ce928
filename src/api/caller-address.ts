/** Where a request comes from, as those count who count by address, and as the audit log has it. */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'

const forwarded = new WeakMap<IncomingMessage, string>()

export const callerAddress = (request: IncomingMessage): string =>
  forwarded.get(request) ?? bareAddress(request.socket.remoteAddress ?? '')

export interface Proxies {
  /** Before anybody counts who calls: of what it has seen, `callerAddress` tells the caller. */
  see(request: IncomingMessage): void
  isTrusted(address: string): boolean
}

/** Believes the proxies whose addresses or networks are listed, and nobody else. */
export function believeProxies(networks: readonly string[]): Proxies {
  const trusted = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) trusted.addAddress(address, family)
    else trusted.addSubnet(address, Number(bits), family)
  }
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  const see = (request: IncomingMessage) => {
    let caller = bareAddress(request.socket.remoteAddress ?? '')
    const hops = String(request.headers['x-forwarded-for'] ?? '').split(',')
    // From the right: each proxy writes behind what it was given whom it was called by; the rest anybody may have written.
    while (hops.length > 0 && isTrusted(caller)) {
      const hop = bareAddress(hops.pop()!.trim())
      if (isIP(hop) === 0) break
      caller = hop
    }
    forwarded.set(request, caller)
  }
  return { see, isTrusted }
}

/** Without brackets and port, as some proxies write, and an IPv4 address as such. */
export function bareAddress(address: string): string {
  const plain = /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^([\d.]+):\d+$/, '$1')
  return plain.replace(/^::ffff:(?=\d+\.)/i, '')
}
