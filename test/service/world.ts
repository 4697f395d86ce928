/**
 * A service as it is run: Dovecot as the source, `waybill serve` in a process of its own, asked over its socket, its
 * mail in the Maildir database that is there from the start.
 */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MigrationBatch } from '#contract/batch.ts'
import type { ServiceEvent } from '#contract/organization.ts'
import type { MigrationUser, MigrationUserStatistics } from '#contract/user.ts'
import { startedBefore } from '#test/data-folder.ts'
import { until } from '#test/crash/until.ts'
import { type Running, startWaybill, temporaryFolder } from '#test/migrate/run-waybill.ts'
import { type DovecotServer, startDovecot } from '#test/servers/dovecot.ts'
import { compare } from '#test/worlds/compare.ts'
import { plantMaildir, readMaildir } from '#test/worlds/maildir-files.ts'
import { everydayMessages, folder, type PlannedFolder } from '#test/worlds/messages.ts'
import { snapshot } from '#test/worlds/snapshot.ts'
import { removeFolder } from '#test/remove-folder.ts'

export const PASSWORD = 'pass'

/** Times that no test can wait for, made short; the same code runs. */
export const TUNING = { settleMs: 0, retryMs: 50, leaseMs: 3_000, heartbeatSeconds: 10, groupMessages: 20 }

export interface Answered<T> {
  readonly status: number
  readonly body: T
}

export type Row = readonly [user: string, password?: string]

export interface ServeOptions {
  readonly dataFolder: string
  readonly tuning?: Readonly<Record<string, number>>
  readonly databaseUrl?: string
  readonly args?: readonly string[]
  /** Port on loopback where it listens for tokens; else only the socket. */
  readonly port?: number
  readonly crash?: string
  readonly publicUrl?: string
}

export const environment = ({
  dataFolder,
  tuning = {},
  databaseUrl,
  crash,
  publicUrl,
}: ServeOptions): NodeJS.ProcessEnv => ({
  WAYBILL_DATA: dataFolder,
  WAYBILL_ALLOW_LOOPBACK: '1',
  WAYBILL_MAILDIR_ROOTS: tmpdir(),
  WAYBILL_TUNING: JSON.stringify({ ...TUNING, ...tuning }),
  ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  ...(publicUrl === undefined ? {} : { WAYBILL_PUBLIC_URL: publicUrl }),
  ...(crash === undefined ? {} : { WAYBILL_CRASH: crash }),
})

/** A running `waybill serve`, and the way to ask it. */
export class Served implements AsyncDisposable {
  readonly running: Running
  readonly socketPath: string
  readonly dataFolder: string

  private constructor(options: ServeOptions) {
    this.dataFolder = options.dataFolder
    this.socketPath = join(options.dataFolder, 'run', 'api.sock')
    const listen = options.port === undefined ? ['--no-tcp'] : ['--listen', `127.0.0.1:${options.port}`]
    this.running = startWaybill(['serve', ...listen, ...(options.args ?? [])], environment(options))
  }

  static async start(options: ServeOptions): Promise<Served> {
    const served = new Served(options)
    let ended: string | null = null
    void served.running.ended.then(({ stderr, code }) => (ended = `waybill serve ended with ${code}: ${stderr}`))
    await until('the service answers', async () => {
      assert.equal(ended, null, ended ?? '')
      try {
        return (await served.ask('GET', '/batches')).status === 200
      } catch {
        return false
      }
    })
    return served
  }

  ask<T = never>(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answered<T>> {
    return new Promise((resolve, reject) => {
      const payload = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
      const headers =
        payload === null ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }
      const asked = request({ socketPath: this.socketPath, method, path: `/api/v1${path}`, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.on('error', reject)
        response.on('end', () => {
          const isJson = /json/.test(response.headers['content-type'] ?? '')
          resolve({ status: response.statusCode ?? 0, body: (isJson && text !== '' ? JSON.parse(text) : text) as T })
        })
      })
      asked.on('error', reject)
      asked.end(payload ?? undefined)
    })
  }

  /** The answer of a request that must succeed. */
  async must<T>(method: string, path: string, body?: unknown, contentType?: string): Promise<T> {
    const answered = await this.ask<T>(method, path, body, contentType)
    assert.ok(answered.status < 300, `${method} ${path}: ${answered.status} ${JSON.stringify(answered.body)}`)
    return answered.body
  }

