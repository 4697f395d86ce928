import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accepts } from './greeting.ts'
import { Instance, onFreePorts } from './instance.ts'
import type { Outcome } from './instance.ts'
import { libraryPath, ordinaryUser, unpackedServer } from './packages.ts'

export interface PostgresServer extends AsyncDisposable {
  /** `postgres://waybill:…@127.0.0.1:PORT/waybill`: an ordinary role that owns its empty database. */
  readonly url: string
  /** The same with the superuser `postgres`. */
  readonly adminUrl: string
  readonly port: number
  readonly folder: string
  pids(): number[]
  log(): string
  /** kill -9 of all processes of this instance. */
  kill(): Promise<void>
  stop(): Promise<void>
  /** Starts again on the same port and data after `kill` or `stop` (or stops first). */
  restart(): Promise<void>
}

/** Why tests with an external PostgreSQL cannot run here, or false. */
export function postgresMissing(): string | false {
  return binaries() === null ? 'no PostgreSQL 15 or newer on this machine' : false
}

/** Starts a PostgreSQL of our own, of Debian's binaries, over TCP on loopback with scram and `fsync` on. */
export async function startPostgres(options: { readonly t?: Outcome } = {}): Promise<PostgresServer> {
  const found = binaries()
  if (found === null) throw new Error('no PostgreSQL 15 or newer on this machine')
  const { bin, env } = found
  const instance = new Instance('postgres', options.t ?? null)
  try {
    const { uid, gid } = ordinaryUser()
    const data = join(instance.folder, 'data')
    const password = randomBytes(12).toString('hex')
    const passwordFile = join(instance.folder, 'password')
    mkdirSync(data, { mode: 0o700 })
    writeFileSync(passwordFile, password, { mode: 0o600 })
    for (const path of [data, passwordFile]) chownSync(path, uid, gid)
    const as = {
      uid,
      gid,
      cwd: instance.folder,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', ...env },
      stdio: 'pipe',
    } as const
    const init = [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
      '--locale=C',
      '-N',
      `--pwfile=${passwordFile}`,
    ]
    execFileSync(join(bin, 'initdb'), init, as)
    const boot = (port: number) => {
      const settings = {
        port,
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        max_connections: 60,
        jit: 'off',
      }
      const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
      const command = { program: join(bin, 'postgres'), args: ['-D', data, ...args], env, uid, gid }
      const isReady = join(bin, 'pg_isready')
      return instance.start(command, async () => {
        if (!(await accepts(port))) return false
        try {
          execFileSync(isReady, ['-q', '-h', '127.0.0.1', '-p', String(port)], as)
          return true
        } catch {
          return false
        }
      })
    }
    const port = await onFreePorts(1, async ([candidate = 0]) => ((await boot(candidate)) ? candidate : null))
    if (port === null) throw new Error(`PostgreSQL does not start. Its log:\n${instance.log()}`)
    const url = (user: string, database: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`
    const psql = (sql: string) =>
      execFileSync(
        join(bin, 'psql'),
        ['-q', '-X', '-v', 'ON_ERROR_STOP=1', '-d', url('postgres', 'postgres'), '-c', sql],
        as,
      )
    psql(`CREATE ROLE waybill LOGIN PASSWORD '${password}'`)
    psql('CREATE DATABASE waybill OWNER waybill')
    return {
      url: url('waybill', 'waybill'),
      adminUrl: url('postgres', 'postgres'),
      port,
      folder: instance.folder,
      pids: () => instance.pids(),
      log: () => instance.log(),
      kill: () => instance.kill(),
      stop: () => instance.stop('SIGINT'),
      async restart() {
        await instance.stop('SIGINT')
        // A backend that was killed may still be dying, and holds the shared memory that a new start refuses.
        for (let attempt = 1; !(await boot(port)); attempt++) {
          const log = instance.log()
          if (attempt === 20 || !/pre-existing shared memory block/.test(log.slice(-2000)))
            throw new Error(`PostgreSQL does not start again. Its log:\n${log}`)
        }
      },
      async [Symbol.asyncDispose]() {
        // Killed outright it would leave its shared memory segment in the system.
        await instance.stop('SIGQUIT')
        await instance[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await instance[Symbol.asyncDispose]()
    throw error
  }
}

function binaries(): { bin: string; env: Record<string, string> } | null {
  const unpacked = unpackedServer('postgres')
  for (const folder of ['/', ...(unpacked === null ? [] : [unpacked])]) {
    const versions = join(folder, 'usr/lib/postgresql')
    if (!existsSync(versions)) continue
    const version = readdirSync(versions)
      .filter((name) => Number(name) >= 15 && existsSync(join(versions, name, 'bin/postgres')))
      .sort((a, b) => Number(b) - Number(a))[0]
    if (version === undefined) continue
    const bin = join(versions, version, 'bin')
    return { bin, env: folder === '/' ? {} : { LD_LIBRARY_PATH: libraryPath(folder) } }
  }
  return null
}
