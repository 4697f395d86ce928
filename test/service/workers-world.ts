/** Several processes of one service on one PostgreSQL: a server without passes of its own, and workers. */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '#test/crash/until.ts'
import { type Running, startWaybill } from '#test/migrate/run-waybill.ts'
import { type PostgresServer, startPostgres } from '#test/servers/postgres.ts'
import { Served, environment } from './world.ts'

export interface WorkerOptions {
  readonly name: string
  readonly concurrency: number
  /** WAYBILL_CRASH. */
  readonly crash?: string
}

export class Fleet implements AsyncDisposable {
  readonly folder: string
  readonly postgres: PostgresServer
  readonly tuning: Readonly<Record<string, number>>
  readonly workers = new Map<string, Running>()
  server!: Served

  private constructor(folder: string, postgres: PostgresServer, tuning: Readonly<Record<string, number>>) {
    this.folder = folder
    this.postgres = postgres
    this.tuning = tuning
  }

  static async start(folder: string, tuning: Readonly<Record<string, number>> = {}): Promise<Fleet> {
    const fleet = new Fleet(folder, await startPostgres(), tuning)
    await fleet.startServer()
    return fleet
  }

  async startServer(): Promise<void> {
    this.server = await Served.start({
      dataFolder: join(this.folder, 'server'),
      databaseUrl: this.postgres.url,
      tuning: this.tuning,
      args: ['--concurrency', '0'],
    })
  }

  /** Its data folder gets the keys of the server, as docs/operations say. */
  startWorker({ name, concurrency, crash }: WorkerOptions): Running {
    const dataFolder = join(this.folder, name)
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
    cpSync(join(this.folder, 'server', 'keys'), join(dataFolder, 'keys'), { recursive: true })
    const running = startWaybill(
      ['worker', '--concurrency', String(concurrency)],
      environment({
        dataFolder,
        databaseUrl: this.postgres.url,
        tuning: this.tuning,
        ...(crash === undefined ? {} : { crash }),
      }),
    )
    this.workers.set(name, running)
    return running
  }

  /** The API when it is there again: the server or the database may be away just now. */
  async patiently<T>(ask: () => Promise<T>): Promise<T> {
    let answer: T | undefined
    await until('the service answers', async () => {
      try {
        answer = await ask()
        return true
      } catch {
        return false
      }
    })
    return answer as T
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.workers.values()) {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
    }
    await Promise.all([...this.workers.values()].map(({ ended }) => ended))
    await this.server[Symbol.asyncDispose]()
    await this.postgres[Symbol.asyncDispose]()
  }
}
