/** What `waybill connect` stores: the server's address and a token, in a file that only its owner can read. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Fault } from '#base/fault.ts'

export interface Connection {
  readonly url: string
  readonly token: string
}

export const connectionPath = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'waybill', 'connection.json')

/** Null when `waybill connect` was not called. */
export function readConnection(env: NodeJS.ProcessEnv): Connection | null {
  const path = connectionPath(env)
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const { url, token } = parsed as Partial<Connection>
    if (typeof url === 'string' && typeof token === 'string') return { url, token }
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    if (code !== undefined) throw fileFault(path, `cannot be read (${code})`, thrown)
  }
  throw fileFault(path, 'does not hold what "waybill connect" writes')
}

export function writeConnection(env: NodeJS.ProcessEnv, connection: Connection): string {
  const path = connectionPath(env)
  const fresh = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(fresh, `${JSON.stringify(connection)}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(fresh, 0o600)
    renameSync(fresh, path)
    return path
  } catch (thrown) {
    throw fileFault(path, `cannot be written (${(thrown as Error).message})`, thrown)
  }
}

/** Answers whether there was one. */
export function removeConnection(env: NodeJS.ProcessEnv): boolean {
  const path = connectionPath(env)
  try {
    rmSync(path)
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw fileFault(path, `cannot be removed (${(thrown as Error).message})`, thrown)
  }
}

const fileFault = (path: string, what: string, cause?: unknown): Fault =>
  new Fault({
    code: 'CONNECTION_FILE',
    scope: 'request',
    transient: false,
    message: `The stored connection ${path} ${what}`,
    remedy: 'Remove the file, and run "waybill connect" again if another machine is meant.',
    cause,
  })