  async upload(csv: string, query = ''): Promise<string> {
    return (await this.must<{ csvFile: string }>('POST', `/csv-files${query}`, csv, 'text/csv')).csvFile
  }

  async newEndpoint(name: string, { port }: { readonly port: number }, more: object = {}): Promise<void> {
    await this.must('POST', '/endpoints', { name, remoteServer: '127.0.0.1', port, security: 'None', ...more })
  }

  async newBatch(name: string, rows: readonly Row[], more: object = {}): Promise<MigrationBatch> {
    const csvFile = await this.upload(csvOf(rows))
    return await this.must('POST', '/batches', { name, sourceEndpoint: 'Source', csvFile, ...more })
  }

  batch(name: string): Promise<MigrationBatch> {
    return this.must('GET', `/batches/${encodeURIComponent(name)}`)
  }

  async users(batch: string): Promise<MigrationUser[]> {
    const path = `/users?limit=1000&sort=rowNumber&batch=${encodeURIComponent(batch)}`
    return (await this.must<{ items: MigrationUser[] }>('GET', path)).items
  }

  statistics(user: string, query = ''): Promise<MigrationUserStatistics> {
    return this.must('GET', `/users/${encodeURIComponent(user)}/statistics${query}`)
  }

  async events(after = 0): Promise<ServiceEvent[]> {
    return (await this.must<{ items: ServiceEvent[] }>('GET', `/events?limit=10000&after=${after}`)).items
  }

  /** Waits until the batch has this status, and shows the statuses that it had on the way, each once in a row. */
  async reaches(name: string, status: MigrationBatch['status'], ms = 60_000): Promise<MigrationBatch> {
    let last: MigrationBatch | null = null
    try {
      await until(
        `the batch ${name} is ${status}`,
        async () => {
          last = await this.batch(name)
          return last.status === status
        },
        ms,
      )
    } catch (thrown) {
      throw new Error(`${String(thrown)}; it is ${JSON.stringify(last)}\n${JSON.stringify(await this.users(name))}`, {
        cause: thrown,
      })
    }
    return last!
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running.child.exitCode === null) this.running.child.kill('SIGTERM')
    await this.running.ended
  }
}

export const address = (user: string) => `${user}@contoso.example`

export function csvOf(rows: readonly Row[], header = 'EmailAddress,UserName,Password'): string {
  return [header, ...rows.map(([user, password = PASSWORD]) => `${address(user)},${user},${password}`), ''].join('\r\n')
}

export interface ServiceWorld extends AsyncDisposable {
  readonly folder: string
  readonly source: DovecotServer
  readonly served: Served
  login(user: string, password?: string): { host: string; port: number; user: string; password: string }
  /** Every difference between the source mailbox and its copy; empty when all is there exactly once. */
  differences(user: string): Promise<string[]>
}

/** Some folders with `messages` messages in all, the same for the same seed. */
export const everydayMailbox = (seed: number, messages: number): PlannedFolder[] => [
  folder('INBOX', everydayMessages(seed, Math.ceil(messages / 2))),
  folder('Projects', everydayMessages(seed + 1, Math.floor(messages / 2))),
]

export async function startServiceWorld(
  name: string,
  users: readonly string[],
  options: { readonly messages?: number } & Partial<Omit<ServeOptions, 'dataFolder'>> = {},
): Promise<ServiceWorld> {
  await using stack = new AsyncDisposableStack()
  const folderPath = temporaryFolder(`service-${name}`)
  stack.defer(() => removeFolder(folderPath))
  const source = stack.use(
    await startDovecot({
      users: Object.fromEntries(users.map((user) => [user, PASSWORD])),
      beforeStart(accounts, owner) {
        for (const [index, user] of users.entries())
          plantMaildir(accounts.get(user)!.mail, everydayMailbox(index * 10, options.messages ?? 10), owner)
      },
    }),
  )
  const login = (user: string, password = PASSWORD) => ({ host: '127.0.0.1', port: source.port, user, password })
  const dataFolder = join(folderPath, 'data')
  if (options.databaseUrl === undefined) await startedBefore(dataFolder)
  const served = stack.use(await Served.start({ ...options, dataFolder }))
  await served.newEndpoint('Source', source)
  const owned = stack.move()
  return {
    folder: folderPath,
    source,
    served,
    login,
    async differences(user) {
      const there = readMaildir(join(dataFolder, 'mail', address(user)), true)
      return compare(await snapshot(login(user)), there, { subscriptions: false })
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
