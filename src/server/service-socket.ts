import { connect } from 'node:net'
import { join } from 'node:path'

/** Where the service of a data folder listens for this machine. */
export const serviceSocket = (dataFolder: string) => join(dataFolder, 'run', 'api.sock')

/** Whether a service runs for this data folder now. */
export async function isServed(dataFolder: string): Promise<boolean> {
  const socket = connect(serviceSocket(dataFolder))
  const isThere = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  socket.destroy()
  return isThere
}
