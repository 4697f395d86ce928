/** Where a request comes from, as those count who count by address, and as the audit log has it. */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'

const forwarded = new WeakMap<IncomingMessage, string>()

export const callerAddress = (request: IncomingMessage): string =>
  forwarded.get(request) ?? bare(request.socket.remoteAddress ?? '')

/**
 * Believes the proxies whose addresses or networks are listed, and nobody else: what the function that is answered has
 * seen, `callerAddress` tells the caller of.
 */
export function believeProxies(networks: readonly string[]): (request: IncomingMessage) => void {
  const trusted = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) trusted.addAddress(address, family)
    else trusted.addSubnet(address, Number(bits), family)
  }
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  return (request) => {
    let caller = bare(request.socket.remoteAddress ?? '')
    const hops = String(request.headers['x-forwarded-for'] ?? '').split(',')
    // From the right: each proxy writes behind what it was given whom it was called by; the rest anybody may have written.
    while (hops.length > 0 && isTrusted(caller)) {
      const hop = bare(hops.pop()!.trim())
      if (isIP(hop) === 0) break
      caller = hop
    }
    forwarded.set(request, caller)
  }
}

/** Without brackets and port, as some proxies write, and an IPv4 address as such. */
function bare(address: string): string {
  const plain = /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^([\d.]+):\d+$/, '$1')
  return plain.replace(/^::ffff:(?=\d+\.)/i, '')
}
