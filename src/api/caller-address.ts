/** Where a request comes from, as those count who count by address. */
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'

export const callerAddress = (request: IncomingMessage): string => request.socket.remoteAddress ?? ''

/** One caller of IPv6 has a whole /64 to call from. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean))
  return [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail]
    .slice(0, 4)
    .join(':')
}
