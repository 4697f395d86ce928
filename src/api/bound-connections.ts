/** So many connections at once, of all and of one network: idle ones must not use up the descriptors of the process. */
import type { Server } from 'node:net'
import { networkOf } from '#base/failures.ts'
import type { ApiLimits } from './api-limits.ts'
import { bareAddress } from './caller-address.ts'

/** @param isProxy whose connections are those of many callers */
export function boundConnections(
  server: Server,
  { connections, connectionsPerNetwork }: Pick<ApiLimits, 'connections' | 'connectionsPerNetwork'>,
  isProxy: (address: string) => boolean,
): void {
  server.maxConnections = connections
  const open = new Map<string, number>()
  server.on('connection', (socket) => {
    const address = bareAddress(socket.remoteAddress ?? '')
    // The local administrator's socket has none.
    if (address === '' || isProxy(address)) return
    const network = networkOf(address)
    const count = open.get(network) ?? 0
    if (count >= connectionsPerNetwork) {
      socket.destroy()
      return
    }
    open.set(network, count + 1)
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1
      if (left > 0) open.set(network, left)
      else open.delete(network)
    })
  })
}
