import type { IncomingMessage } from 'node:http'

/** Where a request comes from, for those who count by address. */
export const callerAddress = (request: IncomingMessage): string => request.socket.remoteAddress ?? ''
